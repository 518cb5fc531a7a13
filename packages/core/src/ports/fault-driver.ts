import type { z } from 'zod'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Failure } from '../failure/failure.ts'
import type { Reach } from '../fault/reach.ts'
import type { Expiry, Fencing, Restoration } from '../fault/restoration.ts'
import type { Json } from '../journal/canonical-json.ts'
import type { InjectStep } from '../scenario/scenario.ts'
import type { Injection } from '../target/injection.ts'
import type { ForeignChange, FrozenTarget } from '../target/target.ts'
import type { WorldInstant } from '../time/instant.ts'

/** The answer of any call to the outside: a value, or a failure as data. */
export type Outcome<T> = Readonly<{ ok: true; value: T } | { ok: false; failure: Failure }>

/** Guardrails for which only a driver can tell which targets are unfit. */
export const UNFIT_REASONS = ['tags', 'protected-tags', 'protected-records'] as const
export type UnfitReason = (typeof UNFIT_REASONS)[number]

/** How much of one quota of the cloud a step needs. Plain numbers that are the same whenever the same step is planned. */
export type Demand = Readonly<{
  /** What people call it; where it is shared, the word that `Readiness.allowances` uses too. */
  quota: string
  /** What the limit holds for: each request alone, all steps of a Region, or all steps of the account. */
  per: 'request' | 'region' | 'account'
  fault: number
  undo: number
  limit: number
  /** Others use it too, so that what is in use now has to be known. */
  isShared: boolean
}>

/** The capacity that is left once a step's fault is in. */
export type Survivors = Readonly<{ healthy: number; needed: number; where: string }>

/** What planning one inject step found. Plain JSON: it is hashed, stored and shown. */
export type StepPlan = Readonly<{
  targets: readonly FrozenTarget[]
  /** Size of the population the selector chose from. */
  population: number
  /** Targets that lack a required tag or are exempt or protected, with the reason; any entry refuses the run. */
  unfit: readonly Readonly<{ target: string; guardrail: UnfitReason; reason: string }>[]
  /** What fault and undo need of the cloud's quotas. Absent: not known, which only a sandbox may be. */
  demands?: readonly Demand[]
  /** `all`: the fault takes no capacity away. Absent: not known. */
  survivors?: Survivors | 'all'
  /** Prior state of every target, all that undo and its verification need. */
  capture: Json
  /** Resources beside the targets by whose state undo is judged: no other run may hold one of them. Absent: none. */
  surroundings?: readonly string[]
  /**
   * How many of what undo is held to stood when this was captured, by name: `web in eu-west-1a`. A plan made while fewer
   * stood than now is drift: its undo would be done too early. Absent: nothing is counted.
   */
  standing?: Readonly<Record<string, number>>
  /** Calls that apply and undo will make, for people: `route53 ChangeResourceRecordSets: DELETE …`. */
  calls: readonly string[]
  /** IAM actions needed for apply, confirm, undo. */
  permissions: readonly string[]
}>

/** What people decided about targets of an undo, by target id. */
export type UndoDecisions = Readonly<{
  /** They stay as they are, for good: never touched, and not waited for. */
  left: readonly string[]
  /** Not touched until a person has answered. */
  untouched: readonly string[]
  /** Put back over what somebody else made of them. */
  overwrite: readonly string[]
}>

/** How to take one step's fault out again, by the driver or by hand. Stored before the act; the reaper keeps its own copy. */
export type UndoPlan = Readonly<{
  fault: string
  faultVersion: number
  targets: readonly FrozenTarget[]
  restoration: Restoration
  capture: Json
  /** Idempotency key of the act this undoes; finds the effect when the answer was lost. */
  key: string
  /** What the act returned (experiment id, change id), once known. */
  handle?: string
  /** What the last undo returned, once known: verifying may need it from another process. */
  undoHandle?: string
  /** What people decided since; the platform and its kits honour it alike. Absent: nothing. */
  decided?: UndoDecisions
  /** Plain AWS CLI commands, each with --endpoint-url (unless public) and --region, that restore everything in order. */
  commands: readonly string[]
}>

export type Applied = Readonly<{ handle: string; requestIds: readonly string[] }>
/** What an undo that was accepted answered. `undoHandle`: what verifying needs of it. */
export type Recovered = Readonly<{ requestIds: readonly string[]; undoHandle?: string }>
export type TargetSeen = Readonly<{
  target: string
  injection: Injection
  /** What was seen, in words; when undo is verified: the differences from the capture. */
  seen: string
  /** Only when undo is verified: somebody else changed the target since it was captured, in words of each state. */
  foreign?: ForeignChange | undefined
  /**
   * Only with `recovering`: the target is as it was captured where it is kept, and nothing can tell whether the cloud has it
   * everywhere. Looked at like this for `afterMs` of world time it counts as restored, in these words.
   */
  settles?: Readonly<{ afterMs: number; seen: string }>
}>
export type Seen = Readonly<{
  observations: readonly TargetSeen[]
  /** The cloud's own stamp of the act. */ actedAt?: WorldInstant
  /** The handle of the act, when it was found by its key because the answer had been lost. */
  handle?: string
}>

/** What a scheduler of the cloud would be told for an undo: the names of the schedules, or why it cannot do it. */
export type DeadManBooking = Readonly<{ ok: true; schedules: readonly string[] } | { ok: false; why: string }>

/** When a dead man acts, and whose it is. `firesAt`: the first of its schedules; the others follow `apartMs` after each other. */
export type DeadManOrder = Readonly<{
  firesAt: WorldInstant
  apartMs: number
  /** For how long it tries again what does not go through. */
  tryForMs: number
  /** Run and step, for people who find it in the account. */
  about: string
}>

/**
 * A scheduler of the cloud that takes one step's fault out when nobody of the platform is left. What it does must be as
 * harmless as an undo by the driver: it never overwrites, and changes nothing where nothing is broken.
 */
export type DeadMan = Readonly<{
  /** Pure. */
  book(undo: UndoPlan, environment: CompiledEnvironment): DeadManBooking
  /** Tells it, or tells it another time, and describes it afterwards. May be called again. */
  arm(
    undo: UndoPlan,
    order: DeadManOrder,
    context: DriverContext,
  ): Promise<Outcome<Readonly<{ seen: string }>>>
  /** Calls it off, and describes that nothing is left of it. What is not there is called off. */
  release(undo: UndoPlan, context: DriverContext): Promise<Outcome<Readonly<{ seen: string }>>>
}>

/** What every method gets to know. `signal` ends the call; each method makes single attempts, the engine retries. */
export type DriverContext = Readonly<{ environment: CompiledEnvironment; signal: AbortSignal }>

/**
 * One fault of the catalogue: how to plan it, put it in, see that it is in, take it out and see that it is out.
 * Knows nothing of runs, rows or jobs. All methods may be called again after a crash.
 */
export type FaultDriver = Readonly<{
  name: string
  version: number
  title: string
  restoration: Restoration
  fencing: Fencing
  expiry: Expiry
  /** How far the effect goes beyond the targets; absent means not at all. */
  reach?: Reach
  /**
   * Absent: a target that is `replaced` before anybody asked was taken out of the fault by somebody. True: it is gone for good, and
   * the system under drill has made up for it, which is its response to the fault.
   */
  isMadeUpFor?: boolean
  /**
   * What stays behind where nobody is left to take this step back, in words that say why it breaks nothing. A scheduler of the
   * cloud is then not asked for: it could not tell whether what stays is needed. The reaper takes it back as ever.
   */
  leftBehind?: string
  /** The cloud itself refuses this fault while the Region's safety lever is engaged. Absent means it does not. */
  obeysLever?: boolean
  /** Scenario `parameters` of this fault. */
  parameters: z.ZodType<Record<string, string | number | boolean>>
  /** Resolves the selector (random choices by `seed`) and captures prior state. Describes only. */
  plan(step: InjectStep, seed: number, context: DriverContext): Promise<Outcome<StepPlan>>
  /** Pure: the undo plan for a planned step. */
  undo(step: InjectStep, plan: StepPlan, key: string, environment: CompiledEnvironment): UndoPlan
  /** One attempt to put the fault in. `key` makes it happen at most once. */
  apply(step: InjectStep, plan: StepPlan, key: string, context: DriverContext): Promise<Outcome<Applied>>
  /**
   * Looks whether the fault is in, by describing the targets: `injected`, `requested` (not yet), `failed-to-inject`
   * (surely not and never will be) or `unknown`. Must find the effect of `key` even when `undo.handle` is absent.
   */
  confirm(undo: UndoPlan, context: DriverContext): Promise<Outcome<Seen>>
  /**
   * One attempt to take the fault out. Idempotent. Refuses to overwrite what somebody else changed (a conflict failure),
   * but for the targets of which a person decided so (`undo.decided.overwrite`); leaves alone those that are left.
   */
  recover(undo: UndoPlan, context: DriverContext): Promise<Outcome<Recovered>>
  /**
   * Undo of several steps by one call, for what has little room for calls: plans with the same `key` may be given to
   * `recover` together, which answers for each in order. Absent: every step is asked for alone.
   */
  together?: Readonly<{
    key(undo: UndoPlan): string
    /** Most plans that are given at once. Absent: any number. */
    most?: number
    recover(undos: readonly UndoPlan[], context: DriverContext): Promise<readonly Outcome<Recovered>[]>
  }>
  /**
   * Compares the targets with the capture: `restored`, `replaced`, `spent`, `recovering` (on the way), `injected`
   * (still broken) or `unknown`, e.g. when somebody else changed the target.
   */
  confirmRecovered(undo: UndoPlan, context: DriverContext): Promise<Outcome<Seen>>
  /** Absent: no scheduler can take this fault out by itself. */
  deadMan?: DeadMan
}>

/** The faults an installation has. */
export type FaultCatalogue = Readonly<{
  get(name: string): FaultDriver | undefined
  list(): readonly FaultDriver[]
}>
