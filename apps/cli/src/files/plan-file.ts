import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, planAnswerSchema, planReferenceSchema, type PlanAnswer } from '@firedrill/contracts'
import { z } from 'zod'
import { CliError, type Cli } from '../cli.ts'

/**
 * A reviewed plan. `reference` is what a start is held to; `plan` is what the person read. When it was made from a file
 * that was not stored, `source` is that file, so that exactly the reviewed text is run.
 */
export const planFileSchema = z.strictObject({
  format: z.literal('firedrill-plan/1'),
  reference: planReferenceSchema,
  source: z
    .strictObject({
      text: z.string(),
      /** Hash of the version that was stored when the plan was made; null when there was none. */
      replaces: z.string().nullable(),
    })
    .nullable(),
  plan: planAnswerSchema,
})
/** A reviewed plan as it is kept in a file. */
export type PlanFile = z.infer<typeof planFileSchema>

/** Reads a plan. @throws CliError when the text is none that this version understands. */
export function parsePlanFile(text: string, path: string): PlanFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CliError(EXIT.usage, `${path}: this is no JSON: ${error instanceof Error ? error.message : ''}`)
  }
  const parsed = planFileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CliError(
    EXIT.usage,
    `${path}: this is no plan of format firedrill-plan/1 (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}). Make one with firedrill plan --out.`,
  )
}

/**
 * Writes a plan, or says why there is none to write: without every step's targets a start could be held to nothing.
 */
export function writePlanFile(cli: Cli, path: string, plan: PlanAnswer, source: PlanFile['source']): void {
  const { reference } = plan
  if (reference === null) {
    cli.terminal.err(`No plan file was written: a step could not be resolved, see above.\n`)
    return
  }
  const file: PlanFile = { format: 'firedrill-plan/1', reference, source, plan }
  writeFileSync(resolve(cli.cwd, path), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  cli.terminal.err(`The plan is in ${path}; firedrill run ${path} starts exactly this or refuses.\n`)
}
