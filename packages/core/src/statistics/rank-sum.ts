import { doubledRanks } from './doubled-ranks.ts'

/** Most values of both sets together for which the distribution is reckoned exactly. */
const EXACT_MAX = 100

/**
 * How likely it is, if both sets came from the same source, that the values of `b` rank as high among all as they do, or
 * higher. The exact permutation distribution of the rank sum (Wilcoxon, Mann and Whitney), ties sharing their middle rank;
 * for more than 100 values its normal approximation, rounded up by a correction for continuity. Infinite values are ties.
 */
export function chanceOfRankingAsHigh(b: readonly number[], a: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1
  const ranks = doubledRanks([...b, ...a])
  const observed = ranks.slice(0, b.length).reduce((sum, rank) => sum + rank, 0)
  return ranks.length <= EXACT_MAX
    ? exactChance(ranks, b.length, observed)
    : normalChance(ranks, b.length, observed)
}

/** Of all ways to choose `size` of the ranks, the share whose sum is at least `observed`. */
function exactChance(ranks: readonly number[], size: number, observed: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  // By how many ways k of the ranks so far have a sum, for every k and every sum.
  const counts = Array.from({ length: size + 1 }, () => new Float64Array(total + 1))
  const row = (k: number) => counts[k] ?? new Float64Array(0)
  row(0)[0] = 1
  for (const rank of ranks) {
    for (let k = size; k > 0; k--) {
      const [to, from] = [row(k), row(k - 1)]
      for (let sum = total; sum >= rank; sum--) to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0)
    }
  }
  let [all, asHigh] = [0, 0]
  for (const [sum, count] of row(size).entries()) {
    all += count
    if (sum >= observed) asHigh += count
  }
  return asHigh / all
}

function normalChance(ranks: readonly number[], size: number, observed: number): number {
  const n = ranks.length
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / n
  const spread = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / n
  const variance = (size * (n - size) * spread) / (n - 1)
  if (variance === 0) return 1
  return upperTail((observed - 1 - size * mean) / Math.sqrt(variance))
}

/** Chance that a standard normal is above z (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z))
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z >= 0 ? tail : 1 - tail
}
