import type { Compute } from './compute.ts'
import type { Impairments } from './impairments.ts'
import { SECOND, type Instance, type LoadBalancer, type Micros, type Target } from './model.ts'
import type { Overload } from './overload.ts'
import type { Places } from './places.ts'
import type { Table } from './store.ts'
import type { ZonalShifts } from './zonal-shifts.ts'

/** A balancer gives up on a target that does not accept the connection after this long, and answers 504. */
const TARGET_CONNECT_TIMEOUT: Micros = 10 * SECOND

/** A balancer waits this long for a target that took the request and says nothing, and answers 504. */
const TARGET_IDLE_TIMEOUT: Micros = 60 * SECOND

/** An overloaded application turns a request away only after this long. */
const SHED_AFTER: Micros = 2 * SECOND

/** An application that does not find what it needs says so after it has asked in vain. */
const STARVED_AFTER: Micros = SECOND / 2

/** The port on which instances serve the application. */
const APPLICATION_PORT = 80

/** What a request to an address meets. `after` is how much later the answer comes. */
export type Outcome =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly after: Micros
      readonly instanceId: string | null
      readonly loadBalancerArn: string | null
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'black-hole' }

/** The parts of a world on which the fate of a request depends, and nothing else does: not time, not chance. */
export interface FateSources {
  readonly loadBalancers: Table<LoadBalancer>
  readonly targets: Table<Target>
  readonly compute: Compute
  readonly places: Places
  readonly impairments: Impairments
  readonly zonalShifts: ZonalShifts
  readonly overload: Overload
}

/** What requests to any address of the world meet. What was found out is kept until one of its sources changes. */
export class Fates {
  readonly #from: FateSources
  readonly #known = new Map<number, Map<string, readonly Outcome[]>>()
  #revision = -1

  constructor(from: FateSources) {
    this.#from = from
  }

  /**
   * The outcomes that requests to an address meet in turn, one per routing slot; a single one when all are alike. The
   * same list is given until something changes, so that what follows from it can be kept beside it.
   */
  at(address: string, port: number): readonly Outcome[] {
    const { loadBalancers, targets, compute, places, impairments, zonalShifts, overload } = this.#from
    const revision =
      loadBalancers.revision +
      targets.revision +
      compute.instances.revision +
      places.revision +
      impairments.revision +
      zonalShifts.rows.revision +
      overload.revision
    if (revision !== this.#revision) this.#known.clear()
    this.#revision = revision
    let onPort = this.#known.get(port)
    if (onPort === undefined) this.#known.set(port, (onPort = new Map()))
    let found = onPort.get(address)
    if (found === undefined) onPort.set(address, (found = this.#find(address, port)))
    return found
  }

  #find(address: string, port: number): readonly Outcome[] {
    const { loadBalancers, places, impairments, compute } = this.#from
    for (const balancer of loadBalancers.values()) {
      const node = balancer.nodes.find((candidate) => candidate.address === address)
      if (node === undefined) continue
      const isCutOff = places.isZoneDown(node.az) || impairments.hidesFromUsers(node.subnetId)
      if (isCutOff) return [{ kind: 'black-hole' }]
      const listener = balancer.listeners.find((candidate) => candidate.port === port)
      // An address of a balancer drops what its security groups do not let in.
      if (listener === undefined) return [{ kind: 'black-hole' }]
      return this.#balanced(balancer, listener.targetGroupArn)
    }
    for (const instance of compute.instances.values())
      if (instance.publicIp === address)
        return [
          impairments.hidesFromUsers(instance.subnetId) || impairments.stallsDisk(instance.id)
            ? { kind: 'black-hole' }
            : direct(instance, port),
        ]
    return [{ kind: 'black-hole' }]
  }

  #balanced(balancer: LoadBalancer, targetGroupArn: string): readonly Outcome[] {
    const { impairments } = this.#from
    const all = targetsIn(this.#from.targets, targetGroupArn)
    const away = this.#from.zonalShifts.activeOf(balancer)?.az
    const elsewhere = all.filter(({ az }) => az !== away)
    const targets = elsewhere.length > 0 ? elsewhere : all
    const healthy = targets.filter((target) => target.state === 'healthy')
    // With nothing but unhealthy targets a balancer fails open: it tries them all.
    const candidates =
      healthy.length > 0
        ? healthy
        : targets.filter((target) => target.state === 'unhealthy' || target.state === 'initial')
    const loadBalancerArn = balancer.arn
    if (candidates.length === 0)
      return [{ kind: 'answer', status: 503, after: 0, instanceId: null, loadBalancerArn }]
    const outcomes = candidates.map(({ instanceId }): Outcome => {
      const instance = this.reachable(instanceId)
      if (instance?.appUp && impairments.stallsDisk(instanceId))
        return { kind: 'answer', status: 504, after: TARGET_IDLE_TIMEOUT, instanceId, loadBalancerArn }
      if (instance?.appUp && this.isStarved(instance))
        return { kind: 'answer', status: 500, after: STARVED_AFTER, instanceId, loadBalancerArn }
      if (instance?.appUp) return { kind: 'answer', status: 200, after: 4000, instanceId, loadBalancerArn }
      if (instance?.hostUp) return { kind: 'answer', status: 502, after: 1000, instanceId, loadBalancerArn }
      return { kind: 'answer', status: 504, after: TARGET_CONNECT_TIMEOUT, instanceId, loadBalancerArn }
    })
    const rounds = this.#from.overload.shedRounds(loadBalancerArn)
    if (rounds === null) return outcomes
    return rounds.flatMap((isShed) =>
      outcomes.map((outcome) =>
        isShed && outcome.kind === 'answer' && outcome.status === 200
          ? { ...outcome, status: 503, after: SHED_AFTER }
          : outcome,
      ),
    )
  }

  /** Whether a target takes requests and lets them wait, because its disk does not answer. */
  isStalled(instanceId: string): boolean {
    return this.#from.impairments.stallsDisk(instanceId)
  }

  /** Whether an application does not find a name that it needs, and answers every request with an error. */
  isStarved(instance: Instance): boolean {
    const { compute, impairments } = this.#from
    return impairments.losesName(instance.vpcId, compute.needsOf(instance))
  }

  /** A target's instance, unless its network keeps balancers out. */
  reachable(instanceId: string): Instance | undefined {
    const instance = this.#from.compute.instances.get(instanceId)
    return instance && !this.#from.impairments.hidesFromBalancers(instance.subnetId) ? instance : undefined
  }
}

/** Targets of a group, in order of id. */
export const targetsIn = (targets: Table<Target>, targetGroupArn: string): Target[] =>
  [...targets.values()]
    .filter((target) => target.targetGroupArn === targetGroupArn)
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))

const direct = (instance: Instance, port: number): Outcome => {
  if (instance.appUp && port === APPLICATION_PORT)
    return { kind: 'answer', status: 200, after: 3000, instanceId: instance.id, loadBalancerArn: null }
  return instance.hostUp ? { kind: 'refused' } : { kind: 'black-hole' }
}
