import { compiledRunbookSchema, type CompiledRunbook } from '@firedrill/core'
import { Problems } from '../problem/problems.ts'
import { finish, refused, type Compilation } from '../schema/finish.ts'
import { checkHeader } from '../schema/header.ts'
import { runbookHeadSchema } from '../schema/runbook-schema.ts'
import { validate } from '../schema/validate.ts'
import { START } from '../yaml/located.ts'
import { FILE_BYTES_MAX, readYaml } from '../yaml/read-yaml.ts'
import { readSteps } from './read-steps.ts'

/** Compiles a runbook: Markdown with front matter, one level-two heading a step. Never throws on bad input. */
export function compileRunbook(text: string): Compilation<CompiledRunbook> {
  const problems = new Problems()
  const filled = read(text, problems)
  if (filled === undefined || problems.size > 0) return refused(problems)
  return finish(compiledRunbookSchema, filled, problems)
}

/** The front matter of a Markdown file and what follows it, with the line at which each begins. */
export function splitFrontMatter(
  text: string,
): Readonly<{ head: string; body: string; bodyLine: number }> | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines[0]?.trimEnd() !== '---') return undefined
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---')
  if (end === -1) return undefined
  return { head: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 }
}

function read(text: string, problems: Problems): CompiledRunbook | undefined {
  if (text.length > FILE_BYTES_MAX) {
    problems.add([], START, `the file is larger than ${FILE_BYTES_MAX / 1_000_000} MB`)
    return undefined
  }
  const parts = splitFrontMatter(text)
  if (parts === undefined) {
    problems.add([], START, 'a runbook begins with front matter between two lines of ---')
    return undefined
  }
  const root = readYaml(parts.head, problems, 2)
  if (root === undefined || !checkHeader(root, 'Runbook', problems)) return undefined
  const head = validate(runbookHeadSchema, root, problems)
  const steps = readSteps(parts.body, parts.bodyLine, problems)
  if (head === undefined || problems.size > 0) return undefined
  return {
    apiVersion: 'firedrill.dev/v1',
    kind: 'Runbook',
    name: head.metadata.name,
    title: head.metadata.title ?? head.metadata.name,
    steps,
  }
}
