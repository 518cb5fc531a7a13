import { z } from 'zod'
import { nearest, suggest } from '../problem/did-you-mean.ts'
import type { Problems } from '../problem/problems.ts'
import { keyPositionOf, nodeAt, plain, positionOf, type Located, type Path } from '../yaml/located.ts'

/** The value, or undefined when there were problems; they are in `problems` then. */
export function validate<T extends z.ZodType>(
  schema: T,
  root: Located,
  problems: Problems,
): z.infer<T> | undefined {
  const parsed = schema.safeParse(plain(root), { error: hints })
  if (parsed.success) return parsed.data
  new Translator(root, problems).tell(parsed.error.issues, [])
  return undefined
}

type Issue = z.core.$ZodIssue
type Hint = Readonly<{ allowed?: readonly string[]; example?: unknown }>

/** Marks a message that is not for people but carries what only the schema knew when the issue was raised. */
const HINT = '\u0001'

/** Keeps the schema's keys and example with the issue; a message that a field brings of its own wins over this. */
function hints(issue: z.core.$ZodRawIssue): string {
  const schema = issue.inst instanceof z.ZodType ? issue.inst : undefined
  const example = schema?.meta()?.['examples']
  const hint: Hint = {
    ...(schema instanceof z.ZodObject ? { allowed: Object.keys(schema.shape) } : {}),
    ...(Array.isArray(example) && example.length > 0 ? { example: example[0] } : {}),
  }
  return HINT + JSON.stringify(hint)
}

function hintOf(issue: Issue): Hint {
  return issue.message.startsWith(HINT) ? (JSON.parse(issue.message.slice(1)) as Hint) : {}
}

/** Says in our words what the schema found, at the place where it stands in the text. */
class Translator {
  readonly #root: Located
  readonly #problems: Problems

  constructor(root: Located, problems: Problems) {
    this.#root = root
    this.#problems = problems
  }

  tell(issues: readonly Issue[], base: Path): void {
    const meant = this.#unknownKeys(issues, base)
    for (const issue of issues) {
      const path = [...base, ...(issue.path as (string | number)[])]
      if (issue.code === 'unrecognized_keys' || meant.has(path.join('\u0000'))) continue
      this.#one(issue, path)
    }
  }

  /** Tells unknown keys; answers the paths of missing keys that they were probably meant to be. */
  #unknownKeys(issues: readonly Issue[], base: Path): ReadonlySet<string> {
    const meant = new Set<string>()
    for (const issue of issues) {
      if (issue.code !== 'unrecognized_keys') continue
      const parent = [...base, ...(issue.path as (string | number)[])]
      const node = nodeAt(this.#root, parent)
      const present = node?.kind === 'map' ? [...node.entries.keys()] : []
      const allowed = (hintOf(issue).allowed ?? []).filter((key) => !present.includes(key))
      for (const key of issue.keys) {
        const path = [...parent, key]
        const near = nearest(key, allowed)
        if (near !== undefined) meant.add([...parent, near].join('\u0000'))
        this.#problems.add(
          path,
          keyPositionOf(this.#root, path),
          `unknown field "${key}"`,
          suggest(key, allowed),
        )
      }
    }
    return meant
  }

  #one(issue: Issue, path: Path): void {
    const node = nodeAt(this.#root, path)
    if (node === undefined || isNothing(node)) return this.#missing(issue, path)
    // A reference that could not be filled has been told already, and says nothing about the value.
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('${')) {
      if (this.#problems.hasAt(node.at)) return
    }
    if (issue.code === 'invalid_union') return this.#union(issue, path, node)
    if (issue.code === 'invalid_key') {
      const message = issue.issues[0]?.message ?? 'not a name'
      const words = message.startsWith(HINT) ? 'not a name' : message
      return this.#problems.add(path, keyPositionOf(this.#root, path), `"${String(path.at(-1))}": ${words}`)
    }
    const [message, suggestion] = this.#words(issue, node)
    this.#problems.add(path, node.at, message, suggestion)
  }

  #missing(issue: Issue, path: Path): void {
    const { example } = hintOf(issue)
    const key = String(path.at(-1) ?? 'the file')
    const options = issue.code === 'invalid_union' && 'options' in issue ? issue.options : undefined
    const shown = example === undefined ? undefined : flowText(example)
    const hint =
      shown !== undefined && shown.length <= 100
        ? `For example: ${key}: ${shown}`
        : Array.isArray(options)
          ? `Allowed here: ${options.map(String).join(', ')}.`
          : undefined
    const at = nodeAt(this.#root, path)?.at ?? positionOf(this.#root, path.slice(0, -1))
    this.#problems.add(
      path,
      at,
      typeof path.at(-1) === 'number' ? 'this item is empty' : `${key} is missing`,
      hint,
    )
  }

  #words(issue: Issue, node: Located): readonly [string, string | undefined] {
    if (!issue.message.startsWith(HINT)) return [issue.message, undefined]
    switch (issue.code) {
      case 'invalid_type':
        return [`expected ${typeName(issue.expected)}, found ${found(node)}`, quoteHint(issue.expected, node)]
      case 'invalid_value': {
        const values = issue.values.map(String)
        const word = node.kind === 'scalar' ? String(node.value) : ''
        const wanted = values.length === 1 ? `expected ${values[0]}` : `expected one of ${values.join(', ')}`
        return [`${wanted}, found ${found(node)}`, word === '' ? undefined : suggestNear(word, values)]
      }
      case 'too_small':
        return [
          `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${sizeOf(issue.origin)}`,
          undefined,
        ]
      case 'too_big':
        return [`must be at most ${String(issue.maximum)}${sizeOf(issue.origin)}`, undefined]
      case 'invalid_format':
        return [`not in the right form: ${found(node)}`, undefined]
      case 'not_multiple_of':
        return [`must be a multiple of ${issue.divisor}`, undefined]
      case 'unrecognized_keys':
      case 'invalid_union':
      case 'invalid_key':
      case 'invalid_element':
      case 'custom':
        return ['not allowed here', undefined]
    }
  }

  /** Of several shapes, tells the problems of the one that was most probably meant. */
  #union(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, node: Located): void {
    if ('options' in issue && Array.isArray(issue.options)) {
      const options = issue.options.map(String)
      const word = node.kind === 'scalar' ? String(node.value) : ''
      return this.#problems.add(
        path,
        node.at,
        `expected one of ${options.join(', ')}, found ${found(node)}`,
        suggestNear(word, options),
      )
    }
    const branches = issue.errors
    const expected = branches.flatMap((branch) =>
      branch.length === 1 && branch[0]?.code === 'invalid_type' && branch[0].path.length === 0
        ? [typeName(branch[0].expected)]
        : [],
    )
    if (expected.length === branches.length) {
      return this.#problems.add(path, node.at, `expected ${expected.join(' or ')}, found ${found(node)}`)
    }
    const nearestBranch = branches.toSorted((a, b) => strangeness(a, node) - strangeness(b, node))[0]
    this.tell(nearestBranch ?? [], path)
  }
}

/** How unlike a branch of a union is to what was written; its own details weigh little. */
function strangeness(branch: readonly Issue[], node: Located): number {
  let sum = 0
  for (const issue of branch) {
    if (issue.path.length === 0 && issue.code === 'invalid_type') sum += 1000
    else if (issue.path.length === 0 && issue.code === 'invalid_value')
      sum += node.kind === 'scalar' ? 10 : 1000
    else if (issue.code === 'unrecognized_keys') sum += 10 * issue.keys.length
    else sum += issue.path.length <= 1 ? 10 : 1
  }
  return sum
}

/** A value as one line of YAML. */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, member]) => `${key}: ${flowText(member)}`)
      .join(', ')}}`
  const text = JSON.stringify(value)
  return /^"[A-Za-z][\w ./-]*"$/.test(text) && !/^"(true|false|yes|no|null|on|off)"$/i.test(text)
    ? text.slice(1, -1)
    : text
}

function suggestNear(word: string, values: readonly string[]): string | undefined {
  const near = nearest(word, values)
  return near === undefined ? undefined : `Did you mean ${near}?`
}

function isNothing(node: Located): boolean {
  return node.kind === 'scalar' && node.value === null
}

function typeName(expected: string): string {
  switch (expected) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'int':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    case 'object':
    case 'record':
      return 'a map of fields'
    default:
      return expected
  }
}

function found(node: Located): string {
  switch (node.kind) {
    case 'list':
      return 'a list'
    case 'map':
      return 'a map of fields'
    case 'scalar': {
      const text = JSON.stringify(node.value)
      return text.length > 60 ? `${text.slice(0, 57)}…` : text
    }
  }
}

function quoteHint(expected: string, node: Located): string | undefined {
  if (expected === 'string' && node.kind === 'scalar' && typeof node.value !== 'string') {
    return `Put it in quotes: "${String(node.value)}"`
  }
  return expected === 'array' && node.kind !== 'list' ? 'Begin each item with a hyphen.' : undefined
}

function sizeOf(origin: string): string {
  if (origin === 'array') return ' items'
  return origin === 'string' ? ' characters' : ''
}
