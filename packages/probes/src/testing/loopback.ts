import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import {
  platformInstant,
  REAL_CLOCK,
  worldInstant,
  type CallClock,
  type EnvironmentClock,
  type Sample,
} from '@firedrill/core'
import * as packet from 'dns-packet'
import type { Answer, Question } from 'dns-packet'
import { createProber, type Prober, type ProberOptions } from '../schedule/prober.ts'
import { worldTime, type Anchor } from '../schedule/world-time.ts'

/** The host's own clock. */
export const hostClock: CallClock = {
  work: (run) => run(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    wait(Math.max(0, ms), undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
}

/** 2026-01-01 as the platform instant of a monotonic reading of zero. */
export const anchor: Anchor = { monotonicMs: 0, platform: platformInstant(1_767_225_600_000_000) }

/** A world that runs `rate` times as fast as the platform. */
export function fastClock(rate: number): EnvironmentClock {
  return { anchorPlatform: anchor.platform, anchorWorld: worldInstant(anchor.platform), rate }
}

/** World time at 1x. */
export const realWorld = worldTime(anchor, REAL_CLOCK)

/** Everything that a test opened, closed after it. */
export function createResources() {
  const closers: (() => void | Promise<void>)[] = []
  const sockets = new Set<Socket>()
  const track = (server: Server) => {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    })
    closers.push(() => void server.close())
    return server
  }
  const listen = async (server: Server): Promise<number> => {
    track(server).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  return {
    listen,
    /** An HTTP server; answers its port. */
    http: (listener: RequestListener) => listen(createHttpServer(listener)),
    /** A TCP server; answers its port. */
    tcp: (onConnection: (socket: Socket) => void) => listen(createServer(onConnection)),
    /** A port on which nobody listens. */
    freePort: async () => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      server.close()
      await once(server, 'close')
      return port
    },
    /** An HTTP CONNECT proxy; `route` gives the port an authority leads to, or an answer; an empty one is a black hole. */
    proxy: async (route: (authority: string) => number | string) => {
      const server = createHttpServer()
      server.on('connect', (request, socket) => {
        const target = route(request.url ?? '')
        socket.on('error', () => undefined)
        if (target === '') return
        if (typeof target === 'string') return void socket.end(target)
        const peer = connect(target, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
          socket.pipe(peer).pipe(socket)
        })
        peer.on('error', () => socket.destroy())
        socket.on('close', () => peer.destroy())
      })
      return `http://127.0.0.1:${await listen(server)}`
    },
    dns: (answer: DnsBehaviour, manner: DnsManner = {}) => startDns(answer, manner, closers, listen),
    /** A prober of this world whose samples are collected. */
    prober: (options: Pick<ProberOptions, 'probes' | 'vantages'> & Partial<ProberOptions>) => {
      const samples: Sample[] = []
      const prober: Prober = createProber({
        anchor,
        environmentClock: REAL_CLOCK,
        clock: hostClock,
        onSample: (sample) => void samples.push(sample),
        ...options,
      })
      closers.push(() => prober.stop())
      return { prober, samples }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      for (const close of closers.splice(0).toReversed()) await close()
    },
  }
}

/** The tracked things of one test. */
export type Resources = ReturnType<typeof createResources>

/** What a DNS server does with a question: records, a response code, a cut answer over UDP, or nothing at all. */
export type DnsBehaviour = (
  question: Question,
  transport: 'udp' | 'tcp',
) => readonly Answer[] | 'nxdomain' | 'servfail' | 'refused' | 'truncated' | 'silent'

/** What else a DNS server is: whether it speaks for the zone (default: no), and who hears of its questions. */
export type DnsManner = Readonly<{
  isAuthority?: boolean
  onQuery?: (isRecursionDesired: boolean) => void
}>

const RCODES = { nxdomain: 3, servfail: 2, refused: 5 } as const

/** A DNS server on UDP and TCP; answers `host:port`. */
async function startDns(
  behaviour: DnsBehaviour,
  { isAuthority = false, onQuery }: DnsManner,
  closers: (() => void | Promise<void>)[],
  listen: (server: Server) => Promise<number>,
): Promise<string> {
  const respond = (bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined => {
    const query = packet.decode(bytes)
    const question = query.questions?.[0]
    if (question === undefined) return undefined
    onQuery?.(query.flag_rd)
    const answer = behaviour(question, transport)
    if (answer === 'silent') return undefined
    const base = { type: 'response' as const, id: query.id ?? 0, questions: [question] }
    if (answer === 'truncated')
      return packet.encode({ ...base, flags: packet.TRUNCATED_RESPONSE, answers: [] })
    if (typeof answer === 'string') return packet.encode({ ...base, flags: RCODES[answer], answers: [] })
    const flags = isAuthority ? packet.AUTHORITATIVE_ANSWER : 0
    return packet.encode({ ...base, flags, answers: [...answer] })
  }
  const port = await listen(
    createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const answer = respond(chunk.subarray(2), 'tcp')
        if (answer === undefined) return
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        socket.write(Buffer.concat([length, answer]))
      })
    }),
  )
  const udp = createSocket('udp4')
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  udp.on('message', (bytes, peer) => {
    const answer = respond(bytes, 'udp')
    if (answer !== undefined) udp.send(answer, peer.port, peer.address)
  })
  closers.push(() => void udp.close())
  return `127.0.0.1:${port}`
}

/** An address record. */
export function addressRecord(name: string, data: string): Answer {
  return { type: 'A', name, ttl: 30, data }
}
