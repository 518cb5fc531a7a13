import { AppError, parseId, type RunId, type RunRow, type RunStore } from '@firedrill/core'

/** The run of an address, of the caller's team. Somebody else's run is not there. @throws AppError `not-found`. */
export async function findRun(runs: Pick<RunStore, 'get'>, teamId: string, id: string): Promise<RunRow> {
  const run = await runs.get(teamId, runIdOf(id))
  if (run === undefined) throw new AppError('not-found', `There is no run ${id}.`)
  return run
}

/** Reads a run's id. @throws AppError `not-found`, because what is no id names nothing. */
export function runIdOf(id: string): RunId {
  const runId = parseId('run', id)
  if (runId === undefined) throw new AppError('not-found', 'There is no run of that id.')
  return runId
}
