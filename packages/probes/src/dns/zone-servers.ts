import { getServers } from 'node:dns'
import { ended, proven, succeed, unproven, unusable, type StepResult } from '../attempt.ts'
import { parseHostPort } from '../net/host-port.ts'
import { askDns, rcodeOf } from './dns-query.ts'
import { resolveName, type ResolveOptions } from './resolve-name.ts'

/** A zone has four servers or more; asking so many shows whether they agree. */
const SERVERS_MAX = 4

/** `host:port` of the servers of the zone that a name is in, as the vantage's resolver finds them now. */
export async function findZoneServers(
  name: string,
  options: ResolveOptions,
): Promise<StepResult<readonly string[]>> {
  const zone = await findZone(name, options)
  if (!zone.ok) return zone
  const answer = await ask(zone.value, 'NS', options)
  if (!answer.ok) return answer
  const names = (answer.value.answers ?? []).flatMap((record) => (record.type === 'NS' ? [record.data] : []))
  const found = await Promise.all(
    names
      .toSorted()
      .slice(0, SERVERS_MAX)
      .map((one) => resolveName(one.replace(/\.$/, ''), options)),
  )
  const addresses = found.flatMap((one) => (one.ok ? [`${one.value[0]}:53`] : []))
  return addresses.length > 0 ? succeed(addresses) : ended(proven(`no server of zone ${zone.value}`))
}

async function findZone(name: string, options: ResolveOptions): Promise<StepResult<string>> {
  const answer = await ask(name, 'SOA', options)
  if (!answer.ok) return answer
  const { answers = [], authorities = [] } = answer.value
  const authority = [...answers, ...authorities].find(({ type }) => type === 'SOA')
  return authority === undefined
    ? ended(proven(`no zone: ${rcodeOf(answer.value)}`))
    : succeed(authority.name.replace(/\.$/, ''))
}

async function ask(name: string, type: 'SOA' | 'NS', { resolver, timeoutMs, signal }: ResolveOptions) {
  const server = resolver ?? getServers()[0]
  if (server === undefined) return ended(unusable('resolver none'))
  const received = await askDns(parseHostPort(server, 53), { name, type }, timeoutMs, signal)
  if (!('kind' in received)) return succeed(received)
  return ended(received.kind === 'timeout' ? unproven('timeout dns') : unusable(`resolver ${received.code}`))
}
