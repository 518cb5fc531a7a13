import { createServer, type Server } from 'node:http'
import {
  LockstepClock,
  ManualClock,
  platformNow,
  RATE_MAX,
  ScaledClock,
  type WorldClock,
} from './control/clock.ts'
import { ControlServer } from './control/control-server.ts'
import { DirectoryLock } from './control/directory-lock.ts'
import { Driver } from './control/driver.ts'
import { LockstepRoutes } from './control/lockstep-routes.ts'
import { StateDirectory, StateError, type StateIdentity } from './control/state-directory.ts'
import { TimeKeeper } from './control/time-keeper.ts'
import { Traffic } from './control/traffic.ts'
import { restoreSnapshot, snapshotText, writeSnapshot } from './control/world-snapshot.ts'
import { WorldEvents } from './control/world-events.ts'
import { DnsServer } from './data/dns-server.ts'
import { Authority } from './data/tls/authority.ts'
import { Gateway } from './data/gateway.ts'
import { listenTcp } from './data/listen.ts'
import { createAwsHandler } from './wire/aws-server.ts'
import type { KeyPair } from './wire/credentials.ts'
import type { Micros } from './world/model.ts'
import { vantageOwner } from './world/resolvers.ts'
import { Store } from './world/store.ts'
import { World } from './world/world.ts'
import { plantWorld } from './worlds/genesis.ts'
import { loadWorld } from './worlds/load-world.ts'

/** World seconds that a kill may skip, per unit of rate: the clock resumes past whatever anybody can have seen. */
const CLOCK_RESERVE: Micros = 500_000
const MINUTE: Micros = 60_000_000
/** A new world has been running this long when it is handed over: metrics exist, alarms have their state, caches differ. */
const WARM_UP: Micros = 10 * MINUTE

/** How world time moves. */
export type Rate = number | 'manual' | 'lockstep'

/** How a simulator is started. Ports default to 0, which takes any free one. */
export interface SimulatorOptions {
  /** The name of a world that comes along, or a path. */
  readonly world?: string
  /** Where the state is kept; without it the world lives in memory only. */
  readonly stateDirectory?: string
  /** Forget the state and begin a new world. */
  readonly fresh?: boolean
  readonly seed?: number
  /** A snapshot file to go on from; a state directory must then be new or fresh. */
  readonly restoreFrom?: string
  /** Where an orderly close leaves a snapshot. */
  readonly snapshotTo?: string
  /**
   * World seconds per second, 1 to 30; `manual` stands still until `advance` is called, `lockstep` goes by the processes
   * that have joined on the control port.
   */
  readonly rate?: Rate
  /** The instant a new world begins, floored to the minute; default now. */
  readonly startAt?: Micros
  readonly awsPort?: number
  /** The authoritative server's port; the recursive resolvers take the ports after it. */
  readonly dnsPort?: number
  readonly gatewayPort?: number
  readonly controlPort?: number
  /** The account's own pair of keys; default that of every simulator. */
  readonly keys?: KeyPair
  /** Whether AWS's own request throttling applies; default true. */
  readonly throttling?: boolean
}

/** Where a running simulator is reached. */
export interface SimulatorEndpoints {
  readonly aws: string
  readonly dns: {
    readonly recursive: readonly { readonly vantage: string; readonly address: string }[]
    readonly authoritative: string
  }
  readonly gateway: string
  readonly control: string
}

/** A running simulator in this process. */
export interface Simulator {
  readonly endpoints: SimulatorEndpoints
  readonly world: World
  /** Moves a manual clock on, in microseconds, running everything that falls due. */
  advance(by: Micros): void
  /** Writes the state and gives every port up. Safe to call twice. */
  close(): Promise<void>
  /** Resolves when it has closed, whoever asked. */
  readonly closed: Promise<void>
}

/** Starts a simulator. Rejects with a message fit for people: bad world file, state in use, port in use. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const rate = options.rate ?? 1
  if (typeof rate === 'number' && !(rate >= 1 && rate <= RATE_MAX))
    throw new RangeError(`The rate must be from 1 to ${RATE_MAX}; ${rate} is not.`)
  const lock = options.stateDirectory ? await DirectoryLock.take(options.stateDirectory) : null
  try {
    const host = new Host(options, rate, lock)
    return await host.open().catch(async (error: unknown) => {
      await host.close()
      throw error
    })
  } catch (error) {
    await lock?.release()
    throw error
  }
}

class Host {
  readonly #options: SimulatorOptions
  readonly #world: World
  readonly #clock: WorldClock
  readonly #driver: Driver | null
  readonly #traffic: Traffic
  readonly #keeper: TimeKeeper | null
  readonly #state: StateDirectory | null
  readonly #lock: DirectoryLock | null
  readonly #store = new Store()
  readonly #identity: StateIdentity
  readonly #closers: (() => Promise<void>)[] = []
  readonly #closed = Promise.withResolvers<void>()
  readonly #reserve: Micros
  #reservedUntil: Micros = 0
  #closing = false

  constructor(options: SimulatorOptions, rate: Rate, lock: DirectoryLock | null) {
    this.#options = options
    this.#lock = lock
    const file = loadWorld(options.world ?? 'warm-standby')
    const seed = options.seed ?? 1
    const identity = { world: file.metadata.name, seed }
    this.#state = options.stateDirectory
      ? new StateDirectory(options.stateDirectory, identity, { fresh: options.fresh ?? false })
      : null
    this.#identity = identity
    const keptAt = this.#state?.load(this.#store) ?? null
    if (keptAt !== null && options.restoreFrom !== undefined)
      throw new StateError('The --state directory holds a world already. Add --fresh to restore over it.')
    const restored = options.restoreFrom && restoreSnapshot(options.restoreFrom, this.#store, identity)
    const resumeAt = keptAt ?? (restored || null)
    const begin = options.startAt ?? platformNow()
    const instant = resumeAt ?? begin - (begin % MINUTE)
    this.#clock = clockOf(rate, instant)
    this.#reserve = typeof rate === 'number' ? CLOCK_RESERVE * rate : 0
    this.#world = new World({
      account: file.spec.account,
      store: this.#store,
      seed,
      instant: resumeAt ?? instant - WARM_UP,
      clock: () => this.#reachedByClock(),
    })
    this.#world.persist = () => this.#persist()
    if (resumeAt === null) {
      plantWorld(this.#world, file)
      this.#world.kernel.advanceTo(instant)
    }
    this.#driver = typeof rate === 'number' ? new Driver(this.#world, this.#clock, rate) : null
    this.#traffic = new Traffic(this.#world.kernel)
    this.#keeper =
      this.#clock instanceof LockstepClock ? new TimeKeeper(this.#world, this.#clock, this.#traffic) : null
  }

  async open(): Promise<Simulator> {
    const { awsPort = 0, dnsPort = 0, gatewayPort = 0, controlPort = 0 } = this.#options
    // Before the clock moves: it registers handlers of events that may already be pending.
    const events = new WorldEvents(this.#world)
    const aws = await this.#openAws(awsPort)
    this.#world.commit()
    const dns = await this.#openDns(dnsPort)
    const authority = new Authority(this.#options.stateDirectory ?? null)
    const gateway = new Gateway(this.#world, this.#traffic, authority)
    this.#closers.push(() => gateway.close())
    const gatewayAt = await gateway.listen(gatewayPort)
    const control = new ControlServer(this.#world, {
      clock: this.#clock,
      events,
      lockstep: this.#keeper && new LockstepRoutes(this.#keeper, () => this.#clock.now()),
      authorityPem: () => authority.pem,
      snapshot: () => this.#snapshot(),
      shutdown: () => void this.close(),
    })
    this.#closers.push(() => control.close())
    const controlAt = await control.listen(controlPort)
    this.#driver?.start()
    return {
      world: this.#world,
      endpoints: { aws, dns, gateway: url(gatewayAt), control: url(controlAt) },
      advance: (by) => this.#advance(by),
      close: () => this.close(),
      closed: this.#closed.promise,
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return this.#closed.promise
    this.#closing = true
    this.#driver?.stop()
    this.#keeper?.close()
    await Promise.all(this.#closers.map((close) => close()))
    this.#world.sync()
    if (this.#options.snapshotTo !== undefined) writeSnapshot(this.#options.snapshotTo, this.#snapshot())
    // Closed in good order, the world goes on from this very instant.
    this.#state?.append(this.#store, this.#world.now())
    this.#state?.close()
    await this.#lock?.release()
    this.#closed.resolve()
  }

  #snapshot(): string {
    this.#world.commit()
    return snapshotText(this.#store, this.#identity, this.#world.now())
  }

  async #openAws(port: number): Promise<string> {
    const { throttling = true, keys } = this.#options
    const { listener } = createAwsHandler(this.#world, { throttling, ...(keys && { keys }) })
    const server = createServer((request, response) =>
      this.#traffic.handle(request, response, () => listener(request, response)),
    )
    // Longer than any client keeps a connection idle, so that none is closed under a request that is on its way.
    server.keepAliveTimeout = 120_000
    this.#closers.push(() => closeHttp(server))
    return url(await listenTcp(server, port, 'AWS'))
  }

  async #openDns(port: number): Promise<SimulatorEndpoints['dns']> {
    const world = this.#world
    const authority = new DnsServer('authoritative', (name, type) => {
      world.sync()
      return world.dns.answer(0, name, type)
    })
    this.#closers.push(() => authority.close())
    const authoritative = `127.0.0.1:${await authority.listen(port)}`
    const recursive: { vantage: string; address: string }[] = []
    for (const vantage of world.resolvers.vantages.values()) {
      const owner = vantageOwner(vantage)
      const resolver = new DnsServer('recursive', (name, type) => {
        world.sync()
        return world.resolvers.lookup(owner, name, type)
      })
      this.#closers.push(() => resolver.close())
      const bound = await resolver.listen(port === 0 ? 0 : port + 1 + recursive.length)
      recursive.push({ vantage: vantage.name, address: `127.0.0.1:${bound}` })
    }
    return { recursive, authoritative }
  }

  #advance(by: Micros): void {
    if (!(this.#clock instanceof ManualClock))
      throw new Error('Only a manual clock can be advanced; this one runs by itself.')
    this.#clock.advance(by)
    this.#world.sync()
    this.#world.commit()
  }

  /** No instant is given out that a restart could fall back behind. */
  #reachedByClock(): Micros {
    const now = this.#clock.now()
    if (this.#state && now > this.#reservedUntil) this.#persist()
    return now
  }

  #persist(): void {
    if (this.#state === null) {
      this.#store.takeChanges()
      return
    }
    this.#reservedUntil = this.#clock.now() + this.#reserve
    this.#state.append(this.#store, this.#reservedUntil)
  }
}

const clockOf = (rate: Rate, instant: Micros): WorldClock => {
  if (rate === 'manual') return new ManualClock(instant)
  return rate === 'lockstep' ? new LockstepClock(instant) : new ScaledClock(rate, instant)
}

const url = (port: number): string => `http://127.0.0.1:${port}`

const closeHttp = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
