import type { DurationInterval, Verdict } from '@firedrill/contracts'
import { formatMicros } from '@firedrill/contracts'
import type { Role } from '../../../vocabulary/word.ts'
import { VERDICT_WORDS } from '../../../vocabulary/verdicts.ts'

/** Every ruler reaches this far beyond its objective, so that all objectives stand on one line. */
export const REACH = 1.34
/** Where the objective stands on every ruler, in percent. */
export const OBJECTIVE_AT = 100 / REACH

/** What a ruler shows: a clock that runs, which bounds nothing yet, or an interval that was observed. */
export type Ruler = Readonly<{ kind: 'clock'; at: number }> | IntervalRuler

/** An interval beside its objective, in percent of the ruler. */
export type IntervalRuler = Readonly<{
  kind: 'interval'
  lo: number
  /** Null: only the lower bound is known, and an arrow stands in place of the right cap. */
  hi: number | null
  /** The interval begins beyond the ruler's end. */
  isBeyond: boolean
  role: Role
  /** The distance that decides: from and to in percent, and its words. */
  distance: Readonly<{ from: number; to: number; text: string }> | undefined
}>

/** Lays an interval on its ruler. Distances are rounded towards the objective, so that none seems larger than it is. */
export function rulerOf(
  observed: DurationInterval,
  maxMicros: number,
  verdict: Verdict | null,
): IntervalRuler {
  const at = (micros: number) => Math.min(100, (micros / maxMicros) * OBJECTIVE_AT)
  const { lo, hi } = observed
  return {
    kind: 'interval',
    lo: at(lo),
    hi: hi === null ? null : at(hi),
    isBeyond: at(lo) >= 100,
    role: verdict === null ? 'plain' : VERDICT_WORDS[verdict].role,
    distance: distanceOf(observed, maxMicros, at),
  }
}

function distanceOf(
  { lo, hi }: DurationInterval,
  maxMicros: number,
  at: (micros: number) => number,
): IntervalRuler['distance'] {
  if (hi !== null && hi <= maxMicros)
    return { from: at(hi), to: OBJECTIVE_AT, text: `${formatMicros(maxMicros - hi, 'down')} to spare` }
  if (lo > maxMicros)
    return { from: OBJECTIVE_AT, to: at(lo), text: `${formatMicros(lo - maxMicros, 'down')} over` }
  return undefined
}

/** The time so far on a ruler. */
export function clockRuler(elapsedMicros: number, maxMicros: number): Ruler {
  return { kind: 'clock', at: Math.min(100, (elapsedMicros / maxMicros) * OBJECTIVE_AT) }
}
