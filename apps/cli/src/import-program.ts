import { Option, type Command } from 'commander'
import type { Cli } from './cli.ts'
import { importFile, type ImportExperimentOptions } from './commands/import-experiment.ts'

type End = (exitCode: number) => void
/** What `program.ts` lends. */
type Lent = Readonly<{
  withOutput: (command: Command) => Command
  wholeNumber: (text: string) => number
}>

/** More targets than this refuse the run, where the experiment names no number. */
const MAX = 10

/** Adds `firedrill import`. */
export function addImportCommand(
  program: Command,
  cli: Cli,
  end: End,
  { withOutput, wholeNumber }: Lent,
): void {
  withOutput(program.command('import'))
    .description('write a scenario from an FIS experiment template or a Chaos Toolkit experiment (JSON)')
    .argument('<file>', 'what `aws fis get-experiment-template` prints, or an experiment of Chaos Toolkit')
    .option('--name <name>', "name of the scenario, and of its directory (default: the file's)")
    .option('--address <url>', 'what users ask: http://HOST/PATH; an FIS template does not say it')
    .option(
      '--objective <duration>',
      'longest outage that users may see (default: what the faults leave, 5m at most)',
    )
    .option('--max <n>', 'more targets than this refuse the run, where no number is given', wholeNumber, MAX)
    .addOption(
      new Option('--without <action>', 'leave this action out; repeatable')
        .argParser<readonly string[]>((action, given) => [...given, action])
        .default([]),
    )
    .option('--dir <dir>', 'where the directory of the scenario goes', 'scenarios')
    .option('--force', 'replace a file that is there')
    .action((file: string, options: ImportExperimentOptions) => end(importFile(cli, file, options)))
}
