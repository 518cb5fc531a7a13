import { Adversity } from './adversity.ts'
import { Alarms } from './alarms.ts'
import { BalancerMetrics } from './balancer-metrics.ts'
import { Balancers } from './balancers.ts'
import { Certificates } from './certificates.ts'
import { CallLog } from './call-log.ts'
import { CompositeAlarms } from './composite-alarms.ts'
import { Compute } from './compute.ts'
import { Dns } from './dns.ts'
import { Groups } from './groups.ts'
import { HealthChecks } from './health-checks.ts'
import { Impairments } from './impairments.ts'
import { Kernel, type Slice } from './kernel.ts'
import { Metrics } from './metrics.ts'
import type { Micros } from './model.ts'
import { Networks } from './networks.ts'
import { Places } from './places.ts'
import { Populations } from './populations.ts'
import { PrivateZones } from './private-zones.ts'
import { ReplicationMetrics } from './replication-metrics.ts'
import { Resolvers } from './resolvers.ts'
import type { Store } from './store.ts'
import { Stores } from './stores.ts'
import { Truth } from './truth.ts'
import { ZonalShifts } from './zonal-shifts.ts'

/** What a world is built from; `clock` tells the instant it should have reached. */
export interface WorldOptions {
  readonly account: string
  readonly store: Store
  readonly seed: number
  readonly instant: Micros
  readonly clock: () => Micros
}

/**
 * One graph, shared by every service: a change made through one facet is seen by all others in world time. Handlers of
 * requests call `sync` first, then read and change synchronously, then `commit` before they answer.
 */
export class World {
  readonly account: string
  readonly kernel: Kernel
  readonly networks: Networks
  readonly impairments: Impairments
  readonly places: Places
  readonly compute: Compute
  readonly zonalShifts: ZonalShifts
  readonly balancers: Balancers
  readonly certificates: Certificates
  readonly groups: Groups
  readonly dns: Dns
  readonly privateZones: PrivateZones
  readonly resolvers: Resolvers
  readonly healthChecks: HealthChecks
  readonly metrics: Metrics
  readonly alarms: Alarms
  readonly compositeAlarms: CompositeAlarms
  readonly populations: Populations
  readonly stores: Stores
  readonly replicationMetrics: ReplicationMetrics
  readonly truth: Truth
  readonly calls: CallLog
  readonly adversity: Adversity
  /** Set by the owner of the disk; makes every change so far survive a kill of the process. */
  persist: () => void = () => {}

  constructor(options: WorldOptions) {
    const kernel = new Kernel(options)
    this.account = options.account
    this.kernel = kernel
    this.networks = new Networks(kernel)
    this.impairments = new Impairments(kernel)
    this.places = new Places(kernel, this.networks)
    this.compute = new Compute(kernel, this.networks, this.places)
    this.zonalShifts = new ZonalShifts(kernel)
    this.balancers = new Balancers(kernel, this)
    this.certificates = new Certificates(kernel)
    this.groups = new Groups(kernel, this)
    this.metrics = new Metrics(kernel)
    this.dns = new Dns(kernel, this.balancers)
    this.privateZones = new PrivateZones(kernel, this)
    this.resolvers = new Resolvers(kernel, this.dns)
    this.healthChecks = new HealthChecks(kernel, this, this.places)
    const balancerMetrics = new BalancerMetrics(kernel, this.balancers, this.metrics)
    const { resolvers, balancers, certificates, metrics } = this
    this.populations = new Populations(kernel, {
      resolvers,
      balancers,
      certificates,
      balancerMetrics,
      metrics,
    })
    this.alarms = new Alarms(kernel, this.metrics, options.account)
    this.compositeAlarms = new CompositeAlarms(kernel, this.alarms)
    this.stores = new Stores(kernel, this.compute, this.places)
    this.replicationMetrics = new ReplicationMetrics(kernel, this.stores, this.metrics)
    this.truth = new Truth(kernel, this.resolvers, this.balancers, this.certificates)
    this.calls = new CallLog(kernel)
    this.adversity = new Adversity(kernel)
  }

  /** The instant the world has reached; constant until the next `sync`. */
  now(): Micros {
    return this.kernel.now()
  }

  /** Catches up with the clock; the first thing a request handler does. */
  sync(): Micros {
    return this.kernel.sync()
  }

  /** Makes every change so far durable; the last thing a handler of a mutating call does before it answers. */
  commit(): void {
    this.kernel.settle()
    this.persist()
  }

  /** A named piece of a service's own state, kept with the world. */
  slice<T>(name: string, initial: T): Slice<T> {
    return this.kernel.slice(name, initial)
  }

  /** Has an event happen in the world; its handler is registered with `on` at every start. */
  schedule(at: Micros, kind: string, data: unknown): string {
    return this.kernel.schedule(at, kind, data)
  }

  /** Registers the handler of a kind of event, such as `fis.action-ends`, and returns what schedules it. */
  on<T>(kind: string, handler: (data: T) => void): (at: Micros, data: T) => string {
    return this.kernel.on(kind, handler)
  }
}
