import type { DecodedPacket } from 'dns-packet'
import { askDns, rcodeOf, type RecordType } from '../dns/dns-query.ts'
import { parseHostPort } from '../net/host-port.ts'

/** One record of an answer. */
export type LookedUpRecord = Readonly<{ name: string; type: string; ttlSeconds: number; value: string }>

/** The start of authority that came with an answer: its zone, and for how long it lets absence be remembered. */
export type Authority = Readonly<{ zone: string; negativeSeconds: number }>

/** What one server says about a name: the chain of records to its addresses, or in one word why there is none. */
export type LookUp = Readonly<
  | { kind: 'records'; records: readonly LookedUpRecord[]; addresses: readonly string[] }
  /** The server answered, with no address: `nxdomain`, `nodata`, `servfail`, `refused`, … */
  | { kind: 'none'; why: string }
  /** No answer was had from the server: `timeout`, or a socket's error. */
  | { kind: 'silent'; why: string }
>

type Asked = Readonly<{ server: string; timeoutMs: number }>

/** Asks a server for the addresses of a name, with every record on the way to them. */
export async function lookUp(name: string, asked: Asked): Promise<LookUp> {
  const answer = await ask(name, 'A', asked)
  if ('why' in answer) return { kind: 'silent', why: answer.why }
  const rcode = rcodeOf(answer)
  const records = recordsOf(answer)
  const addresses = records.flatMap(({ type, value }) => (type === 'A' ? [value] : []))
  if (addresses.length > 0) return { kind: 'records', records, addresses }
  if (rcode !== 'noerror') return { kind: 'none', why: rcode }
  // An authority answers with an alias alone when its target is in somebody else's zone.
  return records.length > 0 ? { kind: 'records', records, addresses } : { kind: 'none', why: 'nodata' }
}

/** The zone that a name is in. Undefined when the server does not say. */
export async function lookUpAuthority(name: string, asked: Asked): Promise<Authority | undefined> {
  const answer = await ask(name, 'SOA', asked)
  if ('why' in answer) return undefined
  for (const record of [...(answer.answers ?? []), ...(answer.authorities ?? [])])
    if (record.type === 'SOA')
      return {
        zone: plain(record.name),
        negativeSeconds: Math.min(record.ttl ?? Infinity, record.data.minimum ?? Infinity),
      }
  return undefined
}

/** Names of the servers of a zone. */
export async function lookUpServers(zone: string, asked: Asked): Promise<readonly string[]> {
  const answer = await ask(zone, 'NS', asked)
  if ('why' in answer) return []
  return (answer.answers ?? []).flatMap((record) => (record.type === 'NS' ? [plain(record.data)] : []))
}

async function ask(
  name: string,
  type: RecordType,
  { server, timeoutMs }: Asked,
): Promise<DecodedPacket | Readonly<{ why: string }>> {
  const received = await askDns(
    parseHostPort(server, 53),
    { name, type },
    timeoutMs,
    AbortSignal.timeout(timeoutMs),
  )
  if (!('kind' in received)) return received
  return { why: received.kind === 'timeout' ? `no answer within ${timeoutMs} ms` : received.code }
}

function recordsOf(answer: DecodedPacket): readonly LookedUpRecord[] {
  return (answer.answers ?? []).flatMap((record) =>
    record.type === 'A' || record.type === 'CNAME'
      ? [
          {
            name: plain(record.name),
            type: record.type,
            ttlSeconds: record.ttl ?? 0,
            value: plain(record.data),
          },
        ]
      : [],
  )
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
