import { boundsOf, medianOf, upperEnd, type Bounds } from './order-interval.ts'
import { chanceOfRankingAsHigh } from './rank-sum.ts'

/** From which chance of being wrong on a difference is not called one. */
export const DIFFERENCE_CHANCE_MAX = 0.05

/** What two sets of figures say about each other. `none-shown` is not `the same`: more runs may show one. */
export const DIFFERENCES = ['longer', 'shorter', 'none-shown'] as const
export type Difference = (typeof DIFFERENCES)[number]

/** The second set beside the first. */
export type Comparison = Readonly<{
  difference: Difference
  /** How sure: one minus the chance of calling a difference where there is none, for the worst of all true values. */
  confidence: number
  /** The median of all distances from a value of the first to one of the second lies in it; `lo` below zero: maybe shorter. */
  shift: Readonly<{ lo: number | null; hi: number | null }>
}>

/**
 * Whether the values of `after` are longer or shorter than those of `before`, without assuming any distribution and
 * without taking an interval for its middle. The rank sum of a set rises with each of its values, so `after` is called
 * longer only when it still is with every true value where that is hardest to show: `before` at the upper ends, `after` at
 * the lower ends. The test is one-sided in both directions, and the chance is doubled for having looked in both.
 * Undefined when one of the sets is empty.
 */
export function compare(before: readonly Bounds[], after: readonly Bounds[]): Comparison | undefined {
  if (before.length === 0 || after.length === 0) return undefined
  const [beforeLows, afterLows] = [before.map(({ lo }) => lo), after.map(({ lo }) => lo)]
  const [beforeHighs, afterHighs] = [before.map(upperEnd), after.map(upperEnd)]
  const longer = Math.min(1, 2 * chanceOfRankingAsHigh(afterLows, beforeHighs))
  const shorter = Math.min(1, 2 * chanceOfRankingAsHigh(beforeLows, afterHighs))
  const chance = Math.min(longer, shorter)
  const difference = chance > DIFFERENCE_CHANCE_MAX ? 'none-shown' : longer < shorter ? 'longer' : 'shorter'
  const { hi } = boundsOf(0, medianDistance(beforeLows, afterHighs))
  const least = medianDistance(beforeHighs, afterLows)
  return { difference, confidence: 1 - chance, shift: { lo: Number.isFinite(least) ? least : null, hi } }
}

/** Median of all distances from one of `from` to one of `to`; a value without bound is as far as can be. */
function medianDistance(from: readonly number[], to: readonly number[]): number {
  return medianOf(from.flatMap((a) => to.map((b) => b - a)))
}
