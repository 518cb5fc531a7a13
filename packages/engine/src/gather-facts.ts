import {
  injectSteps,
  type CompiledEnvironment,
  type CompiledScenario,
  type GuardrailFacts,
  type Outcome,
  type PlatformInstant,
  type StepFacts,
  type StepPlan,
} from '@firedrill/core'
import { askPatiently } from './call-out.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'faults' | 'halt' | 'identity' | 'metrics' | 'clock'>

/** Time allowed for one question to the cloud while facts are gathered. */
const QUESTION_TIMEOUT_MS = 20_000

/** What to gather facts for. `approved` holds the plans that are to be judged; `again` asks the cloud once more. */
export type FactsInput = Readonly<{
  scenario: CompiledScenario
  environment: CompiledEnvironment
  rate: number
  now: PlatformInstant
  seed: number
  approved: ReadonlyMap<string, Outcome<StepPlan>>
  again: boolean
}>

/** Asks halt, caller identity, targets and stop conditions. A question that fails stays a failure: the guardrails refuse on it. */
export async function gatherFacts(
  input: FactsInput,
  ports: Ports,
  signal: AbortSignal,
): Promise<GuardrailFacts> {
  const { scenario, environment } = input
  const ask = <T>(what: string, question: (ends: AbortSignal) => Promise<Outcome<T>>) =>
    askPatiently(ports.clock, what, QUESTION_TIMEOUT_MS, signal, question)
  const halt = await ports.halt.get()
  const identity = await ask('identity.whoAmI', (ends) => ports.identity.whoAmI(environment, ends))
  const steps: StepFacts[] = []
  const unknownFaults: string[] = []
  for (const step of injectSteps(scenario)) {
    const driver = ports.faults.get(step.fault)
    if (driver === undefined) {
      unknownFaults.push(step.fault)
      continue
    }
    const plan = () =>
      ask(`${step.fault}.plan`, (ends) => driver.plan(step, input.seed, { environment, signal: ends }))
    const approved = input.approved.get(step.name) ?? (await plan())
    steps.push({
      step: step.name,
      irreversible: driver.restoration === 'irreversible',
      approved,
      ...(input.again ? { again: await plan() } : {}),
    })
  }
  const stopConditions = new Map<string, Outcome<string>>()
  for (const condition of scenario.stopConditions) {
    const alarm = { region: condition.region, name: condition.alarm }
    stopConditions.set(
      condition.name,
      await ask('metrics.alarmState', (ends) => ports.metrics.alarmState(environment, alarm, ends)),
    )
  }
  return {
    scenario,
    environment,
    halt,
    identity,
    rate: input.rate,
    now: input.now,
    steps,
    stopConditions,
    approvals: 0,
    unknownFaults,
  }
}
