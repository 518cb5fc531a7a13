import type { Problems } from '../problem/problems.ts'
import { mapScalars, nodeAt, type Located, type Path, type Position } from '../yaml/located.ts'

/** Values an environment file may take from outside, such as ports and secrets; handed in by the caller, never read here. */
export type ProcessValues = Readonly<Record<string, string | undefined>>

const REFERENCE = /\$(\$?)\{([^{}]*)\}/g
const NAMED = /^env:([A-Z_][A-Z0-9_]*)(?::-(.*))?$/s

/**
 * Puts process variables in place of `${env:NAME}` and `${env:NAME:-otherwise}` everywhere in `spec`. The result is
 * always text. A variable that is not set and has no `:-` is a problem, never an empty text. `$${` stands for `${`.
 */
export function substituteProcessValues(root: Located, values: ProcessValues, problems: Problems): Located {
  const spec = nodeAt(root, ['spec'])
  const before = root.kind === 'map' ? root.entries.get('spec') : undefined
  if (root.kind !== 'map' || spec === undefined || before === undefined) return root
  const filled = mapScalars(
    spec,
    (scalar, path) =>
      typeof scalar.value === 'string'
        ? { ...scalar, value: fill(scalar.value, values, problems, path, scalar.at) }
        : scalar,
    ['spec'],
  )
  return { ...root, entries: new Map([...root.entries, ['spec', { ...before, value: filled }]]) }
}

function fill(text: string, values: ProcessValues, problems: Problems, path: Path, at: Position): string {
  return text.replaceAll(REFERENCE, (reference, escape: string, inner: string) => {
    if (escape !== '') return reference.slice(1)
    const [, name, otherwise] = NAMED.exec(inner) ?? []
    if (name === undefined) {
      problems.add(path, at, `${reference} is no reference`, 'Write ${env:NAME} or ${env:NAME:-otherwise}.')
      return reference
    }
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined && value !== '') return value
    if (otherwise !== undefined) return otherwise
    problems.add(path, at, `the variable ${name} is not set`, `Set it, or write \${env:${name}:-otherwise}.`)
    return reference
  })
}
