import { parseDuration, RUNBOOK_ACTIONS, RUNBOOK_MARKS, type CompiledRunbook } from '@firedrill/core'
import { suggest } from '../problem/did-you-mean.ts'
import type { Problems } from '../problem/problems.ts'
import { NAME_PATTERN } from '../schema/fields.ts'

type Step = CompiledRunbook['steps'][number]
type Heading = Readonly<{ line: number; title: string; body: readonly string[] }>

const FIELDS = ['role', 'expected', 'name', 'check', 'action', 'marks'] as const
const FIELD_WORDS = FIELDS.map((field) => `${field.charAt(0).toUpperCase()}${field.slice(1)}`)
const FIELD_LINE = /^([A-Za-z]+):\s*(.*)$/

/**
 * Reads the steps of a runbook's Markdown: every level-two heading is a step, the lines `Role:`, `Expected:`,
 * `Name:`, `Check:`, `Action:` and `Marks:` right below it are its fields, and the rest up to the next step is its instructions. Headings inside fenced
 * code are text. `firstLine` is the line of the file at which `markdown` begins.
 */
export function readSteps(markdown: string, firstLine: number, problems: Problems): Step[] {
  const headings = split(markdown, firstLine)
  if (headings.length === 0) {
    problems.add(
      ['steps'],
      { line: firstLine, column: 1 },
      'a runbook needs at least one step',
      'Begin each step with a heading, for example: ## Declare the evacuation',
    )
  }
  const seen = new Map<string, number>()
  return headings.flatMap((heading, index) => {
    const step = readStep(heading, index, problems)
    if (step === undefined) return []
    const before = seen.get(step.name)
    if (before !== undefined) {
      problems.add(
        ['steps', index],
        { line: heading.line, column: 1 },
        `another step is already named ${step.name}, on line ${before}`,
        'Give one of them a line such as Name: second-check',
      )
    }
    seen.set(step.name, before ?? heading.line)
    return [step]
  })
}

function split(markdown: string, firstLine: number): readonly Heading[] {
  const headings: { line: number; title: string; body: string[] }[] = []
  let fence: string | undefined
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark !== undefined && fence === undefined) fence = mark
    else if (mark !== undefined && fence !== undefined && mark.startsWith(fence)) fence = undefined
    const title = fence === undefined ? /^##\s+(.*?)\s*#*\s*$/.exec(line)?.[1] : undefined
    if (title !== undefined) headings.push({ line: firstLine + index, title, body: [] })
    else headings.at(-1)?.body.push(line)
  }
  return headings
}

function readStep({ line, title, body }: Heading, index: number, problems: Problems): Step | undefined {
  const at = { line, column: 1 }
  const path = ['steps', index]
  if (title === '') {
    problems.add(path, at, 'a step needs a title')
    return undefined
  }
  const { fields, rest } = readFields(body, line, path, problems)
  const { role, expected } = fields
  if (role === undefined || role.text === '')
    problems.add(
      [...path, 'role'],
      role ?? at,
      `step "${title}" does not say who does it`,
      'For example: Role: operator',
    )
  const duration = parseDuration(expected?.text ?? '')
  if (expected === undefined)
    problems.add(
      [...path, 'expected'],
      at,
      `step "${title}" does not say how long it takes`,
      'For example: Expected: 2m',
    )
  else if (!duration.ok) problems.add([...path, 'expected'], expected, duration.problem)
  const name = fields.name?.text ?? slug(title)
  if (!NAME_PATTERN.test(name)) {
    problems.add(
      [...path, 'name'],
      fields.name ?? at,
      `"${name}" is no name for a step`,
      'Add a line such as Name: check-replicas (lower-case letters, digits and hyphens).',
    )
  }
  return {
    name,
    title,
    role: role?.text ?? '',
    expectedMs: duration.ok ? duration.ms : 0,
    instructions: rest.join('\n').trim(),
    ...readOptions(fields, path, problems),
  }
}

/** The fields that a step need not have. */
function readOptions(
  { check, action, marks }: Fields,
  path: readonly (string | number)[],
  problems: Problems,
): Pick<Step, 'check' | 'action' | 'marks'> {
  if (check !== undefined && !NAME_PATTERN.test(check.text))
    problems.add(
      [...path, 'check'],
      check,
      `"${check.text}" is no name of a probe`,
      'For example: Check: checkout',
    )
  const doing = oneOf(action, RUNBOOK_ACTIONS, [...path, 'action'], problems)
  const point = oneOf(marks, RUNBOOK_MARKS, [...path, 'marks'], problems)
  return {
    ...(check === undefined ? {} : { check: check.text }),
    ...(doing === undefined ? {} : { action: doing }),
    ...(point === undefined ? {} : { marks: point }),
  }
}

function oneOf<const T extends string>(
  field: Field | undefined,
  words: readonly T[],
  path: readonly (string | number)[],
  problems: Problems,
): T | undefined {
  if (field === undefined) return undefined
  const found = words.find((word) => word === field.text)
  if (found === undefined)
    problems.add(
      path,
      field,
      `expected one of ${words.join(', ')}, found "${field.text}"`,
      suggest(field.text, words),
    )
  return found
}

type Field = Readonly<{ text: string; line: number; column: number }>
type Fields = Partial<Record<(typeof FIELDS)[number], Field>>

function readFields(
  body: readonly string[],
  headingLine: number,
  path: readonly (string | number)[],
  problems: Problems,
): Readonly<{ fields: Fields; rest: readonly string[] }> {
  const fields: Fields = {}
  let index = 0
  while (index < body.length && body[index]?.trim() === '') index++
  for (; index < body.length; index++) {
    const [, key, text] = FIELD_LINE.exec(body[index] ?? '') ?? []
    if (key === undefined || text === undefined) break
    const at = { line: headingLine + 1 + index, column: 1 }
    const known = FIELDS.find((field) => field === key.toLowerCase())
    if (known === undefined) problems.add(path, at, `unknown field "${key}"`, suggest(key, FIELD_WORDS))
    else if (fields[known] === undefined) fields[known] = { ...at, text: text.trim() }
    else problems.add([...path, known], at, `"${key}" is given twice`)
  }
  return { fields, rest: body.slice(index) }
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-\d]+|-+$/g, '')
    .slice(0, 63)
}
