/** Twice the rank of each value, so that middle ranks of ties are whole numbers. */
export function doubledRanks(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((x, y) => (x === y ? 0 : x - y))
  const first = new Map<number, number>()
  const last = new Map<number, number>()
  for (const [i, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, i + 1)
    last.set(value, i + 1)
  }
  return values.map((value) => (first.get(value) ?? 0) + (last.get(value) ?? 0))
}
