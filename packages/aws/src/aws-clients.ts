import { canonicalJson, type CompiledEnvironment, type Outcome } from '@firedrill/core'
import { failed, success } from './call.ts'
import type { Waits } from './wait-out-throttling.ts'
import { createAws, type Aws, type AwsTarget, type Purpose } from './client.ts'

/** Clients by environment, Region and purpose, made when first asked for. */
export type AwsClients = Readonly<{
  /** An `invalid` failure when the environment has no such Region, or credentials it may not have. */
  get(target: AwsTarget): Outcome<Aws>
  /** The same for a Region by its AWS code, as captures name it: undo goes where the act went. */
  inRegion(environment: CompiledEnvironment, code: string, purpose: Purpose): Outcome<Aws>
  /** Closes every client handed out so far; later calls make new ones. */
  close(): void
}>

/**
 * Keeps clients, so that connections and role sessions are used again. The key is what the clients are made from, not the
 * environment's name: a new version with another endpoint or role never gets clients of the old one. With `waits`,
 * requests that are throttled are held back and sent again; without, the first such answer is the answer.
 */
export function createAwsClients(waits?: Waits): AwsClients {
  const kept = new Map<string, Aws>()
  const get = (target: AwsTarget): Outcome<Aws> => {
    const { environment, region, purpose } = target
    const { name, environmentKind, account, aws, regions } = environment
    const key = canonicalJson({
      name,
      environmentKind,
      account,
      aws,
      region: regions[region] ?? null,
      purpose,
    })
    const known = kept.get(key)
    if (known !== undefined) return success(known)
    try {
      const made = createAws(target, waits)
      kept.set(key, made)
      return success(made)
    } catch (error) {
      return failed(
        'invalid',
        'aws.createClients',
        'EnvironmentUnfit',
        String(error instanceof Error ? error.message : error),
      )
    }
  }
  return {
    get,
    inRegion(environment, code, purpose) {
      const named = Object.entries(environment.regions).find(([, region]) => region === code)
      if (named !== undefined) return get({ environment, region: named[0], purpose })
      const message = `environment ${environment.name} does not have Region ${code}`
      return failed('invalid', 'aws.createClients', 'EnvironmentUnfit', message)
    },
    close() {
      for (const aws of kept.values()) aws.close()
      kept.clear()
    },
  }
}
