import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Duplex } from 'node:stream'
import { applicationPage } from '../world/application.ts'
import type { Outcome } from '../world/fates.ts'
import { answerMarkers } from '../world/markers.ts'
import type { Micros } from '../world/model.ts'
import type { World } from '../world/world.ts'
import { listenTcp } from './listen.ts'
import type { Authority } from './tls/authority.ts'
import type { Traffic } from '../control/traffic.ts'

/** Answers that come later than this, in world time, are really waited for; shorter ones would only add timer noise. */
const WAIT_FROM = 50_000

interface Peer {
  readonly address: string
  readonly port: number
}

/**
 * The way into the world's network: an HTTP CONNECT proxy. What happens in the tunnel is what happens at the world's
 * address: refused (502 to CONNECT, header `x-connect-result: refused`), black-holed (no answer ever), reset, or the
 * balancer's or application's own HTTP.
 */
export class Gateway {
  readonly #world: World
  readonly #proxy: Server
  readonly #inside: Server
  readonly #peers = new WeakMap<Duplex, Peer>()
  readonly #sockets = new Set<Duplex>()
  readonly #traffic: Traffic
  readonly #authority: Authority

  constructor(world: World, traffic: Traffic, authority: Authority) {
    this.#authority = authority
    this.#world = world
    this.#traffic = traffic
    this.#inside = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      traffic.handle(request, response, () => void this.#serve(request, response))
    })
    this.#proxy = createServer((_request, response) => {
      response.writeHead(405, { 'content-type': 'text/plain' })
      response.end(
        'This is an HTTP CONNECT proxy into the simulated network, for addresses such as 198.51.100.10. AWS clients take the ' +
          'address that the simulator printed as "aws" when it started.\n',
      )
    })
    this.#proxy.on('connect', (request, socket, head) => this.#connect(request, socket, head))
    this.#proxy.on('connection', (socket: Socket) => {
      socket.setNoDelay(true)
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** Binds to 127.0.0.1 and returns the port. */
  listen(port: number): Promise<number> {
    return listenTcp(this.#proxy, port, 'gateway')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#proxy.close(resolve))
  }

  #connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const peer = parseAuthority(request.url ?? '')
    if (peer === null) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
      return
    }
    const now = this.#world.sync()
    const outcome = this.#world.balancers.request(peer.address, peer.port, now)
    switch (outcome.kind) {
      case 'black-hole':
        // Nothing ever comes back; the client's own timeout ends it.
        socket.resume()
        this.#traffic.swallow(socket, request.socket.remotePort ?? 0)
        return
      case 'refused':
        socket.end('HTTP/1.1 502 Bad Gateway\r\nx-connect-result: refused\r\nconnection: close\r\n\r\n')
        return
      case 'answer':
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
        if (head.length > 0) socket.unshift(head)
        this.#enter(socket, peer, now)
        return
      default:
        outcome satisfies never
    }
  }

  /** Hands a tunnel to the server at its end, which speaks TLS where the listener has a certificate. */
  #enter(socket: Duplex, peer: Peer, now: Micros): void {
    const arn = this.#world.balancers.certificateArnAt(peer.address, peer.port)
    const certificate = arn === null ? undefined : this.#world.certificates.table.get(arn)
    let inside = socket
    if (certificate !== undefined) {
      const secureContext = this.#authority.contextOf(certificate, now, Date.now())
      inside = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
      // A client that distrusts the certificate, or speaks something else, hangs up; that is its answer.
      inside.on('error', () => inside.destroy())
      // From here on it is the upper one that is closed: a handle pulled from beneath TLS takes the process with it.
      this.#sockets.delete(socket)
      this.#sockets.add(inside)
      inside.on('close', () => this.#sockets.delete(inside))
    }
    this.#peers.set(inside, peer)
    this.#inside.emit('connection', inside)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume()
    const peer = this.#peers.get(request.socket)
    if (peer === undefined) {
      request.socket.destroy()
      return
    }
    const now = this.#world.sync()
    const outcome = this.#world.balancers.request(peer.address, peer.port, now)
    if (outcome.kind === 'refused') request.socket.destroy()
    if (outcome.kind === 'black-hole') this.#traffic.swallow(request.socket, request.socket.remotePort ?? 0)
    if (outcome.kind !== 'answer') return
    if (outcome.after >= WAIT_FROM) await this.#world.kernel.wait(now + outcome.after)
    if (!request.socket.destroyed) this.#answer(request, response, outcome)
  }

  #answer(
    request: IncomingMessage,
    response: ServerResponse,
    outcome: Extract<Outcome, { kind: 'answer' }>,
  ): void {
    const { status, instanceId, loadBalancerArn } = outcome
    if (status !== 200) {
      // A server that sheds load says so itself; every other failure is told by the balancer.
      const isOwn = status === 503 && instanceId !== null
      response.writeHead(status, {
        server: isOwn ? 'application' : 'awselb/2.0',
        'content-type': 'text/html',
      })
      response.end(
        `<html>\r\n<head><title>${status} ${STATUS_TEXT[status] ?? ''}</title></head>\r\n</html>\r\n`,
      )
      return
    }
    const instance = this.#world.compute.instances.get(instanceId ?? '')
    if (instance === undefined) {
      response.destroy()
      return
    }
    const world = this.#world
    const { method = 'GET', url: path = '/', headers } = request
    const asked = { method, path, host: headers.host ?? '' }
    const data = answerMarkers(world.stores, instance, asked, world.now())
    // A write that was acknowledged must survive a kill of the process.
    if (data !== null && method !== 'GET') world.commit()
    response.writeHead(data?.status ?? 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(loadBalancerArn === null ? {} : { 'x-served-through': loadBalancerArn.split('/')[2] ?? '' }),
    })
    response.end(data ? `${JSON.stringify(data.body)}\n` : applicationPage(instance, path, world.now()))
  }
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}

const parseAuthority = (authority: string): Peer | null => {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(authority)
  return match ? { address: match[1] ?? '', port: Number(match[2]) } : null
}
