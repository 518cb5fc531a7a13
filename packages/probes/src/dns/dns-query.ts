import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import * as packet from 'dns-packet'
import type { DecodedPacket, Packet } from 'dns-packet'
import { codeOf } from '../attempt.ts'
import type { HostPort } from '../net/host-port.ts'

/** Record types that can be asked for. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'NS' | 'SOA'

/** A resolver's answer to one question. */
export type DnsReply =
  /**
   * Records of the asked type, in the order of the answer, as text; `ttlSeconds`: for how long the answer may be kept, which is
   * as long as the shortest-lived record on the way to it.
   */
  | Readonly<{ kind: 'answers'; answers: readonly string[]; ttlSeconds: number; isAuthoritative: boolean }>
  | Readonly<{ kind: 'nxdomain' | 'nodata' | 'servfail' }>
  /** Another response code: `refused`, `formerr`, … */
  | Readonly<{ kind: 'rcode'; rcode: string }>
  | Readonly<{ kind: 'timeout' }>
  /** Nobody listens at the resolver's address, or it cannot be reached. */
  | Readonly<{ kind: 'no-resolver'; code: string }>

/** What is asked. `isRecursionDesired` absent: yes, as clients do; only a zone's own servers are asked without. */
export type DnsQuestion = Readonly<{ name: string; type: RecordType; isRecursionDesired?: boolean }>

/** A datagram may be lost on the way; it is sent again after this share of the time, as stub resolvers do. */
const RESEND_AFTER_SHARE = 0.34

/**
 * Asks a resolver one question with a packet of our own: UDP, then TCP when the answer was cut. Nothing is cached, no socket
 * is kept. Ends by the signal with `timeout`. `timeoutMs` is real time and only sets when a lost datagram is sent again.
 */
export async function queryDns(
  resolver: HostPort,
  question: DnsQuestion,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DnsReply> {
  const received = await askDns(resolver, question, timeoutMs, signal)
  return 'kind' in received ? received : replyOf(received, question.type)
}

/** The same, with the whole packet for those who want more of it than the answers. */
export async function askDns(
  resolver: HostPort,
  { name, type, isRecursionDesired = true }: DnsQuestion,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Received> {
  const query: Packet = {
    type: 'query',
    id: randomInt(65_536),
    flags: isRecursionDesired ? packet.RECURSION_DESIRED : 0,
    questions: [{ name, type, class: 'IN' }],
  }
  const first = await overUdp(resolver, query, timeoutMs, signal)
  return 'kind' in first || !first.flag_tc ? first : overTcp(resolver, query, signal)
}

/** A resolver's packet, or why there is none. */
export type Received = DecodedPacket | Extract<DnsReply, { kind: 'timeout' | 'no-resolver' }>

function overUdp(
  { host, port }: HostPort,
  query: Packet,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Received> {
  const { promise, resolve } = Promise.withResolvers<Received>()
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const bytes = packet.encode(query)
  let resend: NodeJS.Timeout | undefined
  const onAbort = () => settle({ kind: 'timeout' })
  let isSettled = false
  const settle = (received: Received) => {
    if (isSettled) return
    isSettled = true
    clearTimeout(resend)
    signal.removeEventListener('abort', onAbort)
    socket.close()
    resolve(received)
  }
  // A connected socket learns of "nobody listens there" by ICMP; an unconnected one would wait for its timeout.
  const send = () => {
    if (!isSettled) socket.send(bytes)
  }
  socket.on('error', (error) => settle({ kind: 'no-resolver', code: codeOf(error) }))
  socket.on('message', (message) => {
    const answer = decodeAnswer(message, query)
    if (answer !== undefined) settle(answer)
  })
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) settle({ kind: 'timeout' })
  else
    socket.connect(port, host, () => {
      send()
      resend = setTimeout(send, timeoutMs * RESEND_AFTER_SHARE)
    })
  return promise
}

function overTcp({ host, port }: HostPort, query: Packet, signal: AbortSignal): Promise<Received> {
  const { promise, resolve } = Promise.withResolvers<Received>()
  const socket = connect({ host, port })
  const onAbort = () => settle({ kind: 'timeout' })
  const settle = (received: Received) => {
    signal.removeEventListener('abort', onAbort)
    socket.destroy()
    resolve(received)
  }
  let pending = Buffer.alloc(0)
  socket.on('connect', () => socket.write(packet.streamEncode(query)))
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    if (pending.length < 2 || pending.length < 2 + pending.readUInt16BE(0)) return
    const answer = decodeAnswer(pending.subarray(2, 2 + pending.readUInt16BE(0)), query)
    settle(answer ?? { kind: 'no-resolver', code: 'bad answer over TCP' })
  })
  socket.on('error', (error) => settle({ kind: 'no-resolver', code: codeOf(error) }))
  socket.on('close', () => settle({ kind: 'no-resolver', code: 'closed over TCP' }))
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  return promise
}

/** The answer to this very query, or undefined for anything else that came in. */
function decodeAnswer(bytes: Buffer, query: Packet): DecodedPacket | undefined {
  try {
    const answer = packet.decode(bytes)
    return answer.type === 'response' && answer.id === query.id ? answer : undefined
  } catch {
    return undefined
  }
}

function replyOf(answer: DecodedPacket, type: RecordType): DnsReply {
  const rcode = rcodeOf(answer)
  switch (rcode) {
    case 'noerror': {
      const records = answer.answers ?? []
      const answers = records.flatMap((record) => (record.type === type ? [textOf(record.data)] : []))
      if (answers.length === 0) return { kind: 'nodata' }
      const ttls = records.map((record) => ('ttl' in record ? (record.ttl ?? 0) : Infinity))
      return { kind: 'answers', answers, ttlSeconds: Math.min(...ttls), isAuthoritative: answer.flag_aa }
    }
    case 'nxdomain':
    case 'servfail':
      return { kind: rcode }
    default:
      return { kind: 'rcode', rcode }
  }
}

/** The response code in lower case. The codec puts its name on the packet; its type does not say so. */
export function rcodeOf(answer: DecodedPacket): string {
  const { rcode } = answer as DecodedPacket & { rcode?: string }
  return rcode?.toLowerCase() ?? 'unknown'
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data
  if (Buffer.isBuffer(data)) return data.toString('utf8')
  if (Array.isArray(data)) return data.map(textOf).join('')
  return JSON.stringify(data)
}
