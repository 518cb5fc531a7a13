import {
  compiledStepSchema,
  type CompiledEnvironment,
  type DriverContext,
  type InjectStep,
  type Outcome,
  type Seen,
  type StepPlan,
  type UndoPlan,
  type WorldInstant,
} from '@firedrill/core'
import { SECOND, startSimulator, type Simulator } from '@firedrill/sim'
import { buildEnvironment } from '@firedrill/testkit'
import { createAwsClients, type AwsClients } from '../aws-clients.ts'

/** A simulated account whose clock stands still until it is moved, and clients that reach it over the wire. */
export type SimulatedAccount = Readonly<{
  sim: Simulator
  environment: CompiledEnvironment
  clients: AwsClients
  context: DriverContext
  /** Moves world time on. */
  advance(seconds: number): void
  worldNow(): WorldInstant
  /** How many calls of an operation came through, e.g. `fis.StartExperiment`. */
  calls(operation: string): number
  close(): Promise<void>
}>

/** World time at which every simulated account of the tests begins. */
export const BEGIN = Date.UTC(2026, 10, 20, 12, 0, 0) * 1000

/** Starts a simulated account and lets it settle for five minutes of world time. */
export async function simulatedAccount(
  overrides: Partial<CompiledEnvironment> = {},
  seed = 7,
  world = 'warm-standby',
): Promise<SimulatedAccount> {
  const sim = await startSimulator({ rate: 'manual', startAt: BEGIN, seed, throttling: false, world })
  sim.advance(300 * SECOND)
  const zone = [...sim.world.dns.zones.values()][0]
  const environment = buildEnvironment({
    account: '111122223333',
    hostedZones: { public: { id: zone?.id ?? '', domain: 'larkspur.example' } },
    aws: {
      endpoint: sim.endpoints.aws,
      credentials: {
        source: 'static',
        accessKeyId: 'FIREDRILLSIM',
        secretAccessKey: 'firedrill-simulator-secret',
      },
      fisRoleArn: 'arn:aws:iam::111122223333:role/fis',
    },
    touch: {
      requiredTags: { ChaosReady: 'true' },
      exemptTag: 'ChaosExempt',
      protectedRecords: [],
      blastRadius: { targetsMax: 10, percentMax: 100 },
    },
    ...overrides,
  })
  const clients = createAwsClients()
  return {
    sim,
    environment,
    clients,
    context: { environment, signal: new AbortController().signal },
    advance: (seconds) => sim.advance(seconds * SECOND),
    worldNow: () => sim.world.sync() as WorldInstant,
    calls: (operation) => sim.world.calls.counters().operations[operation] ?? 0,
    async close() {
      clients.close()
      await sim.close()
    },
  }
}

/** An inject step with everything filled in but what the test is about. */
export function injectStep(
  fault: string,
  targets: Partial<InjectStep['targets']>,
  rest: Partial<Pick<InjectStep, 'durationMs' | 'parameters'>> = {},
): InjectStep {
  const [inject] = compiledStepSchema.options
  return inject.parse({
    kind: 'inject',
    name: 'break',
    after: [],
    fault,
    targets: { region: 'primary', tags: {}, zones: [], choose: { mode: 'all' }, max: 50, ...targets },
    durationMs: 300_000,
    parameters: {},
    ...rest,
  })
}

/** The value of an outcome that has to be good. @throws Error that shows the failure. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(JSON.stringify(outcome.failure))
}

/** The injection words of a look, each once. */
export function wordsOf(seen: Outcome<Seen>): readonly string[] {
  return [...new Set(valueOf(seen).observations.map(({ injection }) => injection))].toSorted()
}

/** An undo plan after it was stored and read again. */
export function stored(undo: UndoPlan, handle?: string): UndoPlan {
  const copy = JSON.parse(JSON.stringify(undo)) as UndoPlan
  return handle === undefined ? copy : { ...copy, handle }
}

/** A plan after it was stored and read again. */
export function storedPlan(plan: StepPlan): StepPlan {
  return JSON.parse(JSON.stringify(plan)) as StepPlan
}
