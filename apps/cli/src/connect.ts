import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, EXIT, type Client } from '@firedrill/contracts'
import { isLoopback } from '@firedrill/core'
import { CliError, type Cli, type CommonOptions } from './cli.ts'

/** Where a sandbox listens unless it was told otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:4600'
/** Name of the token file inside a sandbox's state directory. */
const TOKEN_FILE = 'api-token'

/** A client for the API that options and variables name. Nothing is sent yet. */
export function connect(cli: Cli, options: CommonOptions): Client {
  const url = options.url ?? cli.env['FIREDRILL_URL'] ?? DEFAULT_URL
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new CliError(EXIT.usage, `"${url}" is no address of an API, such as ${DEFAULT_URL}.`)
  const token = options.token ?? cli.env['FIREDRILL_TOKEN'] ?? sandboxToken(cli, url)
  return createClient({
    baseUrl: url,
    sleep: cli.clock.sleep,
    ...(token === undefined || token === '' ? {} : { token }),
  })
}

/** The token of the sandbox nearby. It is a key to this machine's sandbox only, so it goes to no other host. */
function sandboxToken(cli: Cli, url: string): string | undefined {
  if (!isLoopback(url)) return undefined
  for (const dir of cli.stateDirs) {
    try {
      return readFileSync(join(dir, TOKEN_FILE), 'utf8').trim()
    } catch {
      // No sandbox has run there, or it belongs to somebody else; the API will ask for a token if it wants one.
    }
  }
  return undefined
}
