import * as packet from 'dns-packet'
import type { Answer, DecodedPacket, Packet, Question } from 'dns-packet'
import type { DnsAnswer, DnsRecord } from '../world/dns.ts'

/** Largest UDP answer to a client that offers no more. */
const UDP_PLAIN_BYTES = 512

/** How a server speaks: an authority sets AA, a recursive resolver RA. */
export type DnsRole = 'authoritative' | 'recursive'

/** Decodes a query. Null for anything that is not one. */
export const decodeQuery = (bytes: Buffer): DecodedPacket | null => {
  try {
    const query = packet.decode(bytes)
    return query.type === 'query' ? query : null
  } catch {
    return null
  }
}

/** The answer to a query on the wire; over UDP it is cut (TC) to what the client can take. */
export const encodeAnswer = (
  query: DecodedPacket,
  answer: DnsAnswer,
  role: DnsRole,
  transport: 'udp' | 'tcp',
): Buffer => {
  const question = query.questions?.[0]
  const base: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags: flagsOf(query, answer, role),
    questions: question ? [question] : [],
    answers: [],
  }
  const answers = answer.records.flatMap((record, index) => toWire(record, question, index === 0))
  const authorities = answer.soa ? toWire(answer.soa, undefined, false) : []
  const whole = packet.encode({ ...base, answers, authorities })
  if (transport === 'tcp' || whole.length <= udpLimit(query)) return whole
  return packet.encode({ ...base, flags: (base.flags ?? 0) | packet.TRUNCATED_RESPONSE })
}

/** The answer to a query that this server cannot serve (FORMERR, NOTIMP or SERVFAIL). */
export const encodeError = (query: DecodedPacket, code: 1 | 2 | 4): Buffer =>
  packet.encode({ type: 'response', id: query.id ?? 0, flags: code, questions: query.questions ?? [] })

const flagsOf = (query: DecodedPacket, answer: DnsAnswer, role: DnsRole): number => {
  const asked = (query.flags ?? 0) & packet.RECURSION_DESIRED
  const own = role === 'authoritative' ? packet.AUTHORITATIVE_ANSWER : packet.RECURSION_AVAILABLE
  const code = answer.status === 'nxdomain' ? 3 : answer.status === 'refused' ? 5 : 0
  return asked | (answer.status === 'refused' ? 0 : own) | code
}

const udpLimit = (query: DecodedPacket): number => {
  const edns = query.additionals?.find((record) => record.type === 'OPT')
  return edns && 'udpPayloadSize' in edns
    ? Math.max(UDP_PLAIN_BYTES, Math.min(1232, edns.udpPayloadSize))
    : UDP_PLAIN_BYTES
}

/** Names on the wire carry no trailing dot, and the owner of the first record keeps the question's spelling. */
const toWire = (record: DnsRecord, question: Question | undefined, isFirst: boolean): Answer[] => {
  const name = isFirst && question ? question.name : undotted(record.name)
  const base = { name, ttl: record.ttl, class: 'IN' as const }
  const parts = record.data.split(/\s+/)
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return [{ ...base, type: record.type, data: record.data }]
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return [{ ...base, type: record.type, data: undotted(record.data) }]
    case 'TXT':
      return [{ ...base, type: 'TXT', data: textsOf(record.data) }]
    case 'MX':
      return [
        {
          ...base,
          type: 'MX',
          data: { preference: Number(parts[0]), exchange: undotted(parts[1] ?? '') },
        },
      ]
    case 'SRV':
      return [
        {
          ...base,
          type: 'SRV',
          data: {
            priority: Number(parts[0]),
            weight: Number(parts[1]),
            port: Number(parts[2]),
            target: undotted(parts[3] ?? ''),
          },
        },
      ]
    case 'CAA':
      return [{ ...base, type: 'CAA', data: caaOf(parts) }]
    case 'SOA':
      return [{ ...base, type: 'SOA', data: soaOf(parts) }]
    default:
      return []
  }
}

const caaOf = (
  parts: readonly string[],
): { flags: number; tag: 'issue' | 'issuewild' | 'iodef'; value: string } => ({
  flags: Number(parts[0] ?? 0),
  tag: parts[1] === 'issuewild' || parts[1] === 'iodef' ? parts[1] : 'issue',
  value: textsOf(parts.slice(2).join(' ')).join(''),
})

const soaOf = (
  parts: readonly string[],
): {
  mname: string
  rname: string
  serial: number
  refresh: number
  retry: number
  expire: number
  minimum: number
} => ({
  mname: undotted(parts[0] ?? ''),
  rname: undotted(parts[1] ?? ''),
  serial: Number(parts[2] ?? 0),
  refresh: Number(parts[3] ?? 0),
  retry: Number(parts[4] ?? 0),
  expire: Number(parts[5] ?? 0),
  minimum: Number(parts[6] ?? 0),
})

const undotted = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name)

/** The quoted strings of a TXT value. */
const textsOf = (value: string): string[] =>
  [...value.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replaceAll(/\\(.)/g, '$1'),
  )
