import { EXIT } from '@firedrill/contracts'
import { hashPassword } from '@firedrill/runtime'
import { CliError, type Cli } from '../cli.ts'

const LENGTH_MIN = 15

/** Prints the hash of a password that the person types, for `FIREDRILL_LOCAL_ADMIN_HASH`. */
export async function printPasswordHash(cli: Cli): Promise<number> {
  const password = await cli.ask('Password of the local administrator (it is shown as you type): ')
  if (password === undefined)
    throw new CliError(EXIT.usage, 'Call this on a terminal: the password is typed in.')
  if (password.length < LENGTH_MIN)
    throw new CliError(EXIT.usage, `Take at least ${LENGTH_MIN} characters; a few words do.`)
  cli.terminal.out(`${await hashPassword(password)}\n`)
  return EXIT.held
}
