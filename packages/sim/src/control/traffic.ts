import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Kernel } from '../world/kernel.ts'

/** A request that has come in and is not answered yet. */
interface OpenRequest {
  readonly port: number
  /** How many waits for world time it is in. */
  parked: number
}

/**
 * Which requests are in flight, and which of them wait for world time and so will never end while it stands still. Callers
 * are told apart by their port on loopback.
 */
export class Traffic {
  readonly #open = new Set<OpenRequest>()
  readonly #blackHoles = new Map<object, number>()
  readonly #current = new AsyncLocalStorage<OpenRequest>()
  /** Called when a request ends, begins to wait or is swallowed: time may go on. */
  onCalmer: () => void = () => {}

  constructor(kernel: Kernel) {
    kernel.onPark = () => this.#park()
  }

  /** Handles a request as one in flight until its response is closed. */
  handle(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
    const open: OpenRequest = { port: request.socket.remotePort ?? 0, parked: 0 }
    this.#open.add(open)
    response.once('close', () => {
      this.#open.delete(open)
      this.onCalmer()
    })
    this.#current.run(open, serve)
  }

  /** Notes a connection that will never be answered, until the caller gives up. */
  swallow(socket: object & { once(event: 'close', then: () => void): unknown }, port: number): void {
    this.#blackHoles.set(socket, port)
    const open = this.#current.getStore()
    if (open) open.parked += 1
    socket.once('close', () => {
      this.#blackHoles.delete(socket)
      this.onCalmer()
    })
    this.onCalmer()
  }

  /** Whether a request is being worked on, so that its answer will come without world time going on. */
  isBusy(): boolean {
    for (const { parked } of this.#open) if (parked === 0) return true
    return false
  }

  /** Whether a caller's connection waits for world time. Only meant for moments in which nothing is busy. */
  isWaiting(port: number): boolean {
    for (const open of this.#open) if (open.port === port) return true
    for (const swallowed of this.#blackHoles.values()) if (swallowed === port) return true
    return false
  }

  #park(): () => void {
    const open = this.#current.getStore()
    if (open === undefined) return () => {}
    open.parked += 1
    setImmediate(() => this.onCalmer())
    return () => {
      open.parked -= 1
    }
  }
}
