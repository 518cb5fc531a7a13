import { isIP } from 'node:net'
import type { CallClock, NetworkCheck, NetworkCheckOptions } from '@firedrill/core'
import { checkNames } from './check-names.ts'
import { askHttp, checkService } from './check-service.ts'
import { lookUp } from './look-up.ts'
import { ping } from './ping.ts'

/** Each of them gets a connection or three. */
const ADDRESSES_MAX = 4

/** Looks at services with the same packets and connections that probes use. `nowMs`: the date, for certificates. */
export function createNetworkCheck(clock: CallClock, nowMs: () => number = () => Date.now()): NetworkCheck {
  return {
    async check(target, options) {
      const names = await checkNames(target.host, options)
      const { port } = target
      if (port === null) return names.findings
      const addresses = names.addresses.slice(0, ADDRESSES_MAX)
      const services = await Promise.all(
        addresses.map((address) => checkService(address, { ...target, port }, { options, clock, nowMs })),
      )
      const [first] = addresses
      // What lies behind a proxy is out of reach for a ping.
      const pinged =
        first === undefined || options.proxy !== undefined ? [] : [await ping(first, options.timeoutMs)]
      return [...names.findings, ...services.flat(), ...pinged]
    },
    addressesOf,
    async checkAddress(address, target, options) {
      const { answer, tookMs } = await askHttp(address, target, { options, clock })
      if ('why' in answer) return { isGood: false, verdict: answer.why }
      return { isGood: answer.status < 400, verdict: `status ${answer.status} in ${tookMs} ms` }
    },
  }
}

async function addressesOf(
  host: string,
  { resolvers = [], timeoutMs }: Pick<NetworkCheckOptions, 'resolvers' | 'timeoutMs'>,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  for (const { address } of resolvers) {
    const answer = await lookUp(host, { server: address, timeoutMs })
    if (answer.kind === 'records' && answer.addresses.length > 0) return answer.addresses
  }
  return []
}
