import { applicationPage } from './application.ts'
import type { Balancers, Outcome } from './balancers.ts'
import type { Dns } from './dns.ts'
import type { Kernel } from './kernel.ts'
import { single, type Metrics } from './metrics.ts'
import { SECOND, type Checker, type HealthCheck, type Micros } from './model.ts'
import { hash32 } from './random.ts'
import type { Table } from './store.ts'

/** The Regions that have checkers. */
export const CHECKER_REGIONS = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
] as const

/** Checkers per Region. */
const CHECKERS_PER_REGION = 2
/** An endpoint is healthy while more than this share of the checkers says so. */
const HEALTHY_SHARE = 0.18
const CONNECT_TIMEOUT: Micros = 4 * SECOND
const RESPONSE_TIMEOUT: Micros = 2 * SECOND

/** What a caller may set; the rest is the world's. */
export type HealthCheckConfig = Omit<HealthCheck, 'id' | 'version' | 'healthy' | 'changedAt' | 'tags'>

interface CheckEvent {
  readonly key: string
}

interface ResultEvent extends CheckEvent {
  readonly passed: boolean
  readonly reason: string
}

/** Health checks: uncoordinated checkers look at an endpoint, their votes make its status. */
export class HealthChecks {
  readonly checks: Table<HealthCheck>
  readonly checkers: Table<Checker>
  readonly #kernel: Kernel
  readonly #dns: Dns
  readonly #balancers: Balancers
  readonly #metrics: Metrics

  constructor(kernel: Kernel, dns: Dns, balancers: Balancers, metrics: Metrics) {
    this.#kernel = kernel
    this.#dns = dns
    this.#balancers = balancers
    this.#metrics = metrics
    this.checks = kernel.store.table('health-checks')
    this.checkers = kernel.store.table('checkers')
    kernel.on<CheckEvent>('hc.check', (event) => this.#check(event))
    kernel.on<ResultEvent>('hc.result', (event) => this.#result(event))
    kernel.on<{ id: string }>('hc.metric', (event) => this.#measure(event))
  }

  /** Creates a health check that starts healthy, with its checkers. */
  create(id: string, config: HealthCheckConfig, tags: Readonly<Record<string, string>>): HealthCheck {
    const now = this.#kernel.now()
    const check: HealthCheck = { ...config, id, version: 1, tags, healthy: !config.inverted, changedAt: now }
    this.checks.put(id, check)
    for (const region of config.regions)
      for (let index = 0; index < CHECKERS_PER_REGION; index += 1) this.#addChecker(check, region, index)
    this.#kernel.schedule(now - (now % (60 * SECOND)) + 60 * SECOND, 'hc.metric', { id })
    return check
  }

  /** Changes a health check; its version goes up by one. The caller has compared versions. */
  update(id: string, change: Partial<HealthCheckConfig>): HealthCheck {
    const check = this.checks.get(id)
    if (check === undefined) throw new Error(`unknown health check ${id}`)
    const after = this.checks.put(id, { ...check, ...change, version: check.version + 1 })
    this.#vote(after, 'configuration changed')
    return this.checks.get(id) ?? after
  }

  /** Removes a health check with its checkers. */
  delete(id: string): void {
    this.checks.delete(id)
    for (const [key, checker] of this.checkers.entries())
      if (checker.healthCheckId === id) this.checkers.delete(key)
  }

  /** The checkers of a health check. */
  checkersOf(id: string): Checker[] {
    return [...this.checkers.values()].filter((checker) => checker.healthCheckId === id)
  }

  #addChecker(check: HealthCheck, region: string, index: number): void {
    const key = `${check.id}|${region}-${index}`
    const host = hash32(7, key)
    this.checkers.put(key, {
      healthCheckId: check.id,
      region,
      index,
      address: `192.0.2.${1 + (host % 254)}`,
      healthy: true,
      against: 0,
      lastCheckedAt: null,
      lastReason: 'Success: HTTP Status Code 200, OK',
    })
    const phase = check.requestIntervalSeconds * this.#kernel.draw(`hc-phase:${key}`)
    this.#kernel.after(Math.round(phase * SECOND), 'hc.check', { key })
  }

  #check({ key }: CheckEvent): void {
    const checker = this.checkers.get(key)
    const check = checker && this.checks.get(checker.healthCheckId)
    if (checker === undefined || check === undefined) return
    this.#kernel.after(check.requestIntervalSeconds * SECOND, 'hc.check', { key })
    const address = this.#addressOf(check, checker)
    const seen: Outcome = address
      ? this.#balancers.request(address, check.port, this.#kernel.now())
      : { kind: 'black-hole' }
    const { passed, reason, after } = judge(check, seen, this.#pageBehind(check, seen))
    if (after === 0) this.#result({ key, passed, reason })
    else this.#kernel.after(after, 'hc.result', { key, passed, reason } satisfies ResultEvent)
  }

  #pageBehind(check: HealthCheck, seen: Outcome): string {
    const id = check.searchString !== null && seen.kind === 'answer' ? seen.instanceId : null
    const instance = id === null ? undefined : this.#balancers.instance(id)
    return instance ? applicationPage(instance, check.resourcePath ?? '/', this.#kernel.now()) : ''
  }

  #addressOf(check: HealthCheck, checker: Checker): string | undefined {
    if (check.ipAddress !== null) return check.ipAddress
    if (check.fullyQualifiedDomainName === null) return undefined
    const { records } = this.#dns.answer(0, check.fullyQualifiedDomainName, 'A')
    const addresses = records.filter((record) => record.type === 'A')
    return addresses[hash32(3, checker.address) % Math.max(1, addresses.length)]?.data
  }

  #result({ key, passed, reason }: ResultEvent): void {
    const checker = this.checkers.get(key)
    const check = checker && this.checks.get(checker.healthCheckId)
    if (checker === undefined || check === undefined) return
    const against = passed === checker.healthy ? 0 : checker.against + 1
    const flips = against >= check.failureThreshold
    const after: Checker = {
      ...checker,
      healthy: flips ? passed : checker.healthy,
      against: flips ? 0 : against,
      lastReason: reason,
      lastCheckedAt: this.#kernel.now(),
    }
    this.checkers.put(key, after)
    if (flips) this.#vote(check, reason)
  }

  #vote(check: HealthCheck, cause: string): void {
    const checkers = this.checkersOf(check.id)
    const share = checkers.filter((checker) => checker.healthy).length / Math.max(1, checkers.length)
    const endpoint = check.disabled || share > HEALTHY_SHARE
    const healthy = endpoint !== check.inverted
    if (healthy === check.healthy) return
    this.checks.put(check.id, { ...check, healthy, changedAt: this.#kernel.now() })
    const word = (value: boolean): string => (value ? 'healthy' : 'unhealthy')
    this.#kernel.transition(`health-check:${check.id}`, word(check.healthy), word(healthy), cause)
    this.#dns.publishHealth(check.id, healthy)
  }

  #measure({ id }: { id: string }): void {
    const check = this.checks.get(id)
    if (check === undefined) return
    this.#kernel.after(60 * SECOND, 'hc.metric', { id })
    const checkers = this.checkersOf(id)
    const percent =
      (100 * checkers.filter((checker) => checker.healthy).length) / Math.max(1, checkers.length)
    const at = this.#kernel.now() - 60 * SECOND
    const point = (name: string, value: number): Parameters<Metrics['publish']>[0][number] => ({
      metric: { region: 'us-east-1', namespace: 'AWS/Route53', name, dimensions: { HealthCheckId: id } },
      unit: 'None',
      resolution: 60,
      points: [{ at, ...single(value) }],
    })
    this.#metrics.publish(
      [point('HealthCheckStatus', check.healthy ? 1 : 0), point('HealthCheckPercentageHealthy', percent)],
      this.#metrics.serviceDelay(),
    )
  }
}

/** How a checker sees an outcome, and how long after its start it knows. */
const judge = (
  check: HealthCheck,
  seen: Outcome,
  page: string,
): { readonly passed: boolean; readonly reason: string; readonly after: Micros } => {
  switch (seen.kind) {
    case 'black-hole':
      return {
        passed: false,
        reason: 'Failure: Connection timed out. The endpoint or the internet connection is down.',
        after: CONNECT_TIMEOUT,
      }
    case 'refused':
      return { passed: false, reason: 'Failure: Connection refused.', after: 0 }
    case 'answer':
      if (check.type === 'TCP')
        return { passed: true, reason: 'Success: TCP connection established', after: 0 }
      if (seen.after > RESPONSE_TIMEOUT)
        return { passed: false, reason: 'Failure: Resource timed out.', after: RESPONSE_TIMEOUT }
      if (check.searchString !== null && seen.status === 200 && !page.includes(check.searchString))
        return { passed: false, reason: 'Failure: The response did not contain the string.', after: 0 }
      return {
        passed: seen.status >= 200 && seen.status < 400,
        reason:
          seen.status === 200
            ? 'Success: HTTP Status Code 200, OK'
            : `Failure: HTTP Status Code ${seen.status}`,
        after: 0,
      }
    default:
      return seen satisfies never
  }
}
