import { targetKey, type Balancers } from './balancers.ts'
import { groupKey, type Compute } from './compute.ts'
import type { Impairments } from './impairments.ts'
import type { Kernel } from './kernel.ts'
import { SECOND, type Group, type Instance } from './model.ts'
import type { Places } from './places.ts'

interface ReplaceEvent {
  readonly groupKey: string
  readonly instanceId: string
}

interface ScaleEvent {
  readonly groupKey: string
}

/** How long a group that is out of balance waits between one step back and the next. */
const REBALANCE_EVERY = 60 * SECOND

/**
 * Auto Scaling. A group that replaces notices within 30–90 s that one of its instances is not running, terminates it
 * and launches another in the same zone, which takes part once it is up and healthy. It also follows its desired
 * capacity; one that does not replace has these processes suspended. Where it had to launch in another zone it moves back,
 * one instance at a time and a new one first, once the zone has capacity again.
 */
export class Groups {
  readonly #kernel: Kernel
  readonly #compute: Compute
  readonly #balancers: Balancers
  readonly #impairments: Impairments
  readonly #places: Places

  constructor(
    kernel: Kernel,
    world: {
      readonly compute: Compute
      readonly balancers: Balancers
      readonly impairments: Impairments
      readonly places: Places
    },
  ) {
    this.#kernel = kernel
    this.#compute = world.compute
    this.#balancers = world.balancers
    this.#places = world.places
    this.#impairments = world.impairments
    kernel.on<ReplaceEvent>('group.replace', (event) => this.#replace(event))
    kernel.on<ScaleEvent>('group.scale', (event) => this.#scale(event))
    kernel.on<ScaleEvent>('group.rebalance', (event) => this.#rebalance(event))
    world.compute.onChange((before, after) => this.#notice(before, after))
  }

  /**
   * Sets how many instances a group wants; it starts to follow within 5–15 s. The caller has checked the bounds. A group
   * with its processes suspended keeps the number and does nothing.
   */
  setDesiredCapacity(key: string, desiredCapacity: number, cause: string): void {
    const group = this.#compute.groups.get(key)
    if (group === undefined) throw new Error(`unknown group ${key}`)
    if (group.desiredCapacity === desiredCapacity) return
    this.#compute.groups.put(key, { ...group, desiredCapacity })
    this.#kernel.transition(
      `group:${key}:desired`,
      String(group.desiredCapacity),
      String(desiredCapacity),
      cause,
    )
    if (!group.replaces) return
    const delay = this.#kernel.drawSeconds(`scale:${key}`, 5, 15)
    this.#kernel.after(delay, 'group.scale', { groupKey: key } satisfies ScaleEvent)
  }

  #notice(before: Instance, after: Instance): void {
    const isDark = before.hostUp && !after.hostUp && this.#places.isZoneDown(after.az)
    if (before.state !== 'running' || (after.state === 'running' && !isDark) || after.group === null) return
    const key = groupKey({ region: after.region, name: after.group })
    if (!this.#compute.groups.get(key)?.replaces) return
    const delay = this.#kernel.drawSeconds(`replace:${after.id}`, 30, 90)
    this.#kernel.after(delay, 'group.replace', { groupKey: key, instanceId: after.id } satisfies ReplaceEvent)
  }

  #replace({ groupKey: key, instanceId }: ReplaceEvent): void {
    const group = this.#compute.groups.get(key)
    const lost = this.#compute.instances.get(instanceId)
    if (group === undefined || lost === undefined || !group.replaces) return
    const isServing = lost.state === 'running' || lost.state === 'pending'
    if (isServing && !this.#places.isZoneDown(lost.az)) return
    this.#compute.terminate([instanceId], 'replaced by its group')
    this.#deregister(group, instanceId, 'replaced by its group')
    if (this.#members(group).length >= group.desiredCapacity) return
    const launched = this.#launch(group, lost.az)
    this.#kernel.transition(`group:${key}`, instanceId, launched?.id ?? 'none', 'an instance was not running')
  }

  #scale({ groupKey: key }: ScaleEvent): void {
    const group = this.#compute.groups.get(key)
    if (group === undefined) return
    const members = this.#members(group)
    const names: string[] = []
    for (let count = members.length; count < group.desiredCapacity; count += 1) {
      const launched = this.#launch(group, null)
      if (launched === null) break
      names.push(launched.id)
    }
    if (names.length === 0 && members.length <= group.desiredCapacity) return
    // The newest go first; that is the order in which they were put into the table, from the end.
    const surplus = members.slice(group.desiredCapacity).map(({ id }) => id)
    for (const id of surplus) this.#deregister(group, id, 'the group shrinks')
    this.#compute.terminate(surplus, 'the group shrinks')
    const change = names.length > 0 ? `launched ${names.join(' ')}` : `terminated ${surplus.join(' ')}`
    this.#kernel.transition(`group:${key}`, String(members.length), change, 'desired capacity changed')
  }

  /** Launches where there is capacity, best in the zone asked for; null if there is none, then it is tried again. */
  #launch(group: Group, preferred: string | null): Instance | null {
    const byNeed = this.#zonesByNeed(group)
    const [wanted = group.region] = preferred === null ? byNeed : [preferred]
    const az = [wanted, ...byNeed.filter((other) => other !== wanted)].find(
      (zone) =>
        !this.#places.isZoneDown(zone) && !this.#impairments.refusesGroup(group.region, group.name, zone),
    )
    if (az === undefined) {
      const key = groupKey(group)
      this.#kernel.transition(`group:${key}:launch`, wanted, 'InsufficientInstanceCapacity', 'no capacity')
      this.#kernel.after(this.#kernel.drawSeconds(`retry:${key}`, 30, 60), 'group.scale', {
        groupKey: key,
      } satisfies ScaleEvent)
      return null
    }
    if (az !== wanted) this.#rebalanceLater(groupKey(group))
    const launched = this.#compute.launch(group, az, 'launched by its group')
    for (const arn of group.targetGroupArns)
      this.#balancers.register(arn, launched.id, 'launched by its group')
    return launched
  }

  #rebalanceLater(key: string): void {
    this.#kernel.after(REBALANCE_EVERY, 'group.rebalance', { groupKey: key } satisfies ScaleEvent)
  }

  #rebalance({ groupKey: key }: ScaleEvent): void {
    const group = this.#compute.groups.get(key)
    if (group === undefined || !group.replaces) return
    const members = this.#members(group)
    const zones = this.#zonesByNeed(group)
    const [needy = group.region, crowded = needy] = [zones[0], zones.at(-1)]
    const inZone = (az: string): Instance[] => members.filter((member) => member.az === az)
    if (members.length > group.desiredCapacity) {
      const [oldest] = inZone(crowded)
      if (oldest !== undefined && members.every((member) => this.#isServing(group, member))) {
        this.#deregister(group, oldest.id, 'the group balances its zones')
        this.#compute.terminate([oldest.id], 'the group balances its zones')
      }
      return this.#rebalanceLater(key)
    }
    if (inZone(crowded).length - inZone(needy).length < 2) return
    const hasCapacity =
      !this.#places.isZoneDown(needy) && !this.#impairments.refusesGroup(group.region, group.name, needy)
    if (hasCapacity) this.#launch(group, needy)
    this.#rebalanceLater(key)
  }

  #isServing({ targetGroupArns }: Group, { id, appUp }: Instance): boolean {
    const { targets } = this.#balancers
    return appUp && targetGroupArns.every((arn) => targets.get(targetKey(arn, id))?.state === 'healthy')
  }

  #deregister(group: Group, instanceId: string, cause: string): void {
    for (const arn of group.targetGroupArns) this.#balancers.deregister(arn, instanceId, cause)
  }

  #members(group: Group): Instance[] {
    return [...this.#compute.instances.values()].filter(
      ({ region, group: name, state }) =>
        region === group.region && name === group.name && (state === 'running' || state === 'pending'),
    )
  }

  /** The zones of a group, those with the fewest members first. */
  #zonesByNeed(group: Group): string[] {
    const members = this.#members(group)
    const count = (az: string): number => members.filter((member) => member.az === az).length
    return [...group.azs].sort((a, b) => count(a) - count(b))
  }
}
