/** A number that is somewhere in [lo, hi]; `hi` null: no upper bound is known. */
export type Bounds = Readonly<{ lo: number; hi: number | null }>

/** The upper end as a number that can be ordered. */
export function upperEnd({ hi }: Bounds): number {
  return hi ?? Infinity
}

/** An interval out of two ends that may be without bound. */
export function boundsOf(lo: number, hi: number): Bounds {
  return { lo, hi: Number.isFinite(hi) ? hi : null }
}

/** The middle value; of an even number, the mean of the two in the middle. @throws RangeError when there is none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => (a === b ? 0 : a - b))
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (lower === undefined || upper === undefined) throw new RangeError('there is no median of nothing')
  return lower === upper ? lower : lower + (upper - lower) / 2
}

/** An interval for a median from ranks alone, and how sure it is. */
export type MedianInterval = Readonly<{ bounds: Bounds; confidence: number }>

/**
 * An interval for the median of the source that the values came from, which holds whatever its distribution: the k-th
 * smallest lower end to the k-th largest upper end, with the largest k that is sure enough (the sign test turned round).
 * Undefined when there are too few values: six give 96.9 %, five only 93.8 %.
 */
export function medianInterval(values: readonly Bounds[], atLeast: number): MedianInterval | undefined {
  const n = values.length
  const lows = values.map(({ lo }) => lo).toSorted((a, b) => a - b)
  const highs = values.map(upperEnd).toSorted((a, b) => (a === b ? 0 : b - a))
  let found: MedianInterval | undefined
  // Chance that fewer than k of n values are on one side of the median.
  let tail = 0
  let term = 0.5 ** n
  for (let k = 1; k <= n / 2; k++) {
    tail += term
    term = (term * (n - k + 1)) / k
    const confidence = 1 - 2 * tail
    const [lo, hi] = [lows[k - 1], highs[k - 1]]
    if (confidence < atLeast || lo === undefined || hi === undefined) return found
    found = { bounds: boundsOf(lo, hi), confidence }
  }
  return found
}
