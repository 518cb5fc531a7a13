import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './start-sandbox.ts'
import { witnessRecordSets } from './witness.ts'

/**
 * The environment of scenarios/environments, pointed at a running simulator. `aws` is where its calls go, which may be a
 * listener in front of it.
 */
export async function environmentOf(portBase: number, aws: string): Promise<string> {
  const { zone } = await witnessRecordSets(`http://127.0.0.1:${portBase + 9}`)
  const values: Readonly<Record<string, string>> = {
    FIREDRILL_SANDBOX_ZONE_ID: zone,
    FIREDRILL_SANDBOX_AWS: aws,
    FIREDRILL_SANDBOX_CONTROL: `http://127.0.0.1:${portBase + 9}`,
    FIREDRILL_SANDBOX_GATEWAY: `http://127.0.0.1:${portBase + 8}`,
    FIREDRILL_SANDBOX_DNS_EU_WEST: `127.0.0.1:${portBase + 3}`,
    FIREDRILL_SANDBOX_DNS_EU_CENTRAL: `127.0.0.1:${portBase + 4}`,
    FIREDRILL_SANDBOX_DNS_US_EAST: `127.0.0.1:${portBase + 5}`,
  }
  return readFileSync(join(ROOT, 'scenarios/environments/sandbox.yaml'), 'utf8').replaceAll(
    /\$\{env:(\w+)(?::-[^}]*)?\}/g,
    (reference, name: string) => values[name] ?? reference,
  )
}
