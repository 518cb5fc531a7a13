import { SIGN_OFF_ROLES } from '@firedrill/contracts'
import { Option, type Command } from 'commander'
import type { Cli, CommonOptions } from './cli.ts'
import { key } from './commands/key.ts'
import { signOff, type SignOffOptions } from './commands/sign-off.ts'
import { verify, type VerifyOptions } from './commands/verify.ts'

type Added = (command: Command) => Command

/** Adds what is done with a report that exists: verify it, sign it off. `withOutput` adds only `-o`, `withApi` all that the API needs. */
export function addReportCommands(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  { withApi, withOutput }: Readonly<{ withApi: Added; withOutput: Added }>,
): void {
  withOutput(program.command('verify'))
    .description(
      'check a report offline: every byte, the signature, its data and the journal in it; exits 1 when something was changed, 6 when nothing proves that it was not',
    )
    .argument('<report>', 'an HTML report')
    .argument('[copy...]', 'JSON, CSV or Markdown of the same report')
    .option('--key <file...>', 'public keys that you trust, as firedrill key prints them')
    .action(async (file: string, copies: string[], options: VerifyOptions) =>
      end(await verify(cli, file, copies, options)),
    )
  withApi(program.command('sign-off'))
    .description('show who prepared, reviewed and accepted the report of a run, or do it with --as')
    .argument('<run>')
    .addOption(new Option('--as <role>', 'put your name to it').choices(SIGN_OFF_ROLES))
    .option('--report <hash>', 'sign only this report: the hash that was looked at, or its beginning')
    .option('--note <text>', 'what to say with it')
    .action(async (run: string, options: SignOffOptions) => end(await signOff(cli, run, options)))
  withApi(program.command('key'))
    .description('print the public key that this installation signs reports with')
    .action(async (options: CommonOptions) => end(await key(cli, options)))
}
