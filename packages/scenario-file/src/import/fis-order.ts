import type { FisAction } from './fis-actions.ts'

/** An action, the step it became a part of, and whether what comes after it in FIS waits for the end of a fault. */
export type Placed = Readonly<{ action: FisAction; owner: string; isLasting: boolean; isStep: boolean }>

/**
 * What each step comes after. In FIS that is the end of an action; here a step comes after another is in, and faults stay in until
 * the run takes them out. For what is over at once that is the same, for a fault that lasts it stands in the way.
 */
export function orderOf(placed: readonly Placed[]): (step: string) => readonly string[] {
  const byKey = new Map(placed.map((one) => [one.action.key, one]))
  const before = (one: Placed, seen: ReadonlySet<string>): readonly string[] =>
    one.action.view
      .at('startAfter')
      .items()
      .flatMap((item): readonly string[] => {
        const key = item.text() ?? ''
        const earlier = byKey.get(key)
        if (earlier === undefined || seen.has(key) || reaches(earlier, one.action.key, byKey)) {
          item.problem(earlier === undefined ? `there is no action ${key}` : `${key} waits for itself`)
          return []
        }
        // What is left out is not waited for, but what it waited for still is.
        if (!earlier.isStep) return before(earlier, new Set([...seen, key]))
        if (earlier.owner === one.owner) return []
        if (earlier.isLasting)
          item.problem(
            `it starts when ${key} has ended; here a fault that lasts stays in until the run takes it out`,
            'Make two scenarios of it, or leave one of the two out.',
          )
        return [earlier.owner]
      })
  return (step) => [
    ...new Set(
      placed.filter(({ owner }) => owner === step).flatMap((one) => before(one, new Set([one.action.key]))),
    ),
  ]
}

/** Whether an action, or what it waits for, waits for another. */
function reaches(from: Placed, key: string, byKey: ReadonlyMap<string, Placed>): boolean {
  const open = [from]
  const seen = new Set<string>()
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one.action.key === key) return true
    if (seen.has(one.action.key)) continue
    seen.add(one.action.key)
    for (const item of one.action.view.at('startAfter').items()) {
      const next = byKey.get(item.text() ?? '')
      if (next !== undefined) open.push(next)
    }
  }
  return false
}
