import { RUNBOOK_ACTS, type RunbookAct } from '@firedrill/contracts'
import { Argument, type Command } from 'commander'
import type { Cli } from './cli.ts'
import { runbook, type RunbookOptions } from './commands/runbook.ts'

/** Adds what people do by the runbook of a run. `withApi` adds what asking the API needs. */
export function addRunbookCommand(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  withApi: (command: Command) => Command,
): void {
  withApi(program.command('runbook'))
    .description('show the runbook of a run, or say of one of its steps: start, done, skip')
    .argument('<run>')
    .addArgument(new Argument('[act]', 'what to say').choices(RUNBOOK_ACTS))
    .argument('[step]', 'which step; without it the next that it can be said of')
    .option('--note <text>', 'for the journal; leaving a step out takes one')
    .action(
      async (run: string, act: RunbookAct | undefined, step: string | undefined, options: RunbookOptions) =>
        end(await runbook(cli, run, { act, step }, options)),
    )
}
