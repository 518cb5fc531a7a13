import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
} from 'yaml'
import type { Problems } from '../problem/problems.ts'
import { START, type Entry, type Located, type Path, type Position } from './located.ts'

/** Largest file in bytes of UTF-8. */
export const FILE_BYTES_MAX = 1_000_000
/** Limits that keep any input, however odd, under a second: tokens, a quoted text, nesting, nodes after aliases. */
const TOKENS_MAX = 40_000
const QUOTED_MAX = 65_536
const DEPTH_MAX = 64
const NODES_MAX = 50_000

/**
 * Reads one YAML 1.2 document as a tree with positions. Problems go to `problems`; undefined when there is no tree to
 * go on with. Duplicate keys, several documents, unknown tags, non-text keys and alias bombs are problems.
 * `firstLine` is the line of the file at which `text` begins.
 */
export function readYaml(text: string, problems: Problems, firstLine = 1): Located | undefined {
  const tooMuch = oversize(text)
  if (tooMuch !== undefined) {
    problems.add([], START, tooMuch)
    return undefined
  }
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter,
    uniqueKeys: false,
    prettyErrors: false,
    merge: false,
    logLevel: 'error',
    version: '1.2',
  })
  const place = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(Math.max(0, Math.min(offset, text.length)))
    return { line: Math.max(1, line) + firstLine - 1, column: Math.max(1, col) }
  }
  tellSyntax(document, text, place, problems)
  if (problems.size > 0) return undefined
  if (document.contents === null) {
    problems.add([], START, 'the file is empty')
    return undefined
  }
  const reader = new Reader(document, place, problems)
  const root = reader.read(document.contents, [], 0)
  return reader.isExhausted ? undefined : root
}

/**
 * One mistake in the layout upsets every line below it, so of each sort only the first is told. A tab and a reference
 * without quotes are told first, because the library then complains about anything but them.
 */
function tellSyntax(
  document: Document.Parsed,
  text: string,
  place: (offset: number) => Position,
  problems: Problems,
): void {
  const errors = [...document.errors, ...document.warnings]
  if (errors.length === 0) return
  const told = new Set<string>()
  const tab = /^ *\t/m.exec(text)
  if (tab !== null) {
    told.add('TAB_AS_INDENT')
    problems.add([], place(tab.index + tab[0].length - 1), syntaxMessage('TAB_AS_INDENT', ''))
  }
  const bare = /[{,[][^\n"'#]{0,200}?: +(\$\{[^}\n]*\})/.exec(text)
  if (bare?.[1] !== undefined) {
    const at = place(bare.index + bare[0].length - bare[1].length)
    problems.add([], at, 'between { and } a reference needs quotes', `Write "${bare[1]}".`)
  }
  for (const error of errors) {
    if (told.has(error.code)) continue
    told.add(error.code)
    problems.add([], place(error.pos[0]), syntaxMessage(error.code, error.message))
  }
}

function oversize(text: string): string | undefined {
  // Three bytes is the most a UTF-16 unit takes, so only long texts need to be measured.
  if (text.length * 3 > FILE_BYTES_MAX && new TextEncoder().encode(text).length > FILE_BYTES_MAX) {
    return `the file is larger than ${FILE_BYTES_MAX / 1_000_000} MB`
  }
  let tokens = 0
  for (const token of new Lexer().lex(text)) {
    if (++tokens > TOKENS_MAX) return `the file has more than ${TOKENS_MAX} tokens; split it`
    if (token.length > QUOTED_MAX && (token.startsWith('"') || token.startsWith("'"))) {
      return `a quoted text is longer than ${QUOTED_MAX} characters; use a block (|) instead`
    }
  }
  return undefined
}

const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'one document a file; split it at ---',
  BAD_INDENT: 'the indentation does not fit what is above it',
  MISSING_CHAR: 'something is missing here',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot begin in the middle of a line; put it on a line of its own',
  UNEXPECTED_TOKEN: 'this cannot stand here',
  RESOURCE_EXHAUSTION: 'nested too deeply',
}

function syntaxMessage(code: string, message: string): string {
  const detail = (message.split('\n')[0] ?? '').trim()
  const friendly = SYNTAX[code]
  if (friendly === undefined) return `not valid YAML: ${detail}`
  return code === 'MISSING_CHAR' || code === 'UNEXPECTED_TOKEN' || code === 'BAD_INDENT'
    ? `not valid YAML: ${friendly}: ${detail}`
    : friendly
}

/** Turns the library's nodes into ours: aliases followed within a budget, keys checked, positions kept. */
class Reader {
  readonly #document: Document.Parsed
  readonly #place: (offset: number) => Position
  readonly #problems: Problems
  #nodes = 0
  /** The outermost alias that is being followed. */
  #alias: Position | undefined
  /** True when the file stands for more than can be looked at. */
  isExhausted = false

  constructor(document: Document.Parsed, place: (offset: number) => Position, problems: Problems) {
    this.#document = document
    this.#place = place
    this.#problems = problems
  }

  read(node: Node | null, path: Path, depth: number): Located | undefined {
    if (node === null) return { kind: 'scalar', value: null, at: START }
    const at = this.#place(node.range?.[0] ?? 0)
    if (this.isExhausted || ++this.#nodes > NODES_MAX) {
      if (!this.isExhausted) {
        const message = `the file stands for more than ${NODES_MAX} values; use fewer aliases`
        this.#problems.add([], this.#alias ?? at, message)
      }
      this.isExhausted = true
      return undefined
    }
    if (depth > DEPTH_MAX) {
      this.#problems.add(path, at, `nested deeper than ${DEPTH_MAX} levels, or an alias that contains itself`)
      return undefined
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      if (target !== undefined) {
        const outer = this.#alias
        this.#alias = outer ?? at
        const value = this.read(target, path, depth + 1)
        this.#alias = outer
        return value
      }
      this.#problems.add(path, at, `there is no anchor &${node.source} above this alias`)
      return undefined
    }
    if (isScalar(node)) return this.#scalar(node, path, at)
    if (isSeq(node)) {
      const items = node.items.flatMap((item, i) => this.read(item as Node, [...path, i], depth + 1) ?? [])
      return { kind: 'list', items, at }
    }
    return isMap(node) ? this.#map(node.items, path, depth, at) : undefined
  }

  #scalar(node: Scalar, path: Path, at: Position): Located {
    const { value } = node
    if (value === null || typeof value === 'string' || typeof value === 'boolean') {
      return { kind: 'scalar', value, at }
    }
    if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'scalar', value, at }
    this.#problems.add(path, at, `${node.source ?? 'this value'} is not a value a file can hold`)
    return { kind: 'scalar', value: null, at }
  }

  #map(pairs: readonly { key: unknown; value: unknown }[], path: Path, depth: number, at: Position): Located {
    const entries = new Map<string, Entry>()
    for (const pair of pairs) {
      const keyNode = pair.key as Node | null
      const keyAt = keyNode === null ? at : this.#place(keyNode.range?.[0] ?? 0)
      const key = keyText(keyNode)
      if (key === undefined || key === '__proto__') {
        this.#problems.add(path, keyAt, 'a key must be plain text')
        continue
      }
      const before = entries.get(key)
      if (before !== undefined) {
        this.#problems.add(
          [...path, key],
          keyAt,
          `"${key}" is given twice; the first is on line ${before.keyAt.line}`,
          'Keep one of the two.',
        )
        continue
      }
      const value =
        pair.value === null
          ? ({ kind: 'scalar', value: null, at: keyAt } as const)
          : this.read(pair.value as Node, [...path, key], depth + 1)
      if (value !== undefined) entries.set(key, { keyAt, value })
    }
    return { kind: 'map', entries, at }
  }
}

function keyText(node: Node | null): string | undefined {
  if (!isScalar(node)) return undefined
  if (typeof node.value === 'string') return node.value
  return typeof node.source === 'string' && node.source !== '' ? node.source : undefined
}
