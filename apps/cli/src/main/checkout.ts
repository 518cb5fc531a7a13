import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import { CliError } from '../cli.ts'

/** A program of the checkout that this command line is in. @throws CliError in the packed command line, which has none. */
export function programOf(root: string, path: string): string {
  const program = join(root, path)
  if (existsSync(program)) return program
  throw new CliError(
    EXIT.toolError,
    'This is the packed command line; a simulated world needs a checkout of Firedrill. With -e ENV and --url firedrill ci asks an API.',
  )
}
