import type { Command } from 'commander'
import type { Cli, CommonOptions } from './cli.ts'
import { printPasswordHash } from './commands/hash-password.ts'
import { createToken, listTokens, revokeToken, type CreateTokenOptions } from './commands/token.ts'

type Lent = Readonly<{ withApi: (command: Command) => Command; wholeNumber: (text: string) => number }>

/** Adds `firedrill token …`. */
export function addTokenCommands(
  program: Command,
  cli: Cli,
  end: (exitCode: number) => void,
  { withApi, wholeNumber }: Lent,
): void {
  const token = program.command('token').description('who may use the API, and for what')
  withApi(token.command('create'))
    .description('make a token and print it, this once; nobody gives more than they hold')
    .argument('<name>', 'whose it is, or what for')
    .option('--role <role...>', 'viewer, responder, operator, approver, auditor, admin')
    .option('--grant <grant...>', 'single permissions, such as runs:read or runs:start@staging')
    .option('-e, --env <env>', 'hold in this environment alone; reading is not limited')
    .option('--machine', 'for a pipeline: approves nothing')
    .option('--days <n>', 'days until it ends by itself, up to 366', wholeNumber, 90)
    .action(async (name: string, options: CreateTokenOptions) => end(await createToken(cli, name, options)))
  withApi(token.command('list'))
    .description('list tokens: for whom, until when, last used, what they may do')
    .action(async (options: CommonOptions) => end(await listTokens(cli, options)))
  program
    .command('hash-password')
    .description('print the hash of a password, for FIREDRILL_LOCAL_ADMIN_HASH; needs no API')
    .action(async () => end(await printPasswordHash(cli)))
  withApi(token.command('revoke'))
    .description('end a token for good, and the sessions that it opened')
    .argument('<token>', 'its id, or its name')
    .action(async (name: string, options: CommonOptions) => end(await revokeToken(cli, name, options)))
}
