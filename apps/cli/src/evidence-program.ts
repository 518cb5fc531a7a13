import { SERIES_FORMATS } from '@firedrill/scenario-file'
import { Option, type Command } from 'commander'
import type { Cli } from './cli.ts'
import { importSeries, type ImportSeriesOptions } from './commands/import-series.ts'
import { recompute, type RecomputeOptions } from './commands/recompute.ts'
import { summary, type SummaryOptions } from './commands/summary.ts'

/** Adds `firedrill import-series`, `firedrill recompute` and `firedrill summary`. `withApi` adds the options of every command that asks the API. */
export function addEvidenceCommands(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  withApi: (command: Command) => Command,
): void {
  withApi(program.command('import-series'))
    .description(
      'keep a time series of somebody else, CSV or JSON, as evidence of a run that is not over yet',
    )
    .argument('<run>', 'a run: its number or id')
    .argument('<series>', "the name that the scenario's objective gives it")
    .argument('<file>', 'CSV with the columns time and value, or a JSON list of points')
    .addOption(new Option('--format <format>', 'default: by the end of its name').choices(SERIES_FORMATS))
    .action(async (run: string, series: string, path: string, options: ImportSeriesOptions) =>
      end(await importSeries(cli, run, series, path, options)),
    )
  withApi(program.command('recompute'))
    .description(
      'verify every byte of evidence and compute the figures again: exits 1 when one was changed, 6 when the figures differ',
    )
    .argument('<run>', 'a run, or a directory that --save has written, for which no API is needed')
    .option('--save <dir>', 'keep journal and evidence there')
    .option(
      '--series <name=file>',
      'compute as if this time series had been imported; may be given several times',
      (one: string, others: readonly string[]) => [...others, one],
      [] as readonly string[],
    )
    .action(async (subject: string, options: RecomputeOptions) => end(await recompute(cli, subject, options)))
  withApi(program.command('summary'))
    .description(
      'sum up repeated runs of a scenario: median, worst and counts, and how they differ from earlier ones',
    )
    .argument('<scenario>', 'a stored name')
    .option('-e, --env <env>', 'only runs in this environment')
    .option('--since <instant>', 'only runs from this date or instant on')
    .option('--against <instant>', 'compare with the runs from this date or instant up to --since')
    .action(async (name: string, options: SummaryOptions) => end(await summary(cli, name, options)))
}
