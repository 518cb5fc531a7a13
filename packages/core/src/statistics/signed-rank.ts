import { doubledRanks } from './doubled-ranks.ts'
import { medianOf } from './order-interval.ts'

/**
 * How likely it is that the differences of pairs lean upwards as much as these do, or more, if which of a pair came first
 * had been tossed for: Wilcoxon's signed rank, its distribution reckoned exactly over all signs, ties sharing their middle
 * rank. A difference of zero counts as downwards. It can only fall when a difference rises, so that a bound of each
 * difference gives a bound of the chance. Infinite differences are ties. For no pairs it is 1.
 */
export function chanceOfLeaningUp(differences: readonly number[]): number {
  const ranks = doubledRanks(differences.map(Math.abs))
  const observed = ranks.reduce((sum, rank, i) => sum + ((differences[i] ?? 0) > 0 ? rank : 0), 0)
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  // By how large a share of all signs the ranks so far have a sum.
  const shares = new Float64Array(total + 1)
  shares[0] = 1
  for (const rank of ranks)
    for (let sum = total; sum >= 0; sum--)
      shares[sum] = ((shares[sum] ?? 0) + (sum >= rank ? (shares[sum - rank] ?? 0) : 0)) / 2
  return shares.subarray(observed).reduce((sum, share) => sum + share, 0)
}

/**
 * The shift that the signed rank is about: the median of the means of every two values, each with itself as well (Hodges and
 * Lehmann). It rises with each value. @throws RangeError when there is none.
 */
export function shiftOf(values: readonly number[]): number {
  return medianOf(values.flatMap((a, i) => values.slice(i).map((b) => (a === b ? a : a / 2 + b / 2))))
}
