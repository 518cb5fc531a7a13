import { appendFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Cli } from '../cli.ts'
import { ciResultSchema, ciRunSchema, comparisonSchema } from './ci-result.ts'

const v = z.literal(1)
const scenario = z.string()

/** One line of `--jsonl`. Fields and types are only ever added; readers leave out what they do not know. */
export const ciLineSchema = z.discriminatedUnion('type', [
  z.object({
    v,
    type: z.literal('started'),
    place: z.string(),
    scenarios: z.array(z.string()),
    repeat: z.int(),
  }),
  z.object({ v, type: z.literal('run-finished'), scenario, ...ciRunSchema.shape }),
  z.object({ v, type: z.literal('compared'), scenario, ...comparisonSchema.shape }),
  z.object({ v, type: z.literal('finished'), exitCode: z.int(), reason: ciResultSchema.shape.reason }),
])
export type CiLine = z.infer<typeof ciLineSchema>

/** Starts the file anew and answers what appends to it, so that a reader sees each line as it comes; nothing without a path. */
export function openLines(cli: Cli, path: string | undefined): (line: CiLine) => void {
  if (path === undefined) return () => undefined
  const file = resolve(cli.cwd, path)
  writeFileSync(file, '')
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`)
}
