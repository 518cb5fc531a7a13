import { BalancerNodes } from './balancer-nodes.ts'
import type { Compute } from './compute.ts'
import { Fates, targetsIn, type Outcome } from './fates.ts'
import type { Impairments } from './impairments.ts'
import type { Kernel } from './kernel.ts'
import {
  SECOND,
  type Instance,
  type LoadBalancer,
  type Micros,
  type Target,
  type TargetGroup,
} from './model.ts'
import { Overload } from './overload.ts'
import type { Places } from './places.ts'
import type { Table } from './store.ts'
import type { ZonalShifts } from './zonal-shifts.ts'

/** How long a balancer works with one target before it takes the next: a request's fate depends on its instant only. */
export const ROUTING_SLOT: Micros = 250_000

/** The deregistration delay that target groups have unless it is changed. */
const DEREGISTRATION_DELAY: Micros = 300 * SECOND

interface CheckEvent {
  readonly key: string
}

interface ResultEvent extends CheckEvent {
  readonly passed: boolean
  readonly reason: string
}

/** Table key of a target. */
export const targetKey = (targetGroupArn: string, instanceId: string): string =>
  `${targetGroupArn}|${instanceId}`

/** Load balancers, their targets' health, and what a request to any address of the world meets. */
export class Balancers {
  readonly loadBalancers: Table<LoadBalancer>
  readonly targetGroups: Table<TargetGroup>
  readonly targets: Table<Target>
  readonly #kernel: Kernel
  readonly #compute: Compute
  readonly #overload: Overload
  readonly #fates: Fates
  readonly #certificateArns = new Map<number, ReadonlyMap<string, string>>()
  #certificatesAsOf = -1
  /** Which addresses are in the balancers' own names. */
  readonly nodes: BalancerNodes

  constructor(
    kernel: Kernel,
    world: {
      readonly compute: Compute
      readonly impairments: Impairments
      readonly places: Places
      readonly zonalShifts: ZonalShifts
    },
  ) {
    const { compute, impairments, places, zonalShifts } = world
    this.#kernel = kernel
    this.#compute = compute
    this.loadBalancers = kernel.store.table('load-balancers')
    this.targetGroups = kernel.store.table('target-groups')
    this.targets = kernel.store.table('targets')
    this.nodes = new BalancerNodes(kernel, { places, impairments, zonalShifts }, this.loadBalancers)
    this.#overload = new Overload(kernel)
    const { loadBalancers, targets } = this
    this.#fates = new Fates({
      loadBalancers,
      targets,
      compute,
      places,
      impairments,
      zonalShifts,
      overload: this.#overload,
    })
    kernel.on<CheckEvent>('lb.check', (event) => this.#check(event))
    kernel.on<ResultEvent>('lb.check-result', (event) => this.#result(event))
    kernel.on<CheckEvent>('lb.deregistered', ({ key }) => this.#drained(key))
    compute.onChange((before, after) => this.#follow(before, after))
  }

  /** Registers an instance; it is `initial` until its first passed check. */
  register(targetGroupArn: string, instanceId: string, cause: string): void {
    this.#enter(targetGroupArn, instanceId, 'initial', cause)
  }

  /** Registers an instance that has long been there and healthy. */
  plantTarget(targetGroupArn: string, instanceId: string): void {
    this.#enter(targetGroupArn, instanceId, 'healthy', 'planted')
  }

  #enter(targetGroupArn: string, instanceId: string, state: 'initial' | 'healthy', cause: string): void {
    const group = this.targetGroups.get(targetGroupArn)
    const instance = this.#compute.instances.get(instanceId)
    if (group === undefined || instance === undefined) throw new Error('unknown target group or instance')
    const key = targetKey(targetGroupArn, instanceId)
    const isNew = this.targets.get(key) === undefined
    const initial = state === 'initial'
    this.#put(
      {
        targetGroupArn,
        instanceId,
        port: group.port,
        az: instance.az,
        state,
        reason: initial ? 'Elb.InitialHealthChecking' : null,
        description: initial ? 'Initial health checks in progress' : null,
        streak: initial ? 0 : group.healthCheck.healthyThreshold,
        changedAt: this.#kernel.now(),
      },
      cause,
    )
    if (isNew)
      this.#scheduleCheck(key, group.healthCheck.intervalSeconds * this.#kernel.draw(`lb-phase:${key}`))
  }

  /** Takes an instance out; it drains for five minutes, unless it is stopped and has nothing to finish. */
  deregister(targetGroupArn: string, instanceId: string, cause: string): void {
    const key = targetKey(targetGroupArn, instanceId)
    const target = this.targets.get(key)
    if (target === undefined || target.state === 'draining') return
    if (target.state === 'unused') {
      this.targets.delete(key)
      this.#kernel.transition(`target:${key}`, 'unused', 'none', cause)
      return
    }
    this.#set(
      target,
      'draining',
      'Target.DeregistrationInProgress',
      'Target deregistration is in progress',
      cause,
    )
    this.#kernel.after(DEREGISTRATION_DELAY, 'lb.deregistered', { key })
  }

  /** One that was registered again meanwhile stays. */
  #drained(key: string): void {
    const target = this.targets.get(key)
    if (target?.state !== 'draining') return
    if (this.#kernel.now() - target.changedAt < DEREGISTRATION_DELAY) return
    this.targets.delete(key)
    this.#kernel.transition(`target:${key}`, 'draining', 'none', 'drained')
  }

  /** Targets of a group, in order of id. */
  targetsOf(targetGroupArn: string): Target[] {
    return targetsIn(this.targets, targetGroupArn)
  }

  /** Whether a balancer, by its DNS name, has a healthy target behind it (alias `EvaluateTargetHealth`). */
  hasHealthyTarget(dnsName: string): boolean {
    const balancer = this.byDnsName(dnsName)
    return (
      balancer?.listeners.some((listener) =>
        this.targetsOf(listener.targetGroupArn).some((target) => target.state === 'healthy'),
      ) ?? false
    )
  }

  /** The balancer with this DNS name (trailing dot and `dualstack.` are ignored). */
  byDnsName(dnsName: string): LoadBalancer | undefined {
    const wanted = dnsName
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^dualstack\./, '')
    for (const balancer of this.loadBalancers.values())
      if (balancer.dnsName.toLowerCase() === wanted) return balancer
    return undefined
  }

  /** The instance behind an outcome. */
  instance(id: string): Instance | undefined {
    return this.#compute.instances.get(id)
  }

  /** What the listener at an address shows to those who speak TLS; null where it speaks plain HTTP, or is none. */
  certificateArnAt(address: string, port: number): string | null {
    // What is listened on changes with the balancers alone, and users ask every second.
    if (this.#certificatesAsOf !== this.loadBalancers.revision) this.#certificateArns.clear()
    this.#certificatesAsOf = this.loadBalancers.revision
    let onPort = this.#certificateArns.get(port)
    if (onPort === undefined) this.#certificateArns.set(port, (onPort = this.#certificatesOn(port)))
    return onPort.get(address) ?? null
  }

  #certificatesOn(port: number): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    for (const { nodes, listeners } of this.loadBalancers.values())
      for (const { certificateArn } of listeners.filter((listener) => listener.port === port))
        if (certificateArn !== undefined) for (const { address } of nodes) found.set(address, certificateArn)
    return found
  }

  /** What a request to the address meets when it starts at `at`, given the world as it is now. */
  request(address: string, port: number, at: Micros): Outcome {
    const fates = this.fates(address, port)
    return fates[Math.floor(at / ROUTING_SLOT) % fates.length] ?? { kind: 'black-hole' }
  }

  /** The outcomes that requests to an address meet in turn, one per routing slot; a single one when all are alike. */
  fates(address: string, port: number): readonly Outcome[] {
    return this.#fates.at(address, port)
  }

  /**
   * Tells how many requests per second a balancer's targets were offered. Where they can take fewer, the rest is turned
   * away, and so are as many of the health checks.
   */
  offer(loadBalancerArn: string, perSecond: number): void {
    const balancer = this.loadBalancers.get(loadBalancerArn)
    if (balancer === undefined || !this.#compute.hasLimits()) return
    this.#overload.offer(balancer, perSecond, this.#capacityOf(balancer))
  }

  /** What the targets in use can take; infinite unless their group says otherwise. */
  #capacityOf(balancer: LoadBalancer): number {
    const groups = new Set(balancer.listeners.map(({ targetGroupArn }) => targetGroupArn))
    const targets = [...groups].flatMap((arn) => this.targetsOf(arn))
    const inUse = targets.filter(({ state }) => state === 'healthy')
    const serving = (inUse.length > 0 ? inUse : targets).flatMap(({ instanceId }) => {
      const instance = this.#compute.instances.get(instanceId)
      return instance?.appUp ? [this.#compute.requestsPerSecondOf(instance)] : []
    })
    // With nothing up there is no load either: every request fails before it reaches an application.
    return serving.length === 0 ? Infinity : serving.reduce((sum, one) => sum + one, 0)
  }

  #scheduleCheck(key: string, inSeconds: number): void {
    this.#kernel.after(Math.round(inSeconds * SECOND), 'lb.check', { key })
  }

  #check({ key }: CheckEvent): void {
    const target = this.targets.get(key)
    const group = target && this.targetGroups.get(target.targetGroupArn)
    if (target === undefined || group === undefined) return
    this.#scheduleCheck(key, group.healthCheck.intervalSeconds)
    if (target.state === 'unused' || target.state === 'draining') return
    const instance = this.#fates.reachable(target.instanceId)
    const isOverloaded = instance?.appUp === true && this.#shedsNow(group.loadBalancerArns)
    const waits = isOverloaded || (instance?.appUp === true && this.#fates.isStalled(instance.id))
    if (instance?.appUp && this.#fates.isStarved(instance))
      return this.#result({ key, passed: false, reason: 'Target.ResponseCodeMismatch' })
    if (instance?.appUp && !waits) return this.#result({ key, passed: true, reason: '' })
    if (!waits && instance?.hostUp)
      return this.#result({ key, passed: false, reason: 'Target.FailedHealthChecks' })
    this.#kernel.after(group.healthCheck.timeoutSeconds * SECOND, 'lb.check-result', {
      key,
      passed: false,
      reason: 'Target.Timeout',
    } satisfies ResultEvent)
  }

  #shedsNow(loadBalancerArns: readonly string[]): boolean {
    const slot = Math.floor(this.#kernel.now() / ROUTING_SLOT)
    return loadBalancerArns.some((arn) => {
      const rounds = this.#overload.shedRounds(arn)
      return rounds !== null && rounds[slot % rounds.length] === true
    })
  }

  #result({ key, passed, reason }: ResultEvent): void {
    const target = this.targets.get(key)
    const check = target && this.targetGroups.get(target.targetGroupArn)?.healthCheck
    if (target === undefined || check === undefined) return
    if (target.state === 'unused' || target.state === 'draining') return
    const limit = passed ? check.healthyThreshold : -check.unhealthyThreshold
    const streak = passed
      ? Math.min(limit, Math.max(0, target.streak) + 1)
      : Math.max(limit, Math.min(0, target.streak) - 1)
    const counted = streak === target.streak ? target : { ...target, streak }
    const becomesHealthy =
      passed && target.state !== 'healthy' && (target.state === 'initial' || streak === limit)
    const becomesUnhealthy = !passed && target.state !== 'unhealthy' && streak === limit
    if (becomesHealthy) this.#set(counted, 'healthy', null, null, 'health checks passed')
    else if (becomesUnhealthy)
      this.#set(counted, 'unhealthy', reason, describe(reason), 'health checks failed')
    else if (counted !== target) this.targets.put(key, counted)
  }

  #follow(before: Instance, after: Instance): void {
    if (before.state === after.state) return
    for (const target of this.targets.values()) {
      if (target.instanceId !== after.id) continue
      if (after.state === 'stopped' && target.state !== 'draining')
        this.#set(
          target,
          'unused',
          'Target.InvalidState',
          'Target is in the stopped state',
          'instance stopped',
        )
      else if (after.state === 'terminated')
        this.targets.delete(targetKey(target.targetGroupArn, target.instanceId))
      else if (after.state === 'running' && target.state === 'unused')
        this.#set(
          target,
          'initial',
          'Elb.InitialHealthChecking',
          'Initial health checks in progress',
          'instance running',
        )
    }
  }

  #set(
    target: Target,
    state: Target['state'],
    reason: string | null,
    description: string | null,
    cause: string,
  ): void {
    const streak = state === 'initial' || state === 'unused' ? 0 : target.streak
    this.#put({ ...target, state, reason, description, streak, changedAt: this.#kernel.now() }, cause)
  }

  #put(target: Target, cause: string): void {
    const key = targetKey(target.targetGroupArn, target.instanceId)
    const before = this.targets.get(key)
    this.targets.put(key, target)
    this.#kernel.transition(`target:${key}`, before?.state ?? 'none', target.state, cause)
  }
}

const describe = (reason: string): string =>
  reason === 'Target.Timeout' ? 'Request timed out' : 'Health checks failed'
