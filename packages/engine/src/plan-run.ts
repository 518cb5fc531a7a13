import {
  canonicalJson,
  checkGuardrails,
  injectSteps,
  type CompiledEnvironment,
  type CompiledScenario,
  type EnvironmentClock,
  type Expiry,
  type Failure,
  type FaultDriver,
  type Fencing,
  type GuardrailAnswer,
  type InjectStep,
  type PlatformInstant,
  type Restoration,
  type Routing,
  type StepFacts,
  type StepPlan,
} from '@firedrill/core'
import { gatherFacts, type FactsPorts } from './gather-facts.ts'
import { routeWarnings } from './route-warnings.ts'

type Ports = FactsPorts & Readonly<{ routing: Routing }>

/** One inject step of a dry run. `failure` is set when the cloud could not be asked; then nothing else is known. */
export type DryStep = Readonly<{
  step: string
  fault: string
  faultVersion: number
  title: string
  restoration: Restoration
  fencing: Fencing
  expiry: Expiry
  targets: StepPlan['targets']
  population: number
  unfit: StepPlan['unfit']
  calls: readonly string[]
  permissions: readonly string[]
  /** Commands that undo this step by hand. */
  undoCommands: readonly string[]
  failure?: Failure
}>

/** What a dry run answers: every guardrail, and per step the targets, calls, permissions and the way back. */
export type DryRun = Readonly<{
  allowed: boolean
  guardrails: readonly GuardrailAnswer[]
  steps: readonly DryStep[]
  permissions: readonly string[]
  /** What would not refuse the run, and people should know before they start it. */
  warnings: readonly string[]
  seed: number
  /** The hash that a run made from the same things would freeze; absent when a step could not be resolved. */
  planHash?: string
}>

/** Said wherever an installation cannot call anybody. */
export const NOBODY_IS_CALLED =
  'nobody is called when an undo cannot be verified: set FIREDRILL_PAGE_COMMAND or FIREDRILL_PAGE_WEBHOOK'

/** What to plan. */
export type PlanInput = Readonly<{
  teamId: string
  scenario: CompiledScenario
  environment: CompiledEnvironment
  clock: EnvironmentClock
  now: PlatformInstant
  seed: number
}>

/** Walks the path of a run with describing calls alone. Nothing is stored, nothing is changed. */
export function createPlanRun(ports: Ports) {
  return async function planRun(input: PlanInput, signal: AbortSignal): Promise<DryRun> {
    const facts = await gatherFacts(
      {
        ...input,
        rate: input.clock.rate,
        approved: new Map(),
        again: false,
        steadyState: 'later',
        approvals: 'later',
      },
      ports,
      signal,
    )
    const guardrails = checkGuardrails(facts)
    const steps = injectSteps(input.scenario).flatMap((step) => {
      const driver = ports.faults.get(step.fault)
      const found = facts.steps.find((candidate) => candidate.step.name === step.name)
      return driver === undefined || found === undefined ? [] : [dryStep(step, driver, found, input, ports)]
    })
    const planHash = hashOfPlan(facts.steps, facts.unknownFaults.length === 0, ports)
    return {
      allowed: guardrails.every((answer) => answer.allow),
      guardrails,
      steps,
      permissions: [...new Set(steps.flatMap((step) => step.permissions))].toSorted(),
      warnings: [
        ...(ports.installation.paging === 'nobody' ? [NOBODY_IS_CALLED] : []),
        ...(await routeWarnings(input, ports, signal)),
      ],
      seed: input.seed,
      ...(planHash === undefined ? {} : { planHash }),
    }
  }
}

function dryStep(
  step: InjectStep,
  driver: FaultDriver,
  found: StepFacts,
  input: PlanInput,
  ports: Ports,
): DryStep {
  const { name: fault, version: faultVersion, title, restoration, fencing, expiry } = driver
  const about = { step: step.name, fault, faultVersion, title, restoration, fencing, expiry }
  if (!found.approved.ok) {
    const { failure } = found.approved
    return {
      ...about,
      targets: [],
      population: 0,
      unfit: [],
      calls: [],
      permissions: [],
      undoCommands: [],
      failure,
    }
  }
  const plan = found.approved.value
  const undo = driver.undo(step, plan, ports.sha256(`plan/${step.name}`).slice(0, 40), input.environment)
  const { targets, population, unfit, calls, permissions } = plan
  return { ...about, targets, population, unfit, calls, permissions, undoCommands: undo.commands }
}

function hashOfPlan(steps: readonly StepFacts[], isWhole: boolean, ports: Ports): string | undefined {
  const planned = steps.flatMap(({ step, approved }) =>
    approved.ok ? [{ step: step.name, plan: approved.value }] : [],
  )
  return isWhole && planned.length === steps.length
    ? ports.sha256(canonicalJson({ steps: planned }))
    : undefined
}
