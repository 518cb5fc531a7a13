/** How often each value occurred, in ascending order of value. */
export type Distribution = readonly (readonly [value: number, count: number])[]

/** So many different values are told apart in one bucket; beyond, neighbours are taken together. */
const DISTINCT_MAX = 200

/** What is known of the values behind a statistic set: all of it if they are alike or were kept, nothing otherwise. */
export const distributionOf = (set: {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly values?: Distribution
}): Distribution | undefined => (set.min === set.max ? [[set.min, set.count]] : set.values)

/** Two distributions taken together. */
export const mergeDistributions = (left: Distribution, right: Distribution): Distribution => {
  const counts = new Map(left)
  for (const [value, count] of right) counts.set(value, (counts.get(value) ?? 0) + count)
  const merged = [...counts].sort(([a], [b]) => a - b)
  return merged.length > DISTINCT_MAX ? coarser(merged) : merged
}

/** The value below which a share (0 to 1) of all values lies, interpolated between neighbours. */
export const quantile = (distribution: Distribution, share: number): number => {
  const total = distribution.reduce((sum, [, count]) => sum + count, 0)
  const rank = share * (total - 1)
  const below = valueAt(distribution, Math.floor(rank))
  const above = valueAt(distribution, Math.ceil(rank))
  return below + (above - below) * (rank - Math.floor(rank))
}

const valueAt = (distribution: Distribution, rank: number): number => {
  let seen = 0
  for (const [value, count] of distribution) {
    seen += count
    if (rank < seen) return value
  }
  return distribution.at(-1)?.[0] ?? 0
}

const coarser = (distribution: Distribution): Distribution => {
  const pairs: [number, number][] = []
  for (let index = 0; index < distribution.length; index += 2) {
    const [value, count] = distribution[index] ?? [0, 0]
    const [next, more] = distribution[index + 1] ?? [value, 0]
    pairs.push([(value * count + next * more) / (count + more), count + more])
  }
  return pairs
}
