import { Visitor, parseSync } from 'vite'

/** One import, re-export or dynamic import with a constant specifier. */
export interface Import {
  readonly specifier: string
  readonly line: number
}

/** A use of something that is not pure: a global, or a member of one. */
export interface Ambient {
  /** As written: `Date.now`, `new Date()`, `Math.random`, `setTimeout`, `process`. */
  readonly name: string
  readonly line: number
}

/** What the rules need to know of one source file. */
export interface SourceFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string
  /** A test, or a file that only tests use. */
  readonly isTest: boolean
  /** The composition root of an app. */
  readonly isMain: boolean
  readonly imports: readonly Import[]
  readonly ambient: readonly Ambient[]
}

const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate'])
const AMBIENT_GLOBALS = new Set([...TIMERS, 'process', 'performance', 'crypto', 'queueMicrotask', 'fetch'])

/** Reads one file's text; the parser is the bundler's own, so comments and strings never count. */
export function readSource(path: string, text: string): SourceFile {
  const { program, module } = parseSync(path, text)
  const lineAt = lineCounter(text)
  const imports = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest ?? []),
    ),
  ].map(({ value, start }) => ({ specifier: value, line: lineAt(start) }))
  const ambient: Ambient[] = []
  const note = (name: string, node: { start: number }) => ambient.push({ name, line: lineAt(node.start) })
  new Visitor({
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string') {
        imports.push({ specifier: node.source.value, line: lineAt(node.start) })
      }
    },
    NewExpression(node) {
      if (isNamed(node.callee, 'Date')) note(node.arguments.length === 0 ? 'new Date()' : 'new Date(…)', node)
    },
    CallExpression(node) {
      if (isNamed(node.callee, 'Date')) note('Date()', node)
      for (const timer of TIMERS) if (isNamed(node.callee, timer)) note(timer, node)
    },
    MemberExpression(node) {
      const member = node.property.type === 'Identifier' && !node.computed ? node.property.name : '…'
      for (const global of ['Date', 'Math', 'globalThis', ...AMBIENT_GLOBALS]) {
        if (isNamed(node.object, global)) note(`${global}.${member}`, node)
      }
    },
  }).visit(program)
  return {
    path,
    isTest: /\.test\.tsx?$/.test(path) || /\/(test|testing)\//.test(path),
    isMain: /^apps\/[^/]+\/src\/main(\.tsx?$|\/)/.test(path),
    imports,
    ambient,
  }
}

function isNamed(node: { readonly type: string }, name: string): boolean {
  return node.type === 'Identifier' && 'name' in node && node.name === name
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}
