import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, REPORT_FORMATS, type ReportFormat } from '@firedrill/contracts'
import { sha256 } from '@firedrill/runtime'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'
import type { Shape } from '../output/shapes.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill report`: a file for each format that is wanted. */
export type ReportOptions = CommonOptions & Readonly<Partial<Record<ReportFormat | 'pdf', string>>>

/** Writes the report of a run to files; without any, Markdown or JSON goes to stdout, byte for byte as the API gives it. */
export async function report(cli: Cli, run: string, options: ReportOptions): Promise<number> {
  const printer = options.pdf === undefined ? undefined : openPrinter(cli)
  const client = connect(cli, options)
  const id = await findRunId(client, run)
  const wanted = REPORT_FORMATS.flatMap((format) => {
    const path = options[format]
    return path === undefined ? [] : [{ format, path }]
  })
  if (wanted.length === 0 && options.pdf === undefined) {
    cli.terminal.out(await client.runs.report(id, options.output === 'json' ? 'json' : 'md'))
    return EXIT.held
  }
  const files: Shape<'report'>['files'] = []
  for (const { format, path } of wanted) {
    const bytes = Buffer.from(await client.runs.report(id, format))
    writeFileSync(resolve(cli.cwd, path), bytes)
    files.push({ format, path, bytes: bytes.byteLength })
  }
  if (options.pdf !== undefined && printer !== undefined) {
    const html = await client.runs.report(id, 'html')
    const bytes = await printer(html, `HTML report, SHA-256 ${sha256(html)}`)
    writeFileSync(resolve(cli.cwd, options.pdf), bytes)
    files.push({ format: 'pdf', path: options.pdf, bytes: bytes.byteLength })
  }
  print(cli, options, 'report', { run: id, files }, () => files.map(({ path }) => path).join('\n'))
  return EXIT.held
}

/** Before anything is written: what cannot be printed is refused as a whole. */
function openPrinter(cli: Cli): NonNullable<ReturnType<Cli['openPrinter']>> {
  const printer = cli.openPrinter()
  if (printer === undefined)
    throw new CliError(
      EXIT.toolError,
      'A PDF is printed by Chromium or Chrome, and there is none: install one (apt install chromium), or name it with FIREDRILL_CHROMIUM. The HTML report (--html) says the same and prints from any browser.',
    )
  return printer
}
