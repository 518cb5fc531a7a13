import { ROUTING_SLOT, type Balancers } from './balancers.ts'
import type { Certificates } from './certificates.ts'
import type { Outcome } from './fates.ts'
import type { Kernel } from './kernel.ts'
import type { BalancerMetrics } from './balancer-metrics.ts'
import { single, type Metrics, type Publication } from './metrics.ts'
import {
  SECOND,
  type KeptConnections,
  type Micros,
  type Population,
  type Service,
  type Vantage,
} from './model.ts'
import { vantageOwner, type CacheOwner, type Resolvers } from './resolvers.ts'
import type { Log, Table } from './store.ts'

/** Where the service's own availability metric goes. */
export interface AvailabilityMetric {
  readonly region: string
  readonly namespace: string
  readonly name: string
  readonly service: string
  readonly dimension: string
  readonly periodSeconds: number
}

/** What users met in the current period of the availability metric. */
interface Tally {
  readonly good: number
  readonly total: number
}

/** A connection that a cohort keeps open. */
interface Connection {
  readonly address: string
  readonly closesAt: Micros
}

/** From `at` on this share of a population's requests succeeded. */
interface SuccessEntry {
  readonly at: Micros
  readonly population: string
  readonly share: number
}

/** A stretch of time [from, to) in which the same share of a population's requests succeeded. */
export interface SuccessInterval {
  readonly from: Micros
  readonly to: Micros
  readonly share: number
}

/** What one second of requests has come to so far. */
interface Second {
  readonly tallies: Map<string, Tally>
  readonly offered: Map<string, number>
}

/** Users: they resolve through caches of their own, meet what is at the address, and leave metrics behind. */
export class Populations {
  readonly populations: Table<Population>
  readonly services: Table<Service>
  readonly availability: Table<AvailabilityMetric>
  readonly #tallies: Table<Tally>
  readonly #connections: Table<Connection>
  readonly #success: Log<SuccessEntry>
  readonly #latestSuccess = new Map<string, number>()
  readonly #kernel: Kernel
  readonly #resolvers: Resolvers
  readonly #balancers: Balancers
  readonly #certificates: Certificates
  readonly #balancerMetrics: BalancerMetrics
  readonly #metrics: Metrics

  constructor(
    kernel: Kernel,
    world: {
      readonly resolvers: Resolvers
      readonly balancers: Balancers
      readonly certificates: Certificates
      readonly balancerMetrics: BalancerMetrics
      readonly metrics: Metrics
    },
  ) {
    this.#kernel = kernel
    this.#resolvers = world.resolvers
    this.#balancers = world.balancers
    this.#certificates = world.certificates
    this.#balancerMetrics = world.balancerMetrics
    this.#metrics = world.metrics
    this.populations = kernel.store.table('populations')
    this.services = kernel.store.table('services')
    this.availability = kernel.store.table('availability-metrics')
    this.#tallies = kernel.store.table('availability-tallies')
    this.#connections = kernel.store.table('connections')
    this.#success = kernel.store.log('population-success')
    for (const { population, share } of this.#success.all()) this.#latestSuccess.set(population, share)
    kernel.on('population.tick', () => this.#tick())
    kernel.on<{ key: string }>('availability.close', ({ key }) => this.#closeAvailability(key))
  }

  /** Starts the periodic work of a new world. */
  begin(): void {
    const now = this.#kernel.now()
    this.#kernel.schedule(now, 'population.tick', null)
    this.#balancerMetrics.begin()
    for (const [key, { periodSeconds }] of this.availability.entries()) {
      const period = periodSeconds * SECOND
      this.#kernel.schedule(now - (now % period) + period, 'availability.close', { key })
    }
  }

  /** What a population met within [from, to) and not beyond now, second by second. Null for an unknown name. */
  success(population: string, from: Micros, to: Micros): SuccessInterval[] | null {
    if (this.populations.get(population) === undefined) return null
    const entries = this.#success.all().filter((entry) => entry.population === population)
    const end = Math.min(to, this.#kernel.now())
    return entries.flatMap(({ at, share }, index) => {
      const begins = Math.max(from, at)
      const ends = Math.min(end, entries[index + 1]?.at ?? end)
      return begins < ends ? [{ from: begins, to: ends, share }] : []
    })
  }

  /** One second of everybody's requests. */
  #tick(): void {
    this.#kernel.after(SECOND, 'population.tick', null)
    const second: Second = { tallies: new Map(this.#tallies.entries()), offered: new Map() }
    for (const population of this.populations.values()) {
      const service = this.services.get(population.service)
      const vantage = this.#resolvers.vantages.get(population.vantage)
      if (service === undefined || vantage === undefined) continue
      // The vantage's resolver is theirs too, so they keep its cache as warm as it would be.
      this.#resolvers.addresses(vantageOwner(vantage), service.name)
      const before = second.tallies.get(service.name) ?? NOTHING
      for (const [address, requests] of this.#destinations(population, service, vantage))
        this.#requests(second, { service, retries: population.retries ?? 0, address, requests })
      this.#noteSuccess(population.name, before, second.tallies.get(service.name) ?? NOTHING)
    }
    for (const [service, tally] of second.tallies) this.#tallies.put(service, tally)
    for (const [arn, perSecond] of second.offered) this.#balancers.offer(arn, perSecond)
  }

  /** Where a population's requests of one second go; undefined for those that have no address. */
  #destinations(
    population: Population,
    service: Service,
    vantage: Vantage,
  ): ReadonlyMap<string | undefined, number> {
    const found = new Map<string | undefined, number>()
    const add = (address: string | undefined, requests: number): void => {
      if (requests > 0) found.set(address, (found.get(address) ?? 0) + requests)
    }
    const { keptConnections } = population
    const owners = cohortOwners(population, vantage)
    const requests = population.requestsPerSecond / owners.length
    const kept = keptConnections && isKept(keptConnections, requests) ? keptConnections : null
    const overKept = kept === null ? 0 : requests * kept.share
    owners.forEach((owner, cohort) => {
      const resolve = (): string | undefined => this.#reachable(owner, service)
      if (kept !== null)
        add(this.#connected(`${population.name}/${cohort}`, kept, service, resolve), overKept)
      if (overKept < requests) add(resolve(), requests - overKept)
    })
    return found
  }

  /** The first address of the answer that can be connected to, as browsers find it; the first if none can be. */
  #reachable(owner: CacheOwner, service: Service): string | undefined {
    const addresses = this.#resolvers.addresses(owner, service.name)
    return addresses.length > 1
      ? (addresses.find((address) => this.#answers(address, service)) ?? addresses[0])
      : addresses[0]
  }

  #answers(address: string, { port }: Service): boolean {
    return this.#balancers.fates(address, port).some(({ kind }) => kind === 'answer')
  }

  /** Where TLS is spoken users look at the certificate, and send nothing if it does not hold. */
  #isTrusted(address: string, { name, port }: Service): boolean {
    const arn = this.#balancers.certificateArnAt(address, port)
    return arn === null || this.#certificates.satisfies(arn, name)
  }

  /** Where a kept connection leads. It is opened where DNS points at that moment, and survives anything DNS says later. */
  #connected(
    key: string,
    kept: KeptConnections,
    service: Service,
    resolve: () => string | undefined,
  ): string | undefined {
    const now = this.#kernel.now()
    const known = this.#connections.get(key)
    if (known !== undefined && known.closesAt > now && this.#answers(known.address, service))
      return known.address
    const address = resolve()
    if (address === undefined) {
      this.#connections.delete(key)
      return undefined
    }
    // The first connection of a new world has been open for some time already.
    const share = known === undefined ? this.#kernel.draw(`connection:${key}`) : 1
    const closesAt = now + Math.round(Math.max(0.02, share) * kept.recycleSeconds * SECOND)
    this.#connections.put(key, { address, closesAt })
    return address
  }

  #requests(
    second: Second,
    one: {
      readonly service: Service
      readonly retries: number
      readonly address: string | undefined
      readonly requests: number
    },
  ): void {
    const { service, retries, address, requests } = one
    const fates =
      address && this.#isTrusted(address, service) ? this.#balancers.fates(address, service.port) : [NOBODY]
    const offset = Math.floor(this.#kernel.now() / ROUTING_SLOT)
    const met = Array.from({ length: SLOTS }, (_, slot) => fates[(offset + slot) % fates.length] ?? NOBODY)
    const failing = met.filter((fate) => !isGood(fate)).length / SLOTS
    // Each try fails as the first one may; a request is good when one of its tries is.
    let tries = 1
    for (let retry = 1; retry <= retries; retry += 1) tries += failing ** retry
    const saved = failing < 1 && retries > 0 ? (failing - failing ** (retries + 1)) / (1 - failing) : 0
    for (const fate of met) {
      const part = requests / SLOTS
      const tally = second.tallies.get(service.name) ?? NOTHING
      const good = isGood(fate) ? part * (1 + saved) : 0
      second.tallies.set(service.name, { good: tally.good + good, total: tally.total + part })
      this.#balancerMetrics.count(fate, part * tries)
      if (fate.kind === 'answer' && fate.loadBalancerArn !== null)
        second.offered.set(
          fate.loadBalancerArn,
          (second.offered.get(fate.loadBalancerArn) ?? 0) + part * tries,
        )
    }
  }

  #noteSuccess(population: string, before: Tally, after: Tally): void {
    const total = after.total - before.total
    if (total <= 0) return
    const share = Math.round((1e4 * (after.good - before.good)) / total) / 1e4
    if (this.#latestSuccess.get(population) === share) return
    this.#latestSuccess.set(population, share)
    this.#success.append({ at: this.#kernel.now(), population, share })
  }

  #closeAvailability(key: string): void {
    const metric = this.availability.get(key)
    if (metric === undefined) return
    const period = metric.periodSeconds * SECOND
    this.#kernel.after(period, 'availability.close', { key })
    const tally = this.#tallies.get(metric.service)
    this.#tallies.delete(metric.service)
    if (tally === undefined || tally.total === 0) return
    const { region, namespace, name } = metric
    const percent = Math.round((1e6 * tally.good) / tally.total) / 1e4
    const publication: Publication = {
      metric: { region, namespace, name, dimensions: { Service: metric.dimension } },
      unit: 'Percent',
      resolution: 1,
      points: [{ at: this.#kernel.now() - period, ...single(percent) }],
    }
    this.#metrics.publish([publication], this.#metrics.customDelay(1))
  }
}

const SLOTS = SECOND / ROUTING_SLOT
const NOBODY: Outcome = { kind: 'black-hole' }
const NOTHING: Tally = { good: 0, total: 0 }

const isGood = (fate: Outcome): boolean => fate.kind === 'answer' && fate.status < 400

/** Whether requests come often enough for the other side to keep the connection. */
const isKept = ({ share, idleSeconds }: KeptConnections, requestsPerSecond: number): boolean =>
  share > 0 && requestsPerSecond * share * idleSeconds >= 1

/** Populations and vantages are replaced, never edited. */
const owners = new WeakMap<Population, { readonly vantage: Vantage; readonly list: readonly CacheOwner[] }>()

/** The resolvers of a population's cohorts. */
const cohortOwners = (population: Population, vantage: Vantage): readonly CacheOwner[] => {
  const known = owners.get(population)
  if (known?.vantage === vantage) return known.list
  const { nameServer, region } = vantage
  const list = population.cohortStretch.map((stretch, cohort) => ({
    id: `population/${population.name}/${cohort}`,
    nameServer,
    region,
    stretch,
    startsWarm: true,
  }))
  owners.set(population, { vantage, list })
  return list
}
