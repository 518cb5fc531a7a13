/** A stretch of world time in microseconds, from < to; either end may be infinite. */
export type Span = Readonly<{ from: number; to: number }>

/** Where at least `count` of the sets overlap. Spans of one set must not overlap each other. */
export function overlapOfAtLeast(sets: readonly (readonly Span[])[], count: number): readonly Span[] {
  const edges = sets.flat().flatMap(({ from, to }) => [
    { at: from, step: 1 },
    { at: to, step: -1 },
  ])
  // Where one span ends and another begins at the same instant, the depth does not dip.
  edges.sort((a, b) => (a.at === b.at ? b.step - a.step : a.at < b.at ? -1 : 1))
  const found: Span[] = []
  let depth = 0
  let from: number | undefined
  for (const { at, step } of edges) {
    depth += step
    if (depth >= count && from === undefined) from = at
    if (depth < count && from !== undefined) {
      if (at > from) found.push({ from, to: at })
      from = undefined
    }
  }
  return found
}

/** Joins spans that are less than `gap` apart. */
export function joinWithin(spans: readonly Span[], gap: number): readonly Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = joined.at(-1)
    if (last !== undefined && span.from - last.to < gap) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    } else joined.push(span)
  }
  return joined
}

/** True when two spans share more than an end. */
export function doOverlap(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to
}
