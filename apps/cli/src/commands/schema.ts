import { EXIT } from '@firedrill/contracts'
import { fileJsonSchemaText, SCHEMA_KINDS } from '@firedrill/scenario-file'
import { z } from 'zod'
import type { Cli } from '../cli.ts'
import { planFileSchema } from '../files/plan-file.ts'
import { SHAPES } from '../output/shapes.ts'

const OUTPUTS: Readonly<Record<string, z.ZodType>> = { ...SHAPES, 'plan-file': planFileSchema }

/** What `firedrill schema` takes: kinds of file, and what commands print with `-o json`. */
export const SCHEMA_NAMES: readonly string[] = [...SCHEMA_KINDS, ...Object.keys(OUTPUTS)]

/** Prints a JSON Schema: draft-07 for files, which is what editors read, and draft 2020-12 for outputs. */
export async function schema(cli: Cli, name: string): Promise<number> {
  const kind = SCHEMA_KINDS.find((known) => known === name)
  const output = OUTPUTS[name]
  if (kind !== undefined) cli.terminal.out(fileJsonSchemaText(kind))
  else if (output !== undefined) cli.terminal.out(`${JSON.stringify(z.toJSONSchema(output), null, 2)}\n`)
  return EXIT.held
}
