import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, REPORT_FORMATS, type ReportFormat } from '@firedrill/contracts'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'
import type { Shape } from '../output/shapes.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill report`: a file for each format that is wanted. */
export type ReportOptions = CommonOptions & Readonly<Partial<Record<ReportFormat, string>>>

/** Writes the report of a run to files; without any, Markdown or JSON goes to stdout, byte for byte as the API gives it. */
export async function report(cli: Cli, run: string, options: ReportOptions): Promise<number> {
  const client = connect(cli, options)
  const id = await findRunId(client, run)
  const wanted = REPORT_FORMATS.flatMap((format) => {
    const path = options[format]
    return path === undefined ? [] : [{ format, path }]
  })
  if (wanted.length === 0) {
    cli.terminal.out(await client.runs.report(id, options.output === 'json' ? 'json' : 'md'))
    return EXIT.held
  }
  const files: Shape<'report'>['files'] = []
  for (const { format, path } of wanted) {
    const bytes = Buffer.from(await client.runs.report(id, format))
    writeFileSync(resolve(cli.cwd, path), bytes)
    files.push({ format, path, bytes: bytes.byteLength })
  }
  print(cli, options, 'report', { run: id, files }, () => files.map(({ path }) => path).join('\n'))
  return EXIT.held
}
