import { EXIT } from '@firedrill/contracts'
import type { SeriesFormat } from '@firedrill/scenario-file'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { openSeries } from '../files/series-file.ts'
import { print } from '../output/print.ts'
import { findRunId } from './find-run.ts'

/** Options of `firedrill import-series`. */
export type ImportSeriesOptions = CommonOptions & Readonly<{ format?: SeriesFormat }>

/** Keeps a time series from a file as evidence of a run. A file with any problem is not imported. */
export async function importSeries(
  cli: Cli,
  subject: string,
  series: string,
  path: string,
  options: ImportSeriesOptions,
): Promise<number> {
  const read = openSeries(cli.cwd, path, options.format)
  const client = connect(cli, options)
  const run = await findRunId(client, subject)
  const kept = await client.runs.importSeries(run, { series, ...read })
  print(cli, options, 'series', { run, series, ...kept }, () => {
    const [from, to] = [kept.from, kept.to].map((at) => new Date(at / 1000).toISOString())
    return `series ${series} of ${run}: ${kept.points} points from ${from} to ${to}, kept as ${kept.hash}`
  })
  return EXIT.held
}
