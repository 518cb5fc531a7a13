import type { Balancers } from './balancers.ts'
import type { Compute } from './compute.ts'
import type { Kernel } from './kernel.ts'
import type { Group, Instance } from './model.ts'

interface ReplaceEvent {
  readonly groupKey: string
  readonly instanceId: string
}

/** Table key of a group. */
export const groupKey = (group: Pick<Group, 'region' | 'name'>): string => `${group.region}|${group.name}`

/**
 * Auto Scaling: a group that replaces notices within 30–90 s that one of its instances is not running, terminates it
 * and launches another in the same zone, which takes part once it is up and healthy.
 */
export class Groups {
  readonly #kernel: Kernel
  readonly #compute: Compute
  readonly #balancers: Balancers

  constructor(kernel: Kernel, compute: Compute, balancers: Balancers) {
    this.#kernel = kernel
    this.#compute = compute
    this.#balancers = balancers
    kernel.on<ReplaceEvent>('group.replace', (event) => this.#replace(event))
    compute.onChange((before, after) => this.#notice(before, after))
  }

  #notice(before: Instance, after: Instance): void {
    if (before.state !== 'running' || after.state === 'running' || after.group === null) return
    const key = groupKey({ region: after.region, name: after.group })
    if (!this.#compute.groups.get(key)?.replaces) return
    const delay = this.#kernel.drawSeconds(`replace:${after.id}`, 30, 90)
    this.#kernel.after(delay, 'group.replace', { groupKey: key, instanceId: after.id } satisfies ReplaceEvent)
  }

  #replace({ groupKey: key, instanceId }: ReplaceEvent): void {
    const group = this.#compute.groups.get(key)
    const lost = this.#compute.instances.get(instanceId)
    if (group === undefined || lost === undefined || !group.replaces) return
    if (lost.state === 'running' || lost.state === 'pending') return
    this.#compute.terminate([instanceId], 'replaced by its group')
    const members = this.#compute
      .inRegion(group.region)
      .filter(({ group: name, state }) => name === group.name && (state === 'running' || state === 'pending'))
    if (members.length >= group.desiredCapacity) return
    const launched = this.#compute.launchLike(lost, 'launched by its group')
    for (const arn of group.targetGroupArns) {
      this.#balancers.deregister(arn, instanceId, 'replaced by its group')
      this.#balancers.register(arn, launched.id, 'launched by its group')
    }
    this.#kernel.transition(`group:${key}`, instanceId, launched.id, 'an instance was not running')
  }
}
