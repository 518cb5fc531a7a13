import {
  freezesIn,
  injectSteps,
  plusMs,
  type ApprovalFacts,
  type CompiledEnvironment,
  type CompiledScenario,
  type FaultDriver,
  type Freeze,
  type GuardrailFacts,
  type InjectStep,
  type Outcome,
  type PlatformInstant,
  type RunId,
  type StepFacts,
  type StepPlan,
  targetsHash,
} from '@firedrill/core'
import { askPatiently } from './call-out.ts'
import type { EnginePorts } from './ports.ts'

/** What gathering asks. */
export type FactsPorts = Pick<
  EnginePorts,
  | 'calendars'
  | 'calls'
  | 'faults'
  | 'halt'
  | 'identity'
  | 'installation'
  | 'metrics'
  | 'readiness'
  | 'runs'
  | 'sha256'
>

/** Time allowed for one question to the cloud while facts are gathered. */
const QUESTION_TIMEOUT_MS = 20_000

/** What to gather facts for. `approved` holds the plans that are to be judged; `again` asks the cloud once more. */
export type FactsInput = Readonly<{
  teamId: string
  scenario: CompiledScenario
  environment: CompiledEnvironment
  rate: number
  now: PlatformInstant
  seed: number
  /** The run that asks; its own hold on targets is in nobody's way. Absent for a dry run. */
  runId?: RunId
  approved: ReadonlyMap<string, Outcome<StepPlan>>
  again: boolean
  steadyState: GuardrailFacts['steadyState']
  /** The approvals of the run; a dry run has none yet. */
  approvals: Omit<ApprovalFacts, 'targets'> | 'later'
}>

type Ask = <T>(what: string, question: (ends: AbortSignal) => Promise<Outcome<T>>) => Promise<Outcome<T>>

/**
 * Asks everything the guardrails judge by: halt, caller identity, targets, levers, quotas, stop conditions, other runs. A
 * question that fails stays a failure: the guardrails refuse on it.
 */
export async function gatherFacts(
  input: FactsInput,
  ports: FactsPorts,
  signal: AbortSignal,
): Promise<GuardrailFacts> {
  const { scenario, environment, rate, now, steadyState } = input
  const ask: Ask = (what, question) => askPatiently(ports.calls, what, QUESTION_TIMEOUT_MS, signal, question)
  const regions = [...new Set(injectSteps(scenario).map(({ targets }) => targets.region))]
  const halt = await ports.halt.get()
  const calendarFreezes = await freezesAhead(input, ports)
  const holders = await otherHolders(ports, input.runId)
  const identity = await ask('identity.whoAmI', (ends) => ports.identity.whoAmI(environment, ends, regions))
  const { steps, unknownFaults } = await gatherSteps(input, ports, ask)
  const levers = await askEach(regions, (region) =>
    ask('readiness.safetyLever', (ends) => ports.readiness.safetyLever(environment, region, ends)),
  )
  const allowances = await askEach(regions.filter(sharesQuota(steps)), (region) =>
    ask('readiness.allowances', (ends) => ports.readiness.allowances(environment, region, ends)),
  )
  const alarms = new Map(scenario.stopConditions.map((one) => [one.name, one]))
  const stopConditions = await askEach([...alarms.keys()], (name) => {
    const { region, alarm } = alarms.get(name) ?? { region: '', alarm: '' }
    return ask('metrics.alarmState', (ends) =>
      ports.metrics.alarmState(environment, { region, name: alarm }, ends),
    )
  })
  const { installation } = ports
  const asked = {
    halt,
    identity,
    steps,
    unknownFaults,
    stopConditions,
    levers,
    allowances,
    holders,
    calendarFreezes,
  }
  const approvals =
    input.approvals === 'later'
      ? input.approvals
      : { ...input.approvals, targets: foundTargets(input, steps, ports) }
  return { scenario, environment, installation, rate, now, steadyState, approvals, ...asked }
}

/** Hash of the targets as the cloud names them now; undefined when a step of the scenario could not be resolved. */
function foundTargets(
  { scenario }: Pick<FactsInput, 'scenario'>,
  steps: readonly StepFacts[],
  { sha256 }: Pick<FactsPorts, 'sha256'>,
): string | undefined {
  const found = steps.flatMap(({ step, approved, again = approved }) =>
    again.ok ? [{ step: step.name, fault: step.fault, targets: again.value.targets }] : [],
  )
  return found.length === injectSteps(scenario).length ? targetsHash(found, sha256) : undefined
}

/** How far ahead imported freezes are looked for, so that a plan can say which one comes next. */
const FREEZES_AHEAD_MS = 2 * 86_400_000

/** Undefined when the calendars cannot be read: the guardrail refuses on it. */
export async function freezesAhead(
  { teamId, environment, now }: Pick<FactsInput, 'teamId' | 'environment' | 'now'>,
  { calendars }: Pick<FactsPorts, 'calendars'>,
): Promise<readonly Freeze[] | undefined> {
  try {
    const imported = await calendars.list(teamId)
    return freezesIn({ name: environment.name }, imported, now, plusMs(now, FREEZES_AHEAD_MS))
  } catch {
    return undefined
  }
}

async function gatherSteps(
  input: FactsInput,
  ports: Pick<FactsPorts, 'faults'>,
  ask: Ask,
): Promise<Pick<GuardrailFacts, 'steps' | 'unknownFaults'>> {
  const { environment, seed } = input
  const steps: StepFacts[] = []
  const unknownFaults: string[] = []
  for (const step of injectSteps(input.scenario)) {
    const driver = ports.faults.get(step.fault)
    if (driver === undefined) {
      unknownFaults.push(step.fault)
      continue
    }
    const plan = () =>
      ask(`${step.fault}.plan`, (ends) => driver.plan(step, seed, { environment, signal: ends }))
    const { restoration, expiry, fencing, reach = 'targets', obeysLever = false, leftBehind } = driver
    const approved = input.approved.get(step.name) ?? (await plan())
    const again = input.again ? { again: await plan() } : {}
    const deadMan = bookingOf(step, driver, approved, environment)
    const harmless = leftBehind === undefined ? {} : { leftBehind }
    const promised = { restoration, expiry, fencing, reach, obeysLever, ...harmless }
    steps.push({ step, ...promised, approved, ...again, ...deadMan })
  }
  return { steps, unknownFaults }
}

/** What a scheduler of the cloud would be told to take this step's fault out; nothing while its targets are not known. */
function bookingOf(
  step: InjectStep,
  driver: FaultDriver,
  approved: Outcome<StepPlan>,
  environment: CompiledEnvironment,
): Pick<StepFacts, 'deadMan'> {
  if (!approved.ok || environment.deadMan !== 'aws-scheduler') return {}
  const why = 'its undo takes more than calls that a scheduler can make'
  const undo = driver.undo(step, approved.value, `plan/${step.name}`, environment)
  return { deadMan: driver.deadMan?.book(undo, environment) ?? { ok: false, why } }
}

/** Targets of other runs from their baseline to their end: as long as they hold the locks on them. */
async function otherHolders(
  { runs }: Pick<FactsPorts, 'runs'>,
  own: RunId | undefined,
): Promise<ReadonlyMap<string, string>> {
  const others = (await runs.probed()).filter(({ id }) => id !== own)
  return new Map(
    others.flatMap(({ id, state }) =>
      state.planned.flatMap(({ targets }) => targets.map((target) => [target.id, id] as const)),
    ),
  )
}

function sharesQuota(steps: readonly StepFacts[]): (region: string) => boolean {
  const sharing = new Set(
    steps.flatMap(({ step, approved, again }) =>
      [approved, again].some((plan) => plan?.ok === true && plan.value.demands?.some((one) => one.isShared))
        ? [step.targets.region]
        : [],
    ),
  )
  return (region) => sharing.has(region)
}

async function askEach<T>(
  names: readonly string[],
  question: (name: string) => Promise<Outcome<T>>,
): Promise<ReadonlyMap<string, Outcome<T>>> {
  return new Map(
    await Promise.all(names.map(async (name): Promise<[string, Outcome<T>]> => [name, await question(name)])),
  )
}
