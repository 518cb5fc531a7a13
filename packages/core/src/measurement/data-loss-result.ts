import { inWords, judge, type Void } from '../verdict/judge.ts'
import type { ObjectiveResult } from '../verdict/verdict.ts'
import { dataLoss, type DataLoss, type LossUnknown, type LossWindow } from './data-loss.ts'
import { worldInstant } from '../time/instant.ts'
import type { DurationInterval } from './interval.ts'
import { censorOf, type DataLossObjective, type MeasureInput } from './measure-input.ts'

/** What the markers of an objective show; undefined without any. */
export function lossOf(
  input: MeasureInput,
  marker: string,
): DataLoss | Readonly<{ unknown: LossUnknown }> | undefined {
  const markers = input.markers?.[marker]
  const window = lossWindowOf(input)
  return markers === undefined || window === undefined ? undefined : dataLoss(markers, window)
}

function lossWindowOf(input: MeasureInput): LossWindow | undefined {
  if (input.injected === undefined) return undefined
  // What the writer's clock may be off counts where its instants stand beside ours.
  const error = input.clockErrorMicros ?? 0
  const until = censorOf(input)?.at
  return {
    from: worldInstant(input.injected.lo - error),
    until: until === undefined ? undefined : worldInstant(until - error),
  }
}

/** A data-loss objective beside what its markers show. */
export function dataLossResult(
  input: MeasureInput,
  objective: DataLossObjective,
  whole: Void | undefined,
): ObjectiveResult {
  const marker = input.scenario.markers?.find(({ name }) => name === objective.marker)
  const maxMicros = objective.maxMs * 1000
  const base = { objective: objective.name, kind: objective.kind, maxMicros, method: methodOf(marker) }
  const found = lossOf(input, objective.marker)
  const loss = found === undefined || 'unknown' in found ? undefined : found
  const figures =
    loss === undefined
      ? {}
      : {
          observed: loss.observed,
          markers: {
            acknowledged: loss.acknowledged,
            missing: loss.missing.length,
            ...(loss.late === undefined ? {} : { late: loss.late }),
            ...(loss.lost === undefined ? {} : { lost: loss.lost }),
          },
        }
  if (whole !== undefined) return { ...base, ...figures, ...whole }
  if (loss === undefined) {
    const unknown = found !== undefined && 'unknown' in found ? found.unknown : 'nothing-acknowledged'
    return { ...base, verdict: 'inconclusive', ...UNKNOWN[input.provisional ? 'soFar' : unknown] }
  }
  const { verdict, reason } = judge(loss.observed, maxMicros)
  return {
    ...base,
    ...figures,
    verdict,
    reason: `${countsInWords(loss)}: ${reason}`,
    ...(verdict === 'inconclusive'
      ? { wouldDecide: wouldDecideLoss(loss.observed, maxMicros, marker?.periodMs) }
      : {}),
  }
}

function methodOf(marker: Readonly<{ name: string; order: string; periodMs: number }> | undefined): string {
  if (marker === undefined) return 'numbered writes'
  const every = inWords(marker.periodMs * 1000)
  return `numbered writes of marker ${marker.name}, one every ${every} (${marker.order} replication), read back when writes went through again and after the restoration; from the first acknowledged write that was missing to the last that the old side took, bounded by the writes around them, all on the writer's clock`
}

const UNKNOWN: Readonly<Record<LossUnknown | 'soFar', Readonly<{ reason: string; wouldDecide?: string }>>> = {
  soFar: { reason: 'the writes were not read back yet' },
  'nothing-acknowledged': {
    reason: 'no numbered write was acknowledged, so lost data was not measured',
    wouldDecide:
      'writes that are acknowledged before the fault goes in; `firedrill plan` shows what is asked for',
  },
  'not-read': {
    reason: 'the writes could not be read back, so what the surviving side held is not known',
    wouldDecide: 'a read-back that answers; its failures are in the log of the probe worker',
  },
  'not-resumed': {
    reason:
      'writes failed and had not come back when the fault was taken out, so what the surviving side would have held is not known',
    wouldDecide: 'a fault that lasts, and is watched, until writes go through again',
  },
}

/** `3 of 120 acknowledged writes were missing at the switch (118 to 120): 1 arrived late, 2 are lost`. */
function countsInWords({ acknowledged, missing, late, lost }: DataLoss): string {
  if (missing.length === 0) return `all ${acknowledged} acknowledged writes were there`
  const [first, last] = [missing[0], missing.at(-1)]
  const which = first === last ? `number ${first}` : `numbers ${first} to ${last}`
  const are = missing.length === 1 ? 'write was' : 'writes were'
  const after =
    late === undefined || lost === undefined
      ? 'late or lost is not known, nothing was read after the return'
      : `${late} arrived late, ${lost} ${lost === 1 ? 'is' : 'are'} lost`
  return `${missing.length} acknowledged ${are} missing of ${acknowledged} (${which}; ${after})`
}

/** Shortest distance of writes that a scenario may ask for. */
const PERIOD_MIN_MS = 100

/** What would have told the interval from the objective: about two write periods of its width come from their distance. */
function wouldDecideLoss(
  observed: DurationInterval,
  maxMicros: number,
  periodMs: number | undefined,
): string {
  const { lo, hi } = observed
  if (hi === null)
    return 'an acknowledged write before the first missing one, and one that failed after the last'
  const distance = Math.abs(maxMicros - (lo + hi) / 2)
  const neededMs = Math.floor(distance / 1000)
  return periodMs === undefined || neededMs < PERIOD_MIN_MS || neededMs >= periodMs
    ? `no closer writes: the figure is within ${inWords(distance)} of the objective; judge by more runs`
    : `a write every ${inWords(neededMs * 1000, 'down')} or less, and a timeout as short`
}
