import { InstanceIndex } from './instance-index.ts'
import type { Kernel } from './kernel.ts'
import {
  SECOND,
  type Group,
  type Instance,
  type InstanceState,
  type LaunchTemplate,
  type Micros,
} from './model.ts'
import type { Networks } from './networks.ts'
import type { PlaceChange, Places } from './places.ts'
import type { Table } from './store.ts'

/** What a start, stop or terminate did: the pair the EC2 API answers with. */
export interface StateChange {
  readonly instanceId: string
  readonly previous: InstanceState
  readonly current: InstanceState
}

/** An instance cannot make the asked change from its state (`IncorrectInstanceState`). */
export interface WrongState {
  readonly wrongState: { readonly instanceId: string; readonly state: InstanceState }
}

type Step = 'app-down' | 'host-down' | 'stopped' | 'running' | 'app-up' | 'terminated' | 'forgotten'

interface StepEvent {
  readonly instanceId: string
  readonly step: Step
  /** The change this step belongs to; a later change makes older steps void. */
  readonly epoch: number
}

/** From `running` until the application answers, unless a launch template says otherwise. */
const BOOT_SECONDS: readonly [number, number] = [20, 40]

/** Table key of a group. */
export const groupKey = (group: Pick<Group, 'region' | 'name'>): string => `${group.region}|${group.name}`

/** Instances and their groups. All changes take world time; ids must exist (callers check, they own the error text). */
export class Compute {
  readonly instances: Table<Instance>
  readonly groups: Table<Group>
  readonly templates: Table<LaunchTemplate>
  readonly #kernel: Kernel
  readonly #networks: Networks
  readonly #places: Places
  readonly #epochs: Table<number>
  readonly #index: InstanceIndex
  readonly #listeners: ((before: Instance, after: Instance) => void)[] = []

  constructor(kernel: Kernel, networks: Networks, places: Places) {
    this.#kernel = kernel
    this.#networks = networks
    this.#places = places
    this.instances = kernel.store.table('instances')
    this.#index = new InstanceIndex(this.instances)
    this.groups = kernel.store.table('groups')
    this.templates = kernel.store.table('launch-templates')
    this.#epochs = kernel.store.table('instance-epochs')
    kernel.on<StepEvent>('instance.step', (event) => this.#step(event))
    places.onChange((change) => (change.isDown ? this.#powerLost(change) : this.#powerBack(change)))
  }

  /** Calls `listener` on every change of an instance's state, application or host. */
  onChange(listener: (before: Instance, after: Instance) => void): void {
    this.#listeners.push(listener)
  }

  /** Instances of a Region, in order of id. */
  inRegion(region: string): readonly Instance[] {
    return this.#index.inRegion(region)
  }

  /** Instances of a Region whose tag has one of the values exactly, in order of id. */
  withTag(region: string, key: string, values: readonly string[]): readonly Instance[] {
    return this.#index.withTag(region, key, values)
  }

  /** Stops running or pending instances (10–40 s); stopped and stopping ones are left alone, as by EC2. */
  stop(ids: readonly string[], cause: string): StateChange[] | WrongState {
    const wrong = this.#firstIn(ids, ['shutting-down', 'terminated'])
    if (wrong) return wrong
    return ids.map((id) => {
      const instance = this.#must(id)
      if (instance.state === 'stopping' || instance.state === 'stopped') return this.#unchanged(instance)
      this.#change(instance, { state: 'stopping', stateReason: userInitiated(this.#kernel) }, cause)
      const epoch = this.#newEpoch(id)
      const appDown = this.#kernel.drawSeconds(`stop-app:${id}`, 0.3, 2.5)
      const stopped = this.#kernel.drawSeconds(`stop:${id}`, 10, 40)
      this.#later(appDown, { instanceId: id, step: 'app-down', epoch })
      this.#later(appDown + SECOND, { instanceId: id, step: 'host-down', epoch })
      this.#later(stopped, { instanceId: id, step: 'stopped', epoch })
      return { instanceId: id, previous: instance.state, current: 'stopping' }
    })
  }

  /** Starts stopped instances (5–30 s to running, then 20–40 s until the application answers). */
  start(ids: readonly string[], cause: string): StateChange[] | WrongState {
    const wrong = this.#firstIn(ids, ['stopping', 'shutting-down', 'terminated'])
    if (wrong) return wrong
    return ids.map((id) => {
      const instance = this.#must(id)
      if (instance.state === 'running' || instance.state === 'pending') return this.#unchanged(instance)
      this.#change(instance, { state: 'pending', stateReason: null, launchedAt: this.#kernel.now() }, cause)
      const epoch = this.#newEpoch(id)
      const running = this.#kernel.drawSeconds(`start:${id}`, 5, 30)
      const boot = this.#bootTime(instance)
      this.#later(running, { instanceId: id, step: 'running', epoch })
      this.#later(running + boot, { instanceId: id, step: 'app-up', epoch })
      return { instanceId: id, previous: instance.state, current: 'pending' }
    })
  }

  /** Terminates instances for good; they stay visible for an hour. */
  terminate(ids: readonly string[], cause: string): StateChange[] {
    return ids.map((id) => {
      const instance = this.#must(id)
      if (instance.state === 'shutting-down' || instance.state === 'terminated')
        return this.#unchanged(instance)
      this.#change(instance, { state: 'shutting-down', stateReason: userInitiated(this.#kernel) }, cause)
      const epoch = this.#newEpoch(id)
      const gone = this.#kernel.drawSeconds(`terminate:${id}`, 10, 40)
      this.#later(SECOND, { instanceId: id, step: 'app-down', epoch })
      this.#later(2 * SECOND, { instanceId: id, step: 'host-down', epoch })
      this.#later(gone, { instanceId: id, step: 'terminated', epoch })
      return { instanceId: id, previous: instance.state, current: 'shutting-down' }
    })
  }

  /** Whether any group's instances can be asked for more than they can serve. */
  hasLimits(): boolean {
    for (const { requestsPerSecondMax } of this.templates.values())
      if (requestsPerSecondMax !== null) return true
    return false
  }

  /** What an instance can serve each second; infinite unless its group says otherwise. */
  requestsPerSecondOf({ region, group }: Instance): number {
    const template = group === null ? undefined : this.templates.get(groupKey({ region, name: group }))
    return template?.requestsPerSecondMax ?? Infinity
  }

  /** Names that an instance's application has to find for every request. */
  needsOf({ region, group }: Instance): readonly string[] {
    const template = group === null ? undefined : this.templates.get(groupKey({ region, name: group }))
    return template?.needs ?? []
  }

  /** Launches an instance of a group's template in a zone; it boots as a started one does. */
  launch(group: Group, az: string, cause: string): Instance {
    const template = this.templates.get(groupKey(group))
    if (template === undefined) throw new Error(`group ${group.name} has no launch template`)
    const id = `i-0${this.#kernel.hex('instance', 16)}`
    const now = this.#kernel.now()
    const name = `${group.name}-${id.slice(-4)}`
    const instance: Instance = {
      id,
      name,
      region: group.region,
      az,
      azId: template.azIds[az] ?? az,
      vpcId: template.vpcId,
      subnetId: template.subnets[az] ?? '',
      group: group.name,
      instanceType: template.instanceType,
      imageId: template.imageId,
      ...this.#networks.freeAddress(group.region, az, this.inRegion(group.region)),
      tags: { Name: name, ...template.tags, 'aws:autoscaling:groupName': group.name },
      state: 'stopped',
      stateChangedAt: now,
      stateReason: null,
      launchedAt: now,
      hostUp: false,
      appUp: false,
      terminationProtected: false,
      ...(template.isSpot === true ? { isSpot: true } : {}),
    }
    this.instances.put(id, instance)
    this.start([id], cause)
    return this.#must(id)
  }

  /** Reboots running instances: the state stays, the application is away for a while. */
  reboot(ids: readonly string[], cause: string): void {
    for (const id of ids) {
      const instance = this.#must(id)
      if (instance.state !== 'running') continue
      this.#change(instance, { appUp: false }, cause)
      const boot = this.#bootTime(instance)
      this.#later(boot, { instanceId: id, step: 'app-up', epoch: this.#newEpoch(id) })
    }
  }

  /** Sets or (with null) removes tags. */
  tag(id: string, tags: Readonly<Record<string, string | null>>): void {
    const instance = this.#must(id)
    const merged = Object.entries({ ...instance.tags, ...tags }).filter(
      (pair): pair is [string, string] => pair[1] !== null,
    )
    this.instances.put(id, { ...instance, tags: Object.fromEntries(merged) })
  }

  #step({ instanceId, step, epoch }: StepEvent): void {
    const instance = this.instances.get(instanceId)
    if (instance === undefined || this.#epochs.get(instanceId) !== epoch) return
    // Nothing comes up in a zone without power; what is to run there begins again once the power is back.
    if ((step === 'running' || step === 'app-up') && this.#places.isZoneDown(instance.az)) return
    switch (step) {
      case 'app-down':
        return this.#change(instance, { appUp: false }, 'shutdown')
      case 'host-down':
        return this.#change(instance, { hostUp: false }, 'shutdown')
      case 'stopped':
        return this.#change(instance, { state: 'stopped' }, 'shutdown complete')
      case 'running':
        return this.#change(instance, { state: 'running', hostUp: true }, 'started')
      case 'app-up':
        return this.#change(instance, { appUp: true }, 'application booted')
      case 'terminated':
        this.#later(3600 * SECOND, { instanceId, step: 'forgotten', epoch })
        return this.#change(instance, { state: 'terminated' }, 'terminated')
      case 'forgotten':
        return this.instances.delete(instanceId)
      default:
        step satisfies never
    }
  }

  /** Hosts go dark at once. The control plane goes on showing the states that instances had. */
  #powerLost({ zones }: PlaceChange): void {
    for (const instance of this.instances.values()) {
      if (!zones.includes(instance.az) || !(instance.hostUp || instance.appUp)) continue
      if (instance.state === 'running' || instance.state === 'pending') this.#newEpoch(instance.id)
      this.#change(instance, { hostUp: false, appUp: false }, 'power lost')
    }
  }

  /** Running instances boot again by themselves; pending ones begin anew. */
  #powerBack({ zones }: PlaceChange): void {
    for (const instance of this.instances.values()) {
      const { id: instanceId, state } = instance
      if (!zones.includes(instance.az) || (state !== 'running' && state !== 'pending')) continue
      const epoch = this.#newEpoch(instanceId)
      const running = state === 'running' ? 0 : this.#kernel.drawSeconds(`start:${instanceId}`, 5, 30)
      if (state === 'running') this.#change(instance, { hostUp: true }, 'power back')
      else this.#later(running, { instanceId, step: 'running', epoch })
      this.#later(running + this.#bootTime(instance), { instanceId, step: 'app-up', epoch })
    }
  }

  #change(instance: Instance, change: Partial<Instance>, cause: string): void {
    const now = this.#kernel.now()
    const after = {
      ...instance,
      ...change,
      stateChangedAt: change.state === undefined ? instance.stateChangedAt : now,
    }
    this.instances.put(instance.id, after)
    const subject = `instance:${instance.id}`
    this.#kernel.transition(subject, instance.state, after.state, cause)
    const health = (i: Instance): string => (i.appUp ? 'app-up' : i.hostUp ? 'app-down' : 'host-down')
    this.#kernel.transition(`${subject}:app`, health(instance), health(after), cause)
    for (const listener of this.#listeners) listener(instance, after)
  }

  #firstIn(ids: readonly string[], states: readonly InstanceState[]): WrongState | null {
    for (const id of ids) {
      const { state } = this.#must(id)
      if (states.includes(state)) return { wrongState: { instanceId: id, state } }
    }
    return null
  }

  #later(delay: number, event: StepEvent): void {
    this.#kernel.after(delay, 'instance.step', event)
  }

  #newEpoch(id: string): number {
    const epoch = (this.#epochs.get(id) ?? 0) + 1
    this.#epochs.put(id, epoch)
    return epoch
  }

  #bootTime({ id, region, group }: Instance): Micros {
    const template = group === null ? undefined : this.templates.get(groupKey({ region, name: group }))
    const [low, high] = template?.bootSeconds ?? BOOT_SECONDS
    return this.#kernel.drawSeconds(`boot:${id}`, low, high)
  }

  #unchanged(instance: Instance): StateChange {
    return { instanceId: instance.id, previous: instance.state, current: instance.state }
  }

  #must(id: string): Instance {
    const instance = this.instances.get(id)
    if (instance === undefined) throw new Error(`unknown instance ${id}`)
    return instance
  }
}

const userInitiated = (kernel: Kernel): Instance['stateReason'] => ({
  code: 'Client.UserInitiatedShutdown',
  message: `Client.UserInitiatedShutdown: User initiated shutdown (${new Date(kernel.now() / 1000).toISOString()})`,
})
