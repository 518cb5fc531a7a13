import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import { chromeTrace, otlpTrace, type ReportModel } from '@firedrill/report'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { findRunId } from './find-run.ts'

/** What a run can be written as for other tools. */
export const EXPORT_FORMATS = ['chrome-trace', 'otlp'] as const

/** Options of `firedrill export`. */
export type ExportOptions = Omit<CommonOptions, 'output'> &
  Readonly<{ format: (typeof EXPORT_FORMATS)[number]; out?: string }>

/** Writes a run for another tool, to a file or to stdout. */
export async function exportRun(cli: Cli, run: string, options: ExportOptions): Promise<number> {
  const client = connect(cli, { ...options, output: 'json' })
  const json = await client.runs.report(await findRunId(client, run), 'json')
  const model = JSON.parse(json) as ReportModel
  // What a pipeline that traces itself hands to whatever it starts.
  const text = options.format === 'otlp' ? otlpTrace(model, cli.env['TRACEPARENT']) : chromeTrace(model)
  if (options.out === undefined) cli.terminal.out(text)
  else writeFileSync(resolve(cli.cwd, options.out), text)
  return EXIT.held
}
