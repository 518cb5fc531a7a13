import type { CompiledEnvironment } from './environment.ts'
import type { Reach } from '../network/address.ts'
import { isLoopback } from './loopback.ts'

/**
 * True when nothing that is done in an environment can leave this machine: it says so, its cloud is on loopback and it
 * brings its own made-up credentials. The kind alone is not believed, because it is only a word in a file.
 */
export function isSandbox(environment: Pick<CompiledEnvironment, 'environmentKind' | 'aws'>): boolean {
  const { endpoint, credentials } = environment.aws
  return (
    environment.environmentKind === 'sandbox' &&
    endpoint !== 'aws' &&
    isLoopback(endpoint) &&
    credentials.source === 'static'
  )
}

/** How far whatever a scenario names may be reached for: what the environment says, else this machine in a sandbox and the internet elsewhere. */
export function reachOf(environment: Pick<CompiledEnvironment, 'environmentKind' | 'aws' | 'probes'>): Reach {
  return environment.probes.reach ?? (isSandbox(environment) ? 'loopback' : 'public')
}
