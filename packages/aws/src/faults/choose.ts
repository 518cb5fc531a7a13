import type { InjectStep } from '@firedrill/core'

/** What choosing came to, or why the selector cannot be met. */
export type Choice<T> = Readonly<{ ok: true; chosen: readonly T[] } | { ok: false; problem: string }>

/** How items are told apart, and which group of the cloud's own each belongs to, if any. */
export type Grouping<T> = Readonly<{ idOf: (item: T) => string; groupOf?: (item: T) => string | null }>

/**
 * Chooses targets out of a population. The same seed and population give the same choice, in whatever order the service
 * listed them. A percentage rounds down, as FIS does; more than there are is a problem, not all of them.
 */
export function choose<T>(
  population: readonly T[],
  { idOf, groupOf }: Grouping<T>,
  how: InjectStep['targets']['choose'],
  seed: number,
): Choice<T> {
  const ordered = population.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  switch (how.mode) {
    case 'all':
      return { ok: true, chosen: ordered }
    case 'count':
      if (population.length > 0 && how.count > population.length) {
        return { ok: false, problem: `the selector asks for ${how.count}, only ${population.length} match` }
      }
      return { ok: true, chosen: draw(ordered, how.count, seed) }
    case 'percent':
      return { ok: true, chosen: draw(ordered, Math.floor((ordered.length * how.percent) / 100), seed) }
    case 'per-group':
      return perGroup(ordered, groupOf, how.count, seed)
  }
}

/** So many of every group. What belongs to none is not chosen; a group that has too few is a problem, as everywhere. */
function perGroup<T>(
  ordered: readonly T[],
  groupOf: Grouping<T>['groupOf'],
  count: number,
  seed: number,
): Choice<T> {
  const groups = Map.groupBy(ordered, (item) => groupOf?.(item) ?? null)
  groups.delete(null)
  const chosen: T[] = []
  for (const [index, [name, members]] of [...groups].entries()) {
    if (members.length < count)
      return {
        ok: false,
        problem: `the selector asks for ${count} of group ${name}, only ${members.length} match`,
      }
    // Another seed for each, or groups of one size would lose the members of one place in their lists.
    chosen.push(...draw(members, count, seed + index))
  }
  return { ok: true, chosen: ordered.filter((item) => chosen.includes(item)) }
}

/** `count` items by a seeded Fisher-Yates shuffle, in the order of `ordered`. */
function draw<T>(ordered: readonly T[], count: number, seed: number): readonly T[] {
  const next = generator(seed)
  const places = ordered.map((_, place) => place)
  const picked: number[] = []
  while (picked.length < count && places.length > 0) {
    picked.push(...places.splice(Math.floor(next() * places.length), 1))
  }
  return picked.toSorted((a, b) => a - b).flatMap((place) => ordered.slice(place, place + 1))
}

/** mulberry32: numbers in [0, 1) that are the same on every machine for the same seed. */
function generator(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
