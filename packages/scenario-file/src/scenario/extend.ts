import type { Problems } from '../problem/problems.ts'
import { nodeAt, type Entry, type Located, type Position } from '../yaml/located.ts'

/** A scenario file that another one starts from. */
export type ParentFile = Readonly<{ file: string; text: string }>

/** Finds a scenario file by its `metadata.name`; undefined when there is none. */
export type ResolveScenario = (name: string) => ParentFile | undefined

/** How deep `extends` may go. */
export const EXTENDS_MAX = 8

/** Lists whose items have names and are therefore merged item by item. */
const NAMED_LISTS = new Set(['probes', 'markers', 'steps', 'objectives', 'stopConditions'])

/**
 * Lays a scenario over the one it extends, and that one over its own parent.
 * Rules: maps merge field by field and the child wins; null takes a field away; lists of named things (probes, steps,
 * objectives, stop conditions) merge by name, new names go to the end, and an item that changes its kind replaces the
 * old one; every other list is replaced as a whole. `metadata.name` is always the child's own.
 * Every part that comes from a parent points at the child's `extends` line.
 */
export function resolveExtends(
  child: Located,
  resolve: ResolveScenario | undefined,
  read: (parent: ParentFile, at: Position) => Located | undefined,
  problems: Problems,
): Located {
  const path = ['spec', 'extends']
  const own = textAt(child, ['metadata', 'name'])
  const chain = own === undefined ? [] : [own]
  const layers: Located[] = [child]
  const at = nodeAt(child, path)?.at ?? child.at
  let next = textAt(child, path)
  while (next !== undefined) {
    if (chain.includes(next)) {
      problems.add(path, at, `extends goes in a circle: ${[...chain, next].join(' → ')}`)
      break
    }
    if (chain.length > EXTENDS_MAX) {
      problems.add(path, at, `extends goes deeper than ${EXTENDS_MAX} files`)
      break
    }
    const parent = resolve?.(next)
    if (parent === undefined) {
      problems.add(path, at, `there is no scenario named ${next} to extend`)
      break
    }
    chain.push(next)
    const tree = read(parent, at)
    if (tree === undefined) break
    layers.push(tree)
    next = textAt(tree, path)
  }
  return layers.reduceRight((base, layer) => merge(base, layer, ''))
}

function merge(base: Located, over: Located, key: string): Located {
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over)
  if (base.kind === 'list' && over.kind === 'list' && NAMED_LISTS.has(key)) return mergeNamed(base, over)
  return over
}

type MapNode = Extract<Located, { kind: 'map' }>
type ListNode = Extract<Located, { kind: 'list' }>

function mergeMaps(base: MapNode, over: MapNode): Located {
  const entries = new Map<string, Entry>(base.entries)
  for (const [key, entry] of over.entries) {
    const before = entries.get(key)
    if (entry.value.kind === 'scalar' && entry.value.value === null) entries.delete(key)
    else
      entries.set(
        key,
        before === undefined ? entry : { ...entry, value: merge(before.value, entry.value, key) },
      )
  }
  return { ...over, entries }
}

function mergeNamed(base: ListNode, over: ListNode): Located {
  const items = [...base.items]
  for (const item of over.items) {
    const name = itemName(item)
    const index = name === undefined ? -1 : items.findIndex((candidate) => itemName(candidate) === name)
    const before = items[index]
    if (before === undefined) items.push(item)
    else items[index] = isSameKind(before, item) ? merge(before, item, '') : item
  }
  return { ...over, items }
}

/** A step without a name is known by its fault, as the compiled form does it. */
function itemName(node: Located): string | undefined {
  return textAt(node, ['name']) ?? textAt(node, ['inject'])
}

function isSameKind(before: Located, over: Located): boolean {
  const kind = textAt(over, ['kind'])
  if (kind !== undefined && kind !== textAt(before, ['kind'])) return false
  const waits = (node: Located) => nodeAt(node, ['wait']) !== undefined
  const injects = (node: Located) => nodeAt(node, ['inject']) !== undefined
  return !(waits(over) && injects(before)) && !(injects(over) && waits(before))
}

function textAt(node: Located, path: readonly string[]): string | undefined {
  const found = nodeAt(node, path)
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined
}
