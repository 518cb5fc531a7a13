import type { Finding } from '../finding.ts'
import { SCOPE } from '../repository.ts'
import type { Repository } from '../repository.ts'

/**
 * No package depends on itself through others, those of tests included: a cycle leaves the build without an order.
 * (Cycles between files are the linter's.)
 */
export function packageCycles({ rooms }: Repository): Finding[] {
  const targets = new Map(
    rooms.map(({ name, dependencies, devDependencies }) => [
      name,
      [...dependencies, ...devDependencies].flatMap((id) =>
        id.startsWith(SCOPE) ? [id.slice(SCOPE.length)] : [],
      ),
    ]),
  )
  return rooms.flatMap(({ name, dir }) => {
    const path = pathBack(name, targets)
    if (path === null) return []
    return [{ rule: 'package-cycles', at: `${dir}/package.json`, message: `a cycle: ${path.join(' → ')}` }]
  })
}

function pathBack(start: string, targets: ReadonlyMap<string, readonly string[]>): string[] | null {
  const seen = new Set<string>()
  const waiting: string[][] = [[start]]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    for (const next of targets.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push([...path, next])
    }
  }
  return null
}
