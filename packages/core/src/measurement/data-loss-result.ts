import { judge, type Void } from '../verdict/judge.ts'
import type { ObjectiveResult } from '../verdict/verdict.ts'
import { dataLoss } from './data-loss.ts'
import type { DataLossObjective, MeasureInput } from './measure-input.ts'

/** A data-loss objective beside what its markers show. */
export function dataLossResult(
  input: MeasureInput,
  objective: DataLossObjective,
  whole: Void | undefined,
): ObjectiveResult {
  const maxMicros = objective.maxMs * 1000
  const base = {
    objective: objective.name,
    kind: objective.kind,
    maxMicros,
    method: `numbered writes of marker ${objective.marker}, read back after the switch`,
  }
  const markers = input.markers?.[objective.marker]
  const loss = markers === undefined ? undefined : dataLoss(markers)
  if (whole !== undefined)
    return { ...base, ...(loss === undefined ? {} : { observed: loss.observed }), ...whole }
  if (loss === undefined) {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: 'no markers were written, so lost data was not measured',
    }
  }
  const { verdict, reason } = judge(loss.observed, maxMicros)
  return {
    ...base,
    observed: loss.observed,
    verdict,
    reason: `${loss.lost} acknowledged writes are missing: ${reason}`,
    ...(verdict === 'inconclusive' ? { wouldDecide: 'markers closer together' } : {}),
  }
}
