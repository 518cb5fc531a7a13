import { isClean, isEnd, type RunRow, type RunState } from '@firedrill/core'
import type { RunSummary } from '@firedrill/contracts'

/** A run for lists. */
export function presentRun(row: RunRow): RunSummary {
  const { state } = row
  return {
    id: row.id,
    number: row.number,
    drillId: row.drillId,
    scenario: { ...state.scenario },
    environment: { ...state.environment },
    status: state.status,
    isOver: isEnd(state.status),
    verdict: verdictOf(state),
    isProvisional: !isEnd(state.status) && state.measurement?.provisional !== false,
    reason: state.refusal ?? state.measurement?.reason ?? declinedWords(state) ?? state.abort?.reason ?? '',
    isAborted: state.abort !== undefined,
    mayBeBroken: Object.values(state.steps).some((step) =>
      Object.values(step.targets).some((target) => !isClean(target.injection)),
    ),
    seq: row.foldedSeq,
    createdAt: row.createdAt,
  }
}

function declinedWords({ declined }: RunState): string | undefined {
  return declined === undefined ? undefined : `declined by ${declined.by}: ${declined.reason}`
}

/** The verdict as far as it is known. A run that ended before anything could be learned was not run. */
export function verdictOf(state: RunState): RunSummary['verdict'] {
  if (state.measurement !== undefined) return state.measurement.verdict
  return isEnd(state.status) ? 'not-run' : null
}
