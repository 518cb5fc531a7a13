import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { Socket } from 'node:net'
import { worldInstant, type Clock, type WorldInstant } from '@firedrill/core'
import { createLockstepWire, type LockstepWire } from './lockstep-wire.ts'

/** World milliseconds are this many microseconds. */
const MICROS_PER_MS = 1000
/**
 * Most answers come at once. Only for one that has not come after so long the time keeper is asked whether it waits for world
 * time. Real milliseconds.
 */
const ANSWER_GRACE_MS = 1
/** So many turns of the event loop without anything new count as nothing left to do. */
const QUIET_TURNS = 2
/** Silence after which the time keeper goes on without this process, unless told otherwise. Real milliseconds. */
const LEASE_MS = 5000

/**
 * A `Clock` that shares a simulator's time with other processes: time stands still while any of them has work in hand and
 * then jumps to the next instant at which one of them wakes. `monotonicMs` and `sleep` are in world time.
 *
 * What this process does goes into `work`, or time will not wait for it. A `sleep` inside of a `work` lets time go on until
 * it ends. To limit how long an answer may take, put the asking into a `work` of its own and race it with a `sleep`: time
 * then goes on over an answer only if that itself waits for world time, as one of a dead host does.
 */
export type LockstepClock = Clock &
  Readonly<{
    /** Time stands still while `run` runs, but for its sleeps and for answers that wait for world time. */
    work<T>(run: () => Promise<T>): Promise<T>
    worldNow(): WorldInstant
    /** Time no longer waits for this process. Sleeps that are left never end. */
    leave(): Promise<void>
  }>

/** How a process takes part. */
export type LockstepOptions = Readonly<{
  /** URL of the simulator's control port. */
  control: string
  /** Unique among the processes; those that are due at one instant take turns in the order of their names. */
  name: string
  leaseMs?: number
  /** Hears of a time keeper that cannot be reached; it is tried again until it can. */
  onTrouble?: (error: unknown) => void
}>

type Work = { readonly parent: Work | undefined; readonly ports: Map<Socket, number>; waits: number }
type Sleeper = { readonly due: number; readonly seq: number; readonly wake: () => void }

/**
 * Joins a simulator's time. Until the first `work` or `sleep` time waits for this process.
 * @throws when the simulator cannot be reached or its clock is not a lockstep one.
 */
export async function joinLockstep(options: LockstepOptions): Promise<LockstepClock> {
  const wire = createLockstepWire(options.control, options.name, options.leaseMs ?? LEASE_MS)
  const member = new Member(wire, await wire.join(), options.onTrouble ?? (() => undefined))
  member.start((options.leaseMs ?? LEASE_MS) / 4)
  return {
    monotonicMs: () => member.worldAt / MICROS_PER_MS,
    worldNow: () => worldInstant(member.worldAt),
    sleep: (ms, signal) => member.sleep(ms, signal),
    work: (run) => member.work(run),
    leave: () => member.leave(),
  }
}

class Member {
  worldAt: number
  readonly #wire: LockstepWire
  readonly #onTrouble: (error: unknown) => void
  readonly #current = new AsyncLocalStorage<Work | undefined>()
  readonly #works = new Set<Work>()
  readonly #sockets = new WeakSet<Socket>()
  #sleepers: Sleeper[] = []
  #sleeps = 0
  /** Of an earlier process of this name a report may still be on its way; the numbers of this one are beyond it. */
  #report = Date.now()
  #changes = 0
  #isReported = false
  #isSettling = false
  #hasLeft = false
  #beat: NodeJS.Timeout | undefined

  constructor(wire: LockstepWire, worldAt: number, onTrouble: (error: unknown) => void) {
    this.#wire = wire
    this.worldAt = worldAt
    this.#onTrouble = onTrouble
  }

  start(beatMs: number): void {
    subscribe('net.client.socket', this.#onSocket)
    subscribe('http.client.request.start', this.#onRequest)
    this.#beat = setInterval(() => void this.#keepAlive(), beatMs)
    this.#beat.unref()
  }

  async leave(): Promise<void> {
    this.#hasLeft = true
    clearInterval(this.#beat)
    unsubscribe('net.client.socket', this.#onSocket)
    unsubscribe('http.client.request.start', this.#onRequest)
    await this.#wire.leave()
  }

  async work<T>(run: () => Promise<T>): Promise<T> {
    const parent = this.#current.getStore()
    const work: Work = { parent, ports: new Map(), waits: 0 }
    this.#works.add(work)
    if (parent) parent.waits += 1
    this.#changed()
    try {
      return await this.#current.run(work, run)
    } finally {
      this.#works.delete(work)
      if (parent) parent.waits -= 1
      this.#changed()
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const work = this.#current.getStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    if (signal?.aborted === true) return Promise.resolve()
    const due = this.worldAt + Math.max(0, Math.round(ms * MICROS_PER_MS))
    const end = () => {
      signal?.removeEventListener('abort', end)
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
      if (work) work.waits -= 1
      resolve()
      this.#changed()
    }
    const sleeper: Sleeper = { due, seq: this.#sleeps++, wake: end }
    this.#sleepers.push(sleeper)
    if (work) work.waits += 1
    signal?.addEventListener('abort', end)
    this.#changed()
    return promise
  }

  /** Connections belong to the work in which they are opened; only the time keeper can tell whether they wait for time. */
  readonly #onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    this.#attribute(socket, this.#current.getStore())
  }

  /** So do connections of a pool that a request takes. */
  readonly #onRequest = (message: unknown) => {
    const { request } = message as { request: ClientRequest }
    const work = this.#current.getStore()
    if (work === undefined) return
    const take = (socket: Socket) => {
      this.#attribute(socket, work)
      // The connection goes back to its pool; what happens on it then is somebody else's.
      request.once('close', () => work.ports.delete(socket))
    }
    if (request.socket instanceof Socket) take(request.socket)
    else request.once('socket', take)
  }

  #attribute(socket: Socket, work: Work | undefined): void {
    if (work === undefined || work.ports.has(socket)) return
    const note = () => {
      if (socket.localPort === undefined || !this.#works.has(work)) return
      work.ports.set(socket, socket.localPort)
      this.#changed()
    }
    // A connection that is about to be opened has no port yet.
    if (socket.localPort === undefined) socket.once('connect', note)
    else note()
    if (this.#sockets.has(socket)) return
    this.#sockets.add(socket)
    // One listener a connection, however often a pool hands it out.
    socket.once('close', () => {
      for (const { ports } of this.#works) ports.delete(socket)
    })
  }

  /** What was reported no longer holds; a new report goes out once the event loop is quiet. */
  #changed(): void {
    if (this.#hasLeft) return
    this.#changes++
    // Connections to the time keeper belong to no work.
    this.#current.run(undefined, () => {
      if (this.#isReported) {
        this.#isReported = false
        void this.#sayBusy(this.#report++)
      }
      if (this.#isSettling) return
      this.#isSettling = true
      this.#settle(QUIET_TURNS, this.#sleeps)
    })
  }

  #settle(turns: number, sleeps: number): void {
    setImmediate(() => {
      if (turns > 0) return this.#settle(sleeps === this.#sleeps ? turns - 1 : QUIET_TURNS, this.#sleeps)
      this.#isSettling = false
      void this.#reportIfIdle()
    })
  }

  async #reportIfIdle(isPatient = false): Promise<void> {
    if (this.#isReported || this.#hasLeft) return
    const holds = [...this.#works].filter(({ waits }) => waits === 0).map(({ ports }) => [...ports.values()])
    // Work without a connection is about this process alone; nobody else could tell when it ends.
    if (holds.some((ports) => ports.length === 0)) return
    if (holds.length > 0 && !isPatient) return this.#reportLater()
    // Time cannot go on before this process says that it waits, so whoever else is due at this instant needs no asking.
    const next = this.#first()
    if (holds.length === 0 && next !== undefined && next.due <= this.worldAt) return next.wake()
    const report = this.#report++
    this.#isReported = true
    const until = this.#first()?.due ?? null
    try {
      const answer = await this.#wire.wait({ report, until, holds })
      if (answer === 'gone') await this.#rejoin()
      else this.#hear(answer, report)
    } catch (error) {
      if (this.#hasLeft) return
      this.#onTrouble(error)
      await new Promise((resolve) => setTimeout(resolve, 100))
      this.#isReported = false
      this.#changed()
    }
  }

  /** Reports after the grace, unless something happens meanwhile, after which there is a report of its own. */
  #reportLater(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const changes = this.#changes
    setTimeout(resolve, ANSWER_GRACE_MS)
    void promise.then(() => (changes === this.#changes ? this.#reportIfIdle(true) : undefined))
  }

  /** A connection that was closed just before it was to be used again says nothing about the time keeper: once more, then. */
  async #sayBusy(report: number): Promise<void> {
    await this.#wire
      .busy(report)
      .catch(() => this.#wire.busy(report))
      .catch(this.#onTrouble)
  }

  #hear(answer: Readonly<{ kind: string; worldAt: number }>, report: number): void {
    // Overtaken by a later report of this process, which will be answered; or by nobody knows what: then once more.
    if (answer.kind === 'superseded' && report !== this.#report - 1) return
    this.worldAt = Math.max(this.worldAt, answer.worldAt)
    this.#isReported = false
    const first = this.#first()
    // One at a time: what the first one does is done before the next one that is due at the same instant wakes.
    if (answer.kind === 'due' && first !== undefined && first.due <= this.worldAt) first.wake()
    this.#changed()
  }

  /** The time keeper has gone on without this process, or was restarted. */
  async #rejoin(): Promise<void> {
    this.worldAt = Math.max(this.worldAt, await this.#wire.join())
    this.#isReported = false
    this.#changed()
  }

  #first(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (best, one) => (best === undefined || one.due < best.due ? one : best),
      undefined,
    )
  }

  async #keepAlive(): Promise<void> {
    if (this.#hasLeft || this.#isReported) return
    await this.#wire.beat().catch(this.#onTrouble)
  }
}
