import type { Freeze } from '../calendar/freeze.ts'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Reach } from '../fault/reach.ts'
import type { Expiry, Fencing, Restoration } from '../fault/restoration.ts'
import type { SteadyState } from '../measurement/steady-state.ts'
import type { DeadManBooking, Outcome, StepPlan } from '../ports/fault-driver.ts'
import type { Allowance, SafetyLever } from '../ports/readiness.ts'
import type { CallerIdentity } from '../ports/watch.ts'
import type { Approval, Subject } from '../run/approval.ts'
import type { PageWay } from '../run/events.ts'
import type { CompiledScenario, InjectStep } from '../scenario/scenario.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** One inject step as planned: what its fault promises, the approved plan and, from preflight on, the same question asked again. */
export type StepFacts = Readonly<{
  step: InjectStep
  restoration: Restoration
  expiry: Expiry
  fencing: Fencing
  reach: Reach
  obeysLever: boolean
  /** What a scheduler of the cloud would be told. Absent: not known. */
  deadMan?: DeadManBooking
  /** What stays behind where nobody is left to take it back, and why that breaks nothing. Absent: what stays is a fault. */
  leftBehind?: string
  approved: Outcome<StepPlan>
  again?: Outcome<StepPlan>
}>

/** Limits of the whole organisation, from the configuration of the processes: no file can loosen them. Absent is no limit. */
export type OrganisationCeiling = Readonly<{ targetsMax?: number; percentMax?: number }>

/** What the operator of this installation says about it, outside every scenario and environment. */
export type Installation = Readonly<{
  ceiling: OrganisationCeiling
  /** How a person is called when an undo cannot be verified. */
  paging: PageWay
  /** How long after a call the next one is made, until somebody takes over. Platform time. Absent: `PAGE_EVERY_MS`. */
  pageEveryMs?: number
  /** Where people see the dashboard, for links; absent when nobody said. */
  dashboard?: string | undefined
  /** Host names that the platform itself needs to go on and to undo: database, queue, its own address. */
  hosts: readonly string[]
}>

/** The approvals of a run, and what they are held against: plan and targets as they are found now. `later`: a dry run has none yet. */
export type ApprovalFacts = Readonly<{
  given: readonly Approval[]
  author: Subject | undefined
  /** Hash of the frozen plan as it is read back. */
  plan: string
  /** Hash of the targets as they are resolved now; undefined: they could not be. */
  targets: string | undefined
}>

/** Everything the guardrails look at; gathered by the engine, judged here. */
export type GuardrailFacts = Readonly<{
  scenario: CompiledScenario
  environment: CompiledEnvironment
  installation: Installation
  /** Undefined: could not be read. */
  halt: Readonly<{ set: boolean; reason: string }> | undefined
  identity: Outcome<CallerIdentity>
  /** Speed of world time. */
  rate: number
  now: PlatformInstant
  /** Freezes of imported calendars that touch the days to come. Undefined: could not be read. */
  calendarFreezes: readonly Freeze[] | undefined
  steps: readonly StepFacts[]
  /** Faults of the scenario that this installation does not have. */
  unknownFaults: readonly string[]
  /** State of every stop-condition alarm by condition name. */
  stopConditions: ReadonlyMap<string, Outcome<string>>
  approvals: ApprovalFacts | 'later'
  /** The safety lever of each Region (by its name in the environment) in which a step acts. */
  levers: ReadonlyMap<string, Outcome<SafetyLever>>
  /** What is used of shared quotas, by Region name; asked where a plan needs some of one. */
  allowances: ReadonlyMap<string, Outcome<readonly Allowance[]>>
  /** Targets that other runs hold, with the run. Undefined: could not be read. */
  holders: ReadonlyMap<string, string> | undefined
  /** What the baseline showed. `later`: it is watched and judged right before the first fault goes in. */
  steadyState: SteadyState | 'later'
}>
