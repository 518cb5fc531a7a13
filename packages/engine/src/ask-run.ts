import {
  AppError,
  decideAbort,
  decideNote,
  type Actor,
  type Asked,
  type JournalEvent,
  type RunId,
  type RunState,
} from '@firedrill/core'
import { fitted } from './fit-events.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'hints'>

/** Appends what a person asked of a run, under the row lock, and wakes the run. @throws AppError not-found, state-conflict */
export async function askRun(
  ports: Ports,
  runId: RunId,
  actor: Actor,
  decide: (state: RunState) => Asked,
): Promise<readonly JournalEvent[]> {
  let refused: string | undefined
  const result = await ports.runs.append(runId, { kind: 'open' }, actor, (state) => {
    const asked = decide(state)
    refused = asked.refused
    return fitted(asked.events)
  })
  if (!result.ok && result.why === 'newer')
    throw new AppError(
      'state-conflict',
      `Not done: run ${runId} is driven by a newer version of the platform; ask that one.`,
    )
  if (!result.ok) throw new AppError('not-found', `There is no run ${runId}.`)
  if (refused !== undefined) throw new AppError('state-conflict', `Not done: ${refused}.`)
  return result.events
}

/** Asks for abort: undo when faults may be in, cancel when not. Needs only the database; the hint makes it fast. */
export function createRequestAbort(ports: Ports) {
  return async function requestAbort(
    runId: RunId,
    actor: Actor,
    reason: string,
  ): Promise<readonly JournalEvent[]> {
    const events = await askRun(ports, runId, actor, (state) => decideAbort(state, reason))
    await ports.runs.wake(runId)
    await ports.hints.send('recover', runId).catch(() => undefined)
    return events
  }
}

/** Adds a scribe's note to the journal. */
export function createAddNote(ports: Ports) {
  return (runId: RunId, actor: Actor, text: string): Promise<readonly JournalEvent[]> =>
    askRun(ports, runId, actor, (state) => decideNote(state, text))
}
