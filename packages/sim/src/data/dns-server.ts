import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import type { DnsAnswer } from '../world/dns.ts'
import { decodeQuery, encodeAnswer, encodeError, type DnsRole } from './dns-wire.ts'
import { listenTcp } from './listen.ts'

/** Answers one question from the world at this instant. */
export type DnsSource = (name: string, type: string) => DnsAnswer

/** A DNS server on 127.0.0.1, UDP and TCP on one port. */
export class DnsServer {
  readonly #role: DnsRole
  readonly #source: DnsSource
  readonly #tcp: Server
  readonly #connections = new Set<Socket>()
  #udp: UdpSocket | undefined

  constructor(role: DnsRole, source: DnsSource) {
    this.#role = role
    this.#source = source
    this.#tcp = createServer((socket) => this.#serveTcp(socket))
  }

  /** Binds both transports (port 0 for any) and returns the port. Rejects when one of them is in use. */
  async listen(port: number): Promise<number> {
    const attempts = port === 0 ? 10 : 1
    for (let attempt = 1; ; attempt += 1) {
      const bound = await listenTcp(this.#tcp, port, 'DNS')
      try {
        this.#udp = await bindUdp(bound)
        this.#udp.on('message', (bytes, peer) => {
          const answer = this.#respond(bytes, 'udp')
          if (answer) this.#udp?.send(answer, peer.port, peer.address)
        })
        return bound
      } catch (error) {
        await new Promise((resolve) => this.#tcp.close(resolve))
        if (attempt >= attempts) throw error
      }
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy()
    const { promise, resolve } = Promise.withResolvers<void>()
    if (this.#udp) this.#udp.close(() => resolve())
    else resolve()
    await promise
    await new Promise((done) => this.#tcp.close(done))
  }

  #respond(bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
    const query = decodeQuery(bytes)
    if (query === null) return null
    const [question] = query.questions ?? []
    if (question === undefined) return encodeError(query, 1)
    try {
      return encodeAnswer(query, this.#source(question.name, question.type), this.#role, transport)
    } catch (error) {
      process.stderr.write(`dns: ${question.name} ${question.type}: ${String(error)}\n`)
      return encodeError(query, 2)
    }
  }

  #serveTcp(socket: Socket): void {
    this.#connections.add(socket)
    socket.on('close', () => this.#connections.delete(socket))
    socket.on('error', () => socket.destroy())
    let pending = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const length = pending.readUInt16BE(0)
        const answer = this.#respond(pending.subarray(2, 2 + length), 'tcp')
        pending = pending.subarray(2 + length)
        if (answer === null) return void socket.destroy()
        const prefix = Buffer.alloc(2)
        prefix.writeUInt16BE(answer.length)
        socket.write(Buffer.concat([prefix, answer]))
      }
    })
  }
}

const bindUdp = (port: number): Promise<UdpSocket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', (error) => {
      socket.close()
      reject(new Error(`DNS port ${port} (UDP) cannot be used: ${error.message}`))
    })
    socket.bind(port, '127.0.0.1', () => {
      socket.removeAllListeners('error')
      socket.on('error', (error) => process.stderr.write(`dns: ${error.message}\n`))
      resolve(socket)
    })
  })
