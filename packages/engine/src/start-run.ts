import {
  AppError,
  isEnd,
  isSandbox,
  type Actor,
  type CompiledRunbook,
  type CompiledScenario,
  type Drill,
  type Ids,
  type PlatformInstant,
  type RunEventBody,
  type RunRow,
} from '@firedrill/core'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'definitions' | 'halt' | 'hints' | 'random' | 'clockOf'> &
  Readonly<{ ids: Ids }>

/** What a saved plan was made from. A start that carries one is refused when any of it has changed. */
export type PlanReference = Readonly<{
  scenarioHash: string
  environmentHash: string
  planHash: string
  seed: number
}>

/** How to start. `sandboxOnly`: until sign-in is configured, nothing but a sandbox may be started. */
export type StartOptions = Readonly<{
  sandboxOnly: boolean
  seed?: number
  plan?: PlanReference
  idempotencyKey?: string
  /** The occurrence of a schedule that starts it. It is refused while another run of the drill is not over. */
  scheduled?: Readonly<{ schedule: string; at: PlatformInstant; bookedBy: Actor }>
  /** The run is only a record: it ends where it begins, and nothing is asked whether it may start. */
  ends?: Readonly<{ status: 'missed' | 'refused'; why: string }>
}>

/**
 * Starts a run of a booked drill: pins the newest scenario and environment, writes run and journal in one
 * transaction, then sends a hint. A lost hint costs a reconcile period.
 * @throws AppError halted, not-found, definition-invalid, sandbox-only, plan-drifted
 */
export function createStartRun(ports: Ports) {
  return async function startRun(drill: Drill, actor: Actor, options: StartOptions): Promise<RunRow> {
    if (options.ends === undefined) await refuseWhileHalted(ports)
    const scenario = await ports.definitions.latest(drill.teamId, 'scenario', drill.scenario)
    if (scenario === undefined)
      throw new AppError('not-found', `There is no scenario named ${drill.scenario}.`)
    const environment = await ports.definitions.latest(drill.teamId, 'environment', drill.environment)
    if (environment === undefined)
      throw new AppError('not-found', `There is no environment named ${drill.environment}.`)
    if (options.ends === undefined && options.sandboxOnly && !isSandbox(environment.compiled)) {
      throw new AppError(
        'sandbox-only',
        `Environment ${drill.environment} is not a sandbox; configure sign-in first, or use plan.`,
      )
    }
    const { plan } = options
    if (plan !== undefined && plan.scenarioHash !== scenario.hash) {
      throw new AppError(
        'plan-drifted',
        `Scenario ${drill.scenario} has a newer version than the plan; plan again.`,
      )
    }
    if (plan !== undefined && plan.environmentHash !== environment.hash) {
      throw new AppError(
        'plan-drifted',
        `Environment ${drill.environment} has a newer version than the plan; plan again.`,
      )
    }
    const runbook =
      scenario.compiled.runbook === undefined
        ? undefined
        : await ports.definitions.latest(drill.teamId, 'runbook', scenario.compiled.runbook)
    if (options.ends === undefined) requireRunbook(scenario.compiled, runbook?.compiled)
    const run = await ports.runs.create({
      id: ports.ids.mint('run'),
      teamId: drill.teamId,
      drillId: drill.id,
      clock: await ports.clockOf(drill.teamId, environment.compiled),
      actor,
      ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
      created: {
        type: 'run-created',
        data: {
          teamId: drill.teamId,
          drillId: drill.id,
          scenario: { name: scenario.name, hash: scenario.hash },
          environment: { name: environment.name, hash: environment.hash },
          ...(runbook === undefined ? {} : { runbook: { name: runbook.name, hash: runbook.hash } }),
          seed: plan?.seed ?? options.seed ?? Math.floor(ports.random.next() * 2 ** 31),
          ...(plan === undefined ? {} : { expectedPlan: plan.planHash }),
          ...(options.scheduled === undefined ? {} : { scheduled: { ...options.scheduled } }),
        },
      },
      ...(options.ends === undefined
        ? // The halt may have been set since it was asked: then it did not find this run.
          { whileHalted: (reason) => [ended('refused', `the global halt is set (${reason})`)] }
        : { followedBy: [ended(options.ends.status, options.ends.why)] }),
      ...(options.scheduled === undefined || options.ends !== undefined
        ? {}
        : { whileOpen: (open) => [ended('refused', `run ${open} of the same drill is not over`)] }),
    })
    if (isEnd(run.state.status)) return run
    await ports.hints.send('advance', run.id).catch(() => undefined)
    return run
  }
}

/** People must have what they are to follow before anything breaks. @throws AppError not-found, definition-invalid */
function requireRunbook(scenario: CompiledScenario, runbook: CompiledRunbook | undefined): void {
  if (scenario.runbook === undefined) return
  if (runbook === undefined)
    throw new AppError(
      'not-found',
      `There is no runbook named ${scenario.runbook}, which scenario ${scenario.name} is answered by; apply it first.`,
    )
  const probes = scenario.probes.map(({ name }) => name)
  const unknown = runbook.steps.find(({ check }) => check !== undefined && !probes.includes(check))
  if (unknown !== undefined)
    throw new AppError(
      'definition-invalid',
      `Step ${unknown.name} of runbook ${runbook.name} is checked by probe ${unknown.check}, which scenario ${scenario.name} does not have; it has ${probes.join(', ')}.`,
    )
}

/** @throws AppError halted */
async function refuseWhileHalted({ halt }: Pick<Ports, 'halt'>): Promise<void> {
  const { set, reason } = await halt.get()
  if (set) throw new AppError('halted', `The global halt is set (${reason}); lift it before starting a run.`)
}

function ended(to: 'missed' | 'refused', why: string): RunEventBody {
  return { type: 'status-changed', data: { from: 'booked', to, why } }
}
