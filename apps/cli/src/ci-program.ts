import { Option, type Command } from 'commander'
import type { Cli } from './cli.ts'
import { ci, type CiOptions } from './commands/ci.ts'

type End = (exitCode: number) => void
/** What `program.ts` lends: the options of commands that ask the API and judge, and how numbers are read. */
type Lent = Readonly<{
  withApi: (command: Command) => Command
  withVerdict: (command: Command) => Command
  wholeNumber: (text: string) => number
}>

/** Adds `firedrill ci`. */
export function addCiCommand(program: Command, cli: Cli, end: End, lent: Lent): void {
  const { withApi, withVerdict, wholeNumber } = lent
  withVerdict(withApi(program.command('ci')))
    .description('run scenarios for a pipeline: in a simulated world of their own, or with -e against an API')
    .argument('<scenario...>', 'stored names, files, or directories with scenarios below them')
    .option('-e, --env <env>', 'environment of the API: a stored name or a file')
    .option('--world <world>', 'the simulated AWS: a world that comes along, or a file')
    .option('--seed <n>', "the world's chance and each run's choices; repeats count on from it", wholeNumber)
    .option('--repeat <n>', 'runs of each scenario; five or more tell chance from change', wholeNumber, 1)
    .option('--changed-since <ref>', 'only scenario files that changed since this branch left it')
    .addOption(
      new Option(
        '--objective <limit>',
        'one more limit: rto=5m, rpo=10s, detection=3m or NAME=5m; repeatable',
      )
        .argParser<readonly string[]>((limit, given) => [...given, limit])
        .default([]),
    )
    .option('--baseline <file>', 'figures to compare with')
    .option('--max-regression <percent>', 'how much slower than the baseline is too slow (default: 10%)')
    .option('--write-baseline <file>', 'keep the figures for the next time')
    .option('--junit <file>', 'write JUnit XML')
    .option('--jsonl <file>', 'write a line of JSON for each thing as it happens')
    .option('--summary <file>', 'add a Markdown summary (GITHUB_STEP_SUMMARY)')
    .action(async (names: string[], options: CiOptions) => end(await ci(cli, names, options)))
}
