import type { Balancers } from './balancers.ts'
import type { Outcome } from './fates.ts'
import type { Kernel } from './kernel.ts'
import { combine, single, type Metrics, type Publication, type StatisticSet } from './metrics.ts'
import { SECOND, type Micros } from './model.ts'
import type { Table } from './store.ts'

const MINUTE: Micros = 60 * SECOND

/** Target counts are looked at this often; a minute's metric has the least and the most of them. */
const HOST_SAMPLE_EVERY: Micros = 10 * SECOND

/** What a balancer counted in the current minute. */
interface BalancerMinute {
  readonly requests: number
  readonly balancerErrors: number
  readonly served: number
  /** Answers of 5xx that targets gave themselves; absent for none. */
  readonly targetErrors?: number
}

/** What a target group's counts were so far in the current minute. */
interface HostMinute {
  readonly healthy: StatisticSet
  readonly unhealthy: StatisticSet
}

/** What balancers publish about themselves every minute. */
export class BalancerMetrics {
  readonly #minutes: Table<BalancerMinute>
  readonly #hosts: Table<HostMinute>
  readonly #kernel: Kernel
  readonly #balancers: Balancers
  readonly #metrics: Metrics

  constructor(kernel: Kernel, balancers: Balancers, metrics: Metrics) {
    this.#kernel = kernel
    this.#balancers = balancers
    this.#metrics = metrics
    this.#minutes = kernel.store.table('balancer-minutes')
    this.#hosts = kernel.store.table('host-minutes')
    kernel.on('balancer.sample', () => this.#sampleHosts())
    kernel.on('balancer.minute', () => this.#minute())
  }

  /** Starts the periodic work of a new world. */
  begin(): void {
    const now = this.#kernel.now()
    this.#kernel.schedule(now, 'balancer.sample', null)
    this.#kernel.schedule(now - (now % MINUTE) + MINUTE, 'balancer.minute', null)
  }

  /** Counts requests that met a balancer. */
  count(fate: Outcome, requests: number): void {
    if (fate.kind !== 'answer' || fate.loadBalancerArn === null) return
    const good = fate.status < 400
    const byTarget = fate.status === 503 && fate.instanceId !== null
    const minute = this.#minutes.get(fate.loadBalancerArn) ?? { requests: 0, balancerErrors: 0, served: 0 }
    this.#minutes.put(fate.loadBalancerArn, {
      requests: minute.requests + requests,
      balancerErrors: minute.balancerErrors + (good || byTarget ? 0 : requests),
      served: minute.served + (good ? requests : 0),
      ...(byTarget ? { targetErrors: (minute.targetErrors ?? 0) + requests } : {}),
    })
  }

  #minute(): void {
    this.#kernel.after(MINUTE, 'balancer.minute', null)
    const at = this.#kernel.now() - MINUTE
    for (const balancer of this.#balancers.loadBalancers.values()) {
      const LoadBalancer = balancer.arn.slice(balancer.arn.indexOf('loadbalancer/') + 13)
      const publications = this.#balancerPoints(balancer.arn, balancer.region, LoadBalancer, at)
      for (const targetGroupArn of new Set(balancer.listeners.map((listener) => listener.targetGroupArn)))
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
    const targetErrors = Math.round(minute.targetErrors ?? 0)
    const found = [of('RequestCount', 'Count', requests, requests, 1)]
    if (errors > 0) found.push(of('HTTPCode_ELB_5XX_Count', 'Count', errors, errors, 1))
    if (targetErrors > 0) found.push(of('HTTPCode_Target_5XX_Count', 'Count', targetErrors, targetErrors, 1))
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
