import { Option, type Command } from 'commander'
import type { Cli } from './cli.ts'
import { writeNew, type NewOptions } from './commands/new.ts'

type End = (exitCode: number) => void
/** What `program.ts` lends. */
type Lent = Readonly<{
  withOutput: (command: Command) => Command
  wholeNumber: (text: string) => number
}>

/** Adds `firedrill new`. */
export function addNewCommand(program: Command, cli: Cli, end: End, { withOutput, wholeNumber }: Lent): void {
  withOutput(program.command('new'))
    .description('write a scenario; asks for what no option says, and needs no API')
    .argument('[name]', 'name of the scenario, and of its directory')
    .option('--fault <fault>', 'what breaks, by its name in the catalogue')
    .option('--address <url>', 'what users ask: http://HOST/PATH')
    .option('--region <region>', 'Region by its name in the environment (default: primary)')
    .addOption(
      new Option('--tag <key=value>', 'tag that targets carry; repeatable')
        .argParser<readonly string[]>((tag, given) => [...given, tag])
        .default([]),
    )
    .option('--group <group>', 'Auto Scaling group whose members are meant')
    .addOption(
      new Option('--zone <zone>', 'Availability Zone by name or id; for DNS the hosted zone; repeatable')
        .argParser<readonly string[]>((zone, given) => [...given, zone])
        .default([]),
    )
    .option('--record <name>', 'for DNS faults: full name of the record')
    .option('--max <n>', 'more targets than this refuse the run', wholeNumber)
    .option('--objective <duration>', 'longest outage that users may see (default: 5m)')
    .option('--hypothesis <text>', 'what is believed')
    .option('--dir <dir>', 'where the directory of the scenario goes', 'scenarios')
    .option('--force', 'replace a file that is there')
    .action(async (name: string | undefined, options: NewOptions) => end(await writeNew(cli, name, options)))
}
