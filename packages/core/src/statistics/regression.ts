import { DIFFERENCE_CHANCE_MAX } from './compare.ts'
import { boundsOf, medianOf, upperEnd, type Bounds } from './order-interval.ts'
import { chanceOfRankingAsHigh } from './rank-sum.ts'
import { chanceOfLeaningUp, shiftOf } from './signed-rank.ts'

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

/** Two runs that chance treated alike, as far as it could: the same world with the same seed, before and now. */
export type Pair = Readonly<{ before: Bounds; now: Bounds }>

/** So few pairs cannot show a change: that all of five lean the same way comes about by chance in 3 % of cases. */
export const PAIRS_MIN = 5

/**
 * Of the chance of a false alarm, what goes to the look at pairs; the rest goes to the look at two sets, so that both looks together
 * stay within it. As little as five pairs can do with: all of them leaning the same way has a chance of 1/32.
 */
const PAIRED_SHARE = 1 / 32 / DIFFERENCE_CHANCE_MAX

/**
 * The same of pairs: what both of a pair met by chance is in neither's favour, so that smaller changes show. A pair's
 * difference is taken where it is hardest to show, from the upper end before to the lower end now, and the signed rank of
 * all of them looked at in this one direction. A change that shows in a few pairs only, but there much, may show in the rank sum of
 * both sets instead, which is looked at as well, with less of the chance. Where pairing is in name only (chance fell differently all
 * the same) no change is flagged as rarely.
 * @throws RangeError for fewer than `PAIRS_MIN` pairs.
 */
export function regressionOfPairs(pairs: readonly Pair[], maxPercent: number): Regression {
  if (pairs.length < PAIRS_MIN) throw new RangeError(`${pairs.length} pairs are too few to tell a change`)
  const [lows, highs] = [pairs.map(({ before }) => before.lo), pairs.map(({ before }) => upperEnd(before))]
  const before = { lo: medianOf(lows), hi: medianOf(highs) }
  const least = pairs.map(({ before, now }) => now.lo - upperEnd(before))
  const most = pairs.map(({ before, now }) => upperEnd(now) - before.lo)
  const shift = shiftOf(pairs.map(({ before, now }) => middleOf(now) - middleOf(before)))
  const changePercent = percentOf(shift, middle(before))
  const isSlower = changePercent === null ? shift > 0 : changePercent > maxPercent
  const nows = pairs.map(({ now }) => now.lo)
  const chance = Math.min(
    1,
    chanceOfLeaningUp(least) / PAIRED_SHARE,
    chanceOfRankingAsHigh(nows, highs) / (1 - PAIRED_SHARE),
  )
  const [lo, hi] = [shiftOf(least), shiftOf(most)]
  return {
    outcome: !isSlower ? 'kept' : chance <= DIFFERENCE_CHANCE_MAX ? 'regressed' : 'undecided',
    changePercent,
    // Of the longest that it can have been where the shift is up, of the shortest where it is down, and the other way round.
    changeBetween: {
      lo: percentOf(lo, lo > 0 ? before.hi : before.lo),
      hi: percentOf(hi, hi > 0 ? before.lo : before.hi),
    },
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
  return middleOf(boundsOf(lo, hi))
}

function middleOf({ lo, hi }: Bounds): number {
  return hi === null ? lo : (lo + hi) / 2
}

function change(from: number, to: number): number | null {
  return percentOf(to - from, from)
}

function percentOf(shift: number, from: number): number | null {
  return from > 0 && Number.isFinite(from) && Number.isFinite(shift) ? (100 * shift) / from : null
}
