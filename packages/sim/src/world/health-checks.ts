import { applicationPage } from './application.ts'
import type { Balancers } from './balancers.ts'
import type { Outcome } from './fates.ts'
import type { Dns } from './dns.ts'
import { judge, streamState, verdictOn } from './health-verdicts.ts'
import type { Kernel } from './kernel.ts'
import { single, type Metrics } from './metrics.ts'
import type { Alarm } from './alarm-model.ts'
import { SECOND, type Checker, type HealthCheck, type Micros } from './model.ts'
import type { Places } from './places.ts'
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
/** How often a check on a metric looks at its data. */
const STREAM_EVERY: Micros = 15 * SECOND

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
  readonly #places: Places
  readonly #alarms: Table<Alarm>

  constructor(
    kernel: Kernel,
    world: { readonly dns: Dns; readonly balancers: Balancers; readonly metrics: Metrics },
    places: Places,
  ) {
    this.#kernel = kernel
    this.#dns = world.dns
    this.#balancers = world.balancers
    this.#metrics = world.metrics
    this.#places = places
    this.checks = kernel.store.table('health-checks')
    this.checkers = kernel.store.table('checkers')
    this.#alarms = kernel.store.table('alarms')
    kernel.on<CheckEvent>('hc.check', (event) => this.#check(event))
    kernel.on<ResultEvent>('hc.result', (event) => this.#result(event))
    kernel.on<{ id: string }>('hc.metric', (event) => this.#measure(event))
    kernel.on<{ id: string }>('hc.stream', (event) => this.#watch(event))
    places.onChange(({ region, isDown }) => this.#hearRegion(region, isDown))
  }

  /** Creates a health check that starts healthy (unhealthy if it is inverted), with its checkers. */
  create(id: string, config: HealthCheckConfig, tags: Readonly<Record<string, string>>): HealthCheck {
    const now = this.#kernel.now()
    const check: HealthCheck = { ...config, id, version: 1, tags, healthy: !config.inverted, changedAt: now }
    this.checks.put(id, check)
    this.#staffCheckers(check)
    if (!check.healthy) this.#dns.publishHealth(id, false)
    this.#kernel.schedule(now - (now % (60 * SECOND)) + 60 * SECOND, 'hc.metric', { id })
    if (check.stream !== undefined) this.#kernel.after(0, 'hc.stream', { id })
    if (check.children !== undefined) this.#vote(check, 'created')
    return this.checks.get(id) ?? check
  }

  /** Changes a health check; its version goes up by one. The caller has compared versions. */
  update(id: string, change: Partial<HealthCheckConfig>): HealthCheck {
    const check = this.checks.get(id)
    if (check === undefined) throw new Error(`unknown health check ${id}`)
    const after = this.checks.put(id, { ...check, ...change, version: check.version + 1 })
    this.#staffCheckers(after)
    this.#vote(after, 'configuration changed')
    return this.checks.get(id) ?? after
  }

  /** Removes a health check with its checkers; records that still name it count as healthy from then on. */
  delete(id: string): void {
    this.checks.delete(id)
    for (const [key, checker] of this.checkers.entries())
      if (checker.healthCheckId === id) this.checkers.delete(key)
    this.#dns.publishHealth(id, true)
    this.#followChild(id, 'child deleted')
  }

  /** The checkers of a health check. */
  checkersOf(id: string): Checker[] {
    return [...this.checkers.values()].filter((checker) => checker.healthCheckId === id)
  }

  /** Checkers that report: those in a Region that is down have fallen silent, and nobody counts them. */
  #reporting(id: string): Checker[] {
    return this.checkersOf(id).filter(({ region }) => !this.#places.isRegionDown(region))
  }

  #hearRegion(region: string, isDown: boolean): void {
    const cause = `checkers in ${region} ${isDown ? 'fell silent' : 'report again'}`
    for (const check of this.checks.values()) if (check.regions.includes(region)) this.#vote(check, cause)
  }

  /** As many checkers in each of the check's Regions as there are to be, and none elsewhere. */
  #staffCheckers(check: HealthCheck): void {
    for (const checker of this.checkersOf(check.id))
      if (!check.regions.includes(checker.region))
        this.checkers.delete(`${check.id}|${checker.region}-${checker.index}`)
    for (const region of check.regions)
      for (let index = 0; index < CHECKERS_PER_REGION; index += 1)
        if (this.checkers.get(`${check.id}|${region}-${index}`) === undefined)
          this.#addChecker(check, region, index)
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
    if (this.#places.isRegionDown(checker.region)) return
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
    const evidence = {
      checkers: this.#reporting(check.id),
      statusOf: (id: string) => this.checks.get(id)?.healthy,
    }
    const healthy = (check.disabled || verdictOn(check, evidence)) !== check.inverted
    if (healthy === check.healthy) return
    this.checks.put(check.id, { ...check, healthy, changedAt: this.#kernel.now() })
    const word = (value: boolean): string => (value ? 'healthy' : 'unhealthy')
    this.#kernel.transition(`health-check:${check.id}`, word(check.healthy), word(healthy), cause)
    this.#dns.publishHealth(check.id, healthy)
    this.#followChild(check.id, `child ${check.id} changed`)
  }

  #followChild(id: string, cause: string): void {
    for (const parent of this.checks.values())
      if (parent.children?.ids.includes(id)) this.#vote(parent, cause)
  }

  #watch({ id }: { id: string }): void {
    const check = this.checks.get(id)
    if (check?.stream === undefined) return
    this.#kernel.after(STREAM_EVERY, 'hc.stream', { id })
    const alarm = this.#alarms.get(check.stream.alarmArn)
    const state =
      alarm === undefined
        ? 'INSUFFICIENT_DATA'
        : streamState(this.#metrics, alarm, this.#kernel.now(), check.stream.state)
    if (state === check.stream.state) return
    const after = this.checks.put(id, { ...check, stream: { ...check.stream, state } })
    this.#vote(after, `data of the alarm: ${state}`)
  }

  #measure({ id }: { id: string }): void {
    const check = this.checks.get(id)
    if (check === undefined) return
    this.#kernel.after(60 * SECOND, 'hc.metric', { id })
    const at = this.#kernel.now() - 60 * SECOND
    const point = (name: string, value: number): Parameters<Metrics['publish']>[0][number] => ({
      metric: { region: 'us-east-1', namespace: 'AWS/Route53', name, dimensions: { HealthCheckId: id } },
      unit: 'None',
      resolution: 60,
      points: [{ at, ...single(value) }],
    })
    const status = point('HealthCheckStatus', check.healthy ? 1 : 0)
    this.#metrics.publish(
      [status, ...this.#details(check).map(({ name, value }) => point(name, value))],
      this.#metrics.serviceDelay(),
    )
  }

  /** The metric beside the status: what the checkers or the children say. */
  #details({
    id,
    children,
    stream,
  }: HealthCheck): readonly { readonly name: string; readonly value: number }[] {
    if (stream !== undefined) return []
    if (children !== undefined) {
      const value = children.ids.filter((child) => this.checks.get(child)?.healthy).length
      return [{ name: 'ChildHealthCheckHealthyCount', value }]
    }
    const checkers = this.#reporting(id)
    const healthy = checkers.filter((checker) => checker.healthy).length
    return [{ name: 'HealthCheckPercentageHealthy', value: (100 * healthy) / Math.max(1, checkers.length) }]
  }
}
