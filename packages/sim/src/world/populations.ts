import { ROUTING_SLOT, type Balancers, type Outcome } from './balancers.ts'
import type { Kernel } from './kernel.ts'
import { combine, single, type Metrics, type Publication, type StatisticSet } from './metrics.ts'
import { SECOND, type Micros, type Population, type Service, type Vantage } from './model.ts'
import { vantageOwner, type CacheOwner, type Resolvers } from './resolvers.ts'
import type { Table } from './store.ts'

const MINUTE: Micros = 60 * SECOND

/** Target counts are looked at this often; a minute's metric has the least and the most of them. */
const HOST_SAMPLE_EVERY: Micros = 10 * SECOND

/** Where the service's own availability metric goes. */
export interface AvailabilityMetric {
  readonly region: string
  readonly namespace: string
  readonly name: string
  readonly service: string
  readonly dimension: string
  readonly periodSeconds: number
}

/** What a balancer counted in the current minute. */
interface BalancerMinute {
  readonly requests: number
  readonly balancerErrors: number
  readonly served: number
}

/** What a target group's counts were so far in the current minute. */
interface HostMinute {
  readonly healthy: StatisticSet
  readonly unhealthy: StatisticSet
}

/** What users met in the current period of the availability metric. */
interface Tally {
  readonly good: number
  readonly total: number
}

/** Users: they resolve through caches of their own, meet what is at the address, and leave metrics behind. */
export class Populations {
  readonly populations: Table<Population>
  readonly services: Table<Service>
  readonly availability: Table<AvailabilityMetric>
  readonly #minutes: Table<BalancerMinute>
  readonly #hosts: Table<HostMinute>
  readonly #tallies: Table<Tally>
  readonly #kernel: Kernel
  readonly #resolvers: Resolvers
  readonly #balancers: Balancers
  readonly #metrics: Metrics

  constructor(kernel: Kernel, resolvers: Resolvers, balancers: Balancers, metrics: Metrics) {
    this.#kernel = kernel
    this.#resolvers = resolvers
    this.#balancers = balancers
    this.#metrics = metrics
    this.populations = kernel.store.table('populations')
    this.services = kernel.store.table('services')
    this.availability = kernel.store.table('availability-metrics')
    this.#minutes = kernel.store.table('balancer-minutes')
    this.#hosts = kernel.store.table('host-minutes')
    this.#tallies = kernel.store.table('availability-tallies')
    kernel.on('population.tick', () => this.#tick())
    kernel.on('balancer.sample', () => this.#sampleHosts())
    kernel.on('balancer.minute', () => this.#minute())
    kernel.on<{ key: string }>('availability.close', ({ key }) => this.#closeAvailability(key))
  }

  /** Starts the periodic work of a new world. */
  begin(): void {
    const now = this.#kernel.now()
    this.#kernel.schedule(now, 'population.tick', null)
    this.#kernel.schedule(now, 'balancer.sample', null)
    this.#kernel.schedule(now - (now % MINUTE) + MINUTE, 'balancer.minute', null)
    for (const [key, { periodSeconds }] of this.availability.entries()) {
      const period = periodSeconds * SECOND
      this.#kernel.schedule(now - (now % period) + period, 'availability.close', { key })
    }
  }

  /** One second of everybody's requests. */
  #tick(): void {
    this.#kernel.after(SECOND, 'population.tick', null)
    for (const population of this.populations.values()) {
      const service = this.services.get(population.service)
      const vantage = this.#resolvers.vantages.get(population.vantage)
      if (service === undefined || vantage === undefined) continue
      // The vantage's resolver is theirs too, so they keep its cache as warm as it would be.
      this.#resolvers.lookup(vantageOwner(vantage), service.name, 'A')
      const share = population.requestsPerSecond / population.cohortStretch.length
      population.cohortStretch.forEach((stretch, cohort) => {
        this.#requests(service, cohortOwner(population, vantage, cohort, stretch), share)
      })
    }
  }

  #requests(service: Service, owner: CacheOwner, requests: number): void {
    const { records } = this.#resolvers.lookup(owner, service.name, 'A')
    const address = records.find((record) => record.type === 'A')?.data
    const fates: readonly Outcome[] = address
      ? this.#balancers.fates(address, service.port)
      : [{ kind: 'black-hole' }]
    const offset = Math.floor(this.#kernel.now() / ROUTING_SLOT)
    const slots = SECOND / ROUTING_SLOT
    for (let slot = 0; slot < slots; slot += 1) {
      const fate = fates[(offset + slot) % fates.length] ?? { kind: 'black-hole' }
      this.#count(service.name, fate, requests / slots)
    }
  }

  #count(service: string, fate: Outcome, requests: number): void {
    const good = fate.kind === 'answer' && fate.status < 400
    const tally = this.#tallies.get(service) ?? { good: 0, total: 0 }
    this.#tallies.put(service, { good: tally.good + (good ? requests : 0), total: tally.total + requests })
    if (fate.kind !== 'answer' || fate.loadBalancerArn === null) return
    const minute = this.#minutes.get(fate.loadBalancerArn) ?? { requests: 0, balancerErrors: 0, served: 0 }
    this.#minutes.put(fate.loadBalancerArn, {
      requests: minute.requests + requests,
      balancerErrors: minute.balancerErrors + (good ? 0 : requests),
      served: minute.served + (good ? requests : 0),
    })
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

  #minute(): void {
    this.#kernel.after(MINUTE, 'balancer.minute', null)
    const at = this.#kernel.now() - MINUTE
    for (const balancer of this.#balancers.loadBalancers.values()) {
      const LoadBalancer = balancer.arn.slice(balancer.arn.indexOf('loadbalancer/') + 13)
      const publications = this.#balancerPoints(balancer.arn, balancer.region, LoadBalancer, at)
      for (const { targetGroupArn } of balancer.listeners)
        publications.push(...this.#hostPoints(targetGroupArn, balancer.region, LoadBalancer, at))
      this.#metrics.publish(publications, this.#metrics.serviceDelay())
    }
  }

  /** Traffic metrics exist only when there was traffic, error counts only when there were errors. */
  #balancerPoints(arn: string, region: string, LoadBalancer: string, at: Micros): Publication[] {
    const minute = this.#minutes.get(arn)
    this.#minutes.delete(arn)
    if (minute === undefined) return []
    const of = (name: string, unit: string, sum: number, count: number, value: number): Publication => ({
      metric: { region, namespace: 'AWS/ApplicationELB', name, dimensions: { LoadBalancer } },
      unit,
      resolution: 60,
      points: [{ at, sum, count, min: value, max: value }],
    })
    const requests = Math.round(minute.requests)
    const errors = Math.round(minute.balancerErrors)
    const served = Math.round(minute.served)
    const found = [of('RequestCount', 'Count', requests, requests, 1)]
    if (errors > 0) found.push(of('HTTPCode_ELB_5XX_Count', 'Count', errors, errors, 1))
    if (served > 0) found.push(of('TargetResponseTime', 'Seconds', served * 0.004, served, 0.004))
    if (served > 0) found.push(of('HTTPCode_Target_2XX_Count', 'Count', served, served, 1))
    return found
  }

  #sampleHosts(): void {
    this.#kernel.after(HOST_SAMPLE_EVERY, 'balancer.sample', null)
    for (const { arn } of this.#balancers.targetGroups.values()) {
      const targets = this.#balancers.targetsOf(arn)
      const count = (state: string): StatisticSet =>
        single(targets.filter((target) => target.state === state).length)
      const known = this.#hosts.get(arn)
      this.#hosts.put(arn, {
        healthy: known ? combine(known.healthy, count('healthy')) : count('healthy'),
        unhealthy: known ? combine(known.unhealthy, count('unhealthy')) : count('unhealthy'),
      })
    }
  }

  #hostPoints(targetGroupArn: string, region: string, LoadBalancer: string, at: Micros): Publication[] {
    const TargetGroup = targetGroupArn.slice(targetGroupArn.indexOf('targetgroup/'))
    const minute = this.#hosts.get(targetGroupArn)
    this.#hosts.delete(targetGroupArn)
    if (minute === undefined) return []
    return [
      ['HealthyHostCount', minute.healthy] as const,
      ['UnHealthyHostCount', minute.unhealthy] as const,
    ].map(([name, set]) => ({
      metric: { region, namespace: 'AWS/ApplicationELB', name, dimensions: { LoadBalancer, TargetGroup } },
      unit: 'Count',
      resolution: 60,
      points: [{ at, ...set }],
    }))
  }
}

const cohortOwner = (
  population: Population,
  vantage: Vantage,
  cohort: number,
  stretch: number,
): CacheOwner => ({
  id: `population/${population.name}/${cohort}`,
  nameServer: vantage.nameServer,
  stretch,
  startsWarm: true,
})
