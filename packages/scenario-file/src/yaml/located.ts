/** A place in the text. Both count from 1. */
export type Position = Readonly<{ line: number; column: number }>

/** Keys and indexes from the root of a file's value. */
export type Path = readonly (string | number)[]

/** A value that still knows where each of its parts was written. */
export type Located =
  | Readonly<{ kind: 'scalar'; value: string | number | boolean | null; at: Position }>
  | Readonly<{ kind: 'list'; items: readonly Located[]; at: Position }>
  | Readonly<{ kind: 'map'; entries: ReadonlyMap<string, Entry>; at: Position }>

/** One key of a map: where the key stands, and its value. */
export type Entry = Readonly<{ keyAt: Position; value: Located }>

/** The start of a text, for problems that have no better place. */
export const START: Position = { line: 1, column: 1 }

/** The plain value, without positions. Maps become objects with own members only. */
export function plain(node: Located): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(plain)
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]))
  }
}

/** The node at a path, or undefined when there is none. */
export function nodeAt(root: Located, path: Path): Located | undefined {
  let node: Located | undefined = root
  for (const part of path) node = node === undefined ? undefined : child(node, part)
  return node
}

/** Where to point for a path: the value, or else the nearest thing around it that exists. */
export function positionOf(root: Located, path: Path): Position {
  let node = root
  let at = root.at
  for (const part of path) {
    const next = child(node, part)
    if (next === undefined) return at
    node = next
    at = next.at
  }
  return at
}

/** Where the key at the end of a path stands; the value's place when it is a list item. */
export function keyPositionOf(root: Located, path: Path): Position {
  const parent = nodeAt(root, path.slice(0, -1))
  const key = path.at(-1)
  if (parent?.kind === 'map' && typeof key === 'string') {
    const entry = parent.entries.get(key)
    if (entry !== undefined) return entry.keyAt
  }
  return positionOf(root, path)
}

/** A path as people write it: `spec.probes[0].url`; `$` is the whole file. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text === '' ? '$' : text
}

/** The same tree with every scalar replaced by what `change` answers for it. */
export function mapScalars(
  node: Located,
  change: (scalar: Extract<Located, { kind: 'scalar' }>, path: Path) => Located,
  path: Path = [],
): Located {
  switch (node.kind) {
    case 'scalar':
      return change(node, path)
    case 'list':
      return { ...node, items: node.items.map((item, i) => mapScalars(item, change, [...path, i])) }
    case 'map': {
      const entries = new Map<string, Entry>()
      for (const [key, entry] of node.entries) {
        entries.set(key, { ...entry, value: mapScalars(entry.value, change, [...path, key]) })
      }
      return { ...node, entries }
    }
  }
}

/** The same tree with every position replaced by one: for parts that come from another file. */
export function mapPositions(node: Located, at: Position): Located {
  switch (node.kind) {
    case 'scalar':
      return { ...node, at }
    case 'list':
      return { ...node, at, items: node.items.map((item) => mapPositions(item, at)) }
    case 'map': {
      const entries = new Map<string, Entry>()
      for (const [key, entry] of node.entries)
        entries.set(key, { keyAt: at, value: mapPositions(entry.value, at) })
      return { ...node, at, entries }
    }
  }
}

function child(node: Located, part: string | number): Located | undefined {
  if (node.kind === 'map') return node.entries.get(String(part))?.value
  if (node.kind === 'list' && typeof part === 'number') return node.items[part]
  return undefined
}
