import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import { CHECKED_WORLDS } from './checked-worlds.ts'
import { findBrokenReferences } from './references.ts'
import { worldFileSchema, type WorldFile } from './world-file.ts'

/** One thing that is wrong with a world file. Line and column count from 1; both are 0 where there is no file. */
export interface WorldProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Such as `spec.groups.0.region`. */
  readonly path: string
  readonly message: string
  readonly remedy: string
}

/** A world file that cannot be used, with everything that is wrong with it. */
export class WorldFileError extends Error {
  override readonly name = 'WorldFileError'
  readonly problems: readonly WorldProblem[]

  constructor(problems: readonly WorldProblem[]) {
    super(
      problems
        .map(({ file, line, column, path, message, remedy }) => {
          const place = line === 0 ? `${file}:` : `${file}:${line}:${column}`
          return `${place} ${path === '' ? '' : `${path}: `}${message}. ${remedy}`
        })
        .join('\n'),
    )
    this.problems = problems
  }
}

/** Longer texts are no worlds, and take long to read. */
const TEXT_MAX = 200_000

type Path = readonly (string | number)[]

const WORLDS_DIRECTORY = fileURLToPath(new URL('../../worlds/', import.meta.url))

/** Names of the worlds that come with the simulator. */
export const worldNames = (): string[] =>
  readdirSync(WORLDS_DIRECTORY)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'))
    .sort()

/** Reads a world by the name of one that comes along, or by path. Throws `WorldFileError`. */
export const loadWorld = (nameOrPath: string): WorldFile => {
  const shipped = join(WORLDS_DIRECTORY, `${nameOrPath}.yaml`)
  const isName = /^[a-z0-9-]+$/.test(nameOrPath)
  const file = isName && existsSync(shipped) ? shipped : resolve(nameOrPath)
  if (!existsSync(file))
    throw new WorldFileError([
      {
        file: nameOrPath,
        line: 0,
        column: 0,
        path: '',
        message: 'There is no such world',
        remedy: `Name a file, or one of: ${worldNames().join(', ')}.`,
      },
    ])
  const text = readFileSync(file, 'utf8')
  return CHECKED_WORLDS.find(([known]) => known === text)?.[1] ?? parseWorld(text, file)
}

/** Checks the text of a world file; `file` is for messages. Throws `WorldFileError` with all problems at once. */
export const parseWorld = (text: string, file: string): WorldFile => {
  if (text.length > TEXT_MAX)
    throw new WorldFileError([
      {
        file,
        line: 1,
        column: 1,
        path: '',
        message: `The file has more than ${TEXT_MAX} characters`,
        remedy: 'A world has a few thousand.',
      },
    ])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number, path: Path, message: string, remedy: string): WorldProblem => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col), path: path.join('.'), message, remedy }
  }
  const broken = document.errors.map((error) =>
    at(error.pos[0], [], error.message.split('\n')[0] ?? 'not YAML', 'Correct the YAML at this place.'),
  )
  if (broken.length > 0) throw new WorldFileError(broken)
  const parsed = worldFileSchema.safeParse(valueOf(document, (message, remedy) => at(0, [], message, remedy)))
  if (!parsed.success)
    throw new WorldFileError(
      parsed.error.issues.map((issue) => {
        const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
        if (issue.code !== 'unrecognized_keys')
          return at(offsetOf(document, path), path, issue.message, 'Correct this value.')
        const key = issue.keys[0] ?? ''
        const remedy = `Remove it or correct its spelling; ${path.length === 0 ? 'a world' : path.join('.')} knows no other fields than those of docs/simulator.md.`
        return at(keyOffsetOf(document, path, key), [...path, key], `Unknown field "${key}"`, remedy)
      }),
    )
  const dangling = findBrokenReferences(parsed.data).map(({ path, message, remedy }) =>
    at(offsetOf(document, path), path, message, remedy),
  )
  if (dangling.length > 0) throw new WorldFileError(dangling)
  return parsed.data
}

/** The value of a document. Aliases may lead nowhere, or to more than can be looked at. */
const valueOf = (document: Document, problem: (message: string, remedy: string) => WorldProblem): unknown => {
  try {
    return document.toJS()
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not YAML'
    throw new WorldFileError([problem(message, 'Write values out in place of aliases.')])
  }
}

/** Where a value stands; for one that is absent, where the nearest thing around it stands. */
const offsetOf = (document: Document, path: Path): number => {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

const keyOffsetOf = (document: Document, path: Path, key: string): number => {
  const parent = document.getIn(path, true) as
    | { items?: { key?: { value?: unknown; range?: number[] } }[] }
    | undefined
  const pair = parent?.items?.find((item) => item.key?.value === key)
  return pair?.key?.range?.[0] ?? offsetOf(document, path)
}
