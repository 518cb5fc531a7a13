import { createClient, EXIT, type Client } from '@firedrill/contracts'
import { CliError, type Cli } from '../cli.ts'
import type { CiOptions } from '../commands/ci.ts'
import { connect } from '../connect.ts'
import { storeFile } from '../files/store.ts'
import { readDefinition } from '../files/subject.ts'

/** The world that is rehearsed in unless another is named. */
const DEFAULT_WORLD = 'warm-standby'

/** Where scenarios run. `close` stops what was started for them. */
export type Place = Readonly<{ client: Client; environment: string; close: () => Promise<void> }>

/** Where it would be, in words that a baseline keeps. @throws CliError when the options contradict each other. */
export function placeOf(cli: Cli, options: CiOptions): string {
  const { env, world, url } = options
  if (env === undefined) {
    if (url !== undefined)
      throw new CliError(
        EXIT.usage,
        'With --url name the environment with -e ENV; without both everything is rehearsed in a simulated world.',
      )
    return `world ${world ?? DEFAULT_WORLD}`
  }
  if (world !== undefined)
    throw new CliError(EXIT.usage, '--world is for rehearsals and -e ENV for an API; leave one out.')
  return `environment ${readDefinition(cli, env, 'Environment').name}`
}

/** Connects to the API, or starts a platform with a simulated world and waits until it answers. */
export async function openPlace(cli: Cli, options: CiOptions, interrupts: readonly string[]): Promise<Place> {
  if (options.env !== undefined) {
    const environment = readDefinition(cli, options.env, 'Environment')
    const client = connect(cli, options)
    if (environment.from === 'file') await storeFile(client, environment.file)
    return { client, environment: environment.name, close: async () => undefined }
  }
  const world = options.world ?? DEFAULT_WORLD
  cli.terminal.err(`Starting world ${world} in lockstep …\n`)
  const rehearsal = cli.startRehearsal({ world, seed: options.seed ?? 1 })
  const stopListening = cli.onInterrupt(() => void rehearsal.stop())
  try {
    const { url, token } = await rehearsal.ready
    const client = createClient({ baseUrl: url, token, sleep: cli.clock.sleep })
    const [environment] = await client.environments.list()
    if (environment === undefined)
      throw new CliError(EXIT.toolError, 'The simulated world has no environment.')
    return { client, environment: environment.name, close: rehearsal.stop }
  } catch (error) {
    await rehearsal.stop()
    const [signal] = interrupts
    if (signal !== undefined)
      throw new CliError(EXIT.stopped, `${signal}: stopped before anything was started.`)
    throw error
  } finally {
    stopListening()
  }
}
