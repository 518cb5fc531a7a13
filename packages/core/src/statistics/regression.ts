import { DIFFERENCE_CHANCE_MAX } from './compare.ts'
import { boundsOf, medianOf, upperEnd, type Bounds } from './order-interval.ts'
import { chanceOfRankingAsHigh } from './rank-sum.ts'

/** What a look for a regression came to. `undecided`: slower by the figures, but their errors or chance may be why. */
export const REGRESSION_OUTCOMES = ['regressed', 'undecided', 'kept'] as const
export type RegressionOutcome = (typeof REGRESSION_OUTCOMES)[number]

/** Measured lengths of time beside those of a baseline. Percentages are of the baseline; positive is slower. */
export type Regression = Readonly<{
  outcome: RegressionOutcome
  /** By the middles of the medians. Null when the baseline's is zero, or "more than" is compared with nothing longer. */
  changePercent: number | null
  /** The change of the median lies in here wherever in their intervals the true lengths are. Null ends are unbounded. */
  changeBetween: Readonly<{ lo: number | null; hi: number | null }>
  /** The chance of figures as much higher if nothing had changed; null when the sets are too small to tell. */
  chance: number | null
}>

/**
 * Whether lengths of time became longer than a baseline by more than `maxPercent`, beyond what their intervals explain.
 * The change has to be that large by the middles, and has to show with every true value where that is hardest: the baseline
 * at its upper ends, the new ones at their lower ends. It shows by the rank sum, looked at in this one direction; sets too
 * small for that have to be apart by more than the percentage. Neither set may be empty.
 */
export function regressionOf(
  baseline: readonly Bounds[],
  now: readonly Bounds[],
  maxPercent: number,
): Regression {
  const [oldLows, oldHighs] = [baseline.map(({ lo }) => lo), baseline.map(upperEnd)]
  const [lows, highs] = [now.map(({ lo }) => lo), now.map(upperEnd)]
  const before = { lo: medianOf(oldLows), hi: medianOf(oldHighs) }
  const after = { lo: medianOf(lows), hi: medianOf(highs) }
  const changePercent = change(middle(before), middle(after))
  const isSlower = changePercent === null ? middle(after) > middle(before) : changePercent > maxPercent
  const canTell = leastChance(baseline.length, now.length) <= DIFFERENCE_CHANCE_MAX
  const chance = canTell ? chanceOfRankingAsHigh(lows, oldHighs) : null
  const isBeyond =
    chance === null
      ? Math.min(...lows) > Math.max(...oldHighs) * (1 + maxPercent / 100)
      : chance <= DIFFERENCE_CHANCE_MAX
  return {
    outcome: !isSlower ? 'kept' : isBeyond ? 'regressed' : 'undecided',
    changePercent,
    changeBetween: { lo: change(before.hi, after.lo), hi: change(before.lo, after.hi) },
    chance,
  }
}

/** The chance that one set lies wholly above the other: nothing that sets of these sizes show is rarer. */
function leastChance(first: number, second: number): number {
  const both = Array.from({ length: first + second }, (_, i) => i)
  return chanceOfRankingAsHigh(both.slice(first), both.slice(0, first))
}

/** Without an upper end the least that it can be. */
function middle({ lo, hi }: Readonly<{ lo: number; hi: number }>): number {
  return boundsOf(lo, hi).hi === null ? lo : (lo + hi) / 2
}

function change(from: number, to: number): number | null {
  return from > 0 && Number.isFinite(from) && Number.isFinite(to) ? (100 * (to - from)) / from : null
}
