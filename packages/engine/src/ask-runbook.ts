import {
  AppError,
  checkStep,
  decideRunbookStep,
  worldInstant,
  type Actor,
  type CompiledRunbook,
  type RunbookAct,
  type RunRow,
  type StepCheck,
} from '@firedrill/core'
import { askRun } from './ask-run.ts'
import { loadDefinitions } from './definitions.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'hints' | 'definitions' | 'samples'>

/** What a person says of a step of the run's runbook. The note may be empty, except where a step is left out. */
export type AskOfRunbookStep = Readonly<{
  run: RunRow
  actor: Actor
  step: string
  act: RunbookAct
  note: string
}>

/** Writes down what people do by their runbook, and carries out what a step has the platform do. @throws AppError not-found, state-conflict */
export function createAskRunbook(ports: Ports) {
  return async function askRunbook({ run, actor, step, act, note }: AskOfRunbookStep): Promise<void> {
    const runbook = await pinnedRunbook(run, ports)
    const check = act === 'done' ? await checkOf(run, runbook, step, ports) : undefined
    const asked = { step, act, note, ...(check === undefined ? {} : { check }) }
    const events = await askRun(ports, run.id, actor, (state) => decideRunbookStep(state, runbook, asked))
    if (!events.some(({ type }) => type === 'abort-requested' || type === 'status-changed')) return
    const isAbort = events.some(({ type }) => type === 'abort-requested')
    await ports.runs.wake(run.id)
    await ports.hints.send(isAbort ? 'recover' : 'advance', run.id).catch(() => undefined)
  }
}

async function pinnedRunbook(run: RunRow, { definitions }: Ports): Promise<CompiledRunbook> {
  const { runbook } = run.state
  if (runbook === undefined)
    throw new AppError('state-conflict', `Not done: run ${run.number} follows no runbook.`)
  const pinned = await definitions.byHash(run.teamId, 'runbook', runbook.hash)
  if (pinned === undefined)
    throw new AppError('not-found', `Runbook ${runbook.name} ${runbook.hash.slice(0, 12)} is not stored.`)
  return pinned.compiled
}

/** What the probe of a step shows since it was started; undefined for a step without one. */
async function checkOf(
  run: RunRow,
  runbook: CompiledRunbook,
  name: string,
  ports: Ports,
): Promise<StepCheck | undefined> {
  const probe = runbook.steps.find((step) => step.name === name)?.check
  const started = run.state.runbookSteps?.[name]?.started
  if (probe === undefined || started === undefined) return undefined
  const { environment } = await loadDefinitions(run, ports.definitions)
  const since = worldInstant(started.at)
  const samples = await ports.samples.read(run.id, { from: since })
  return checkStep(samples, {
    probe,
    vantages: environment.probes.vantages.map((place) => place.name),
    since,
  })
}
