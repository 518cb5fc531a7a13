import type { Kernel } from './kernel.ts'
import type { Micros } from './model.ts'
import type { Table } from './store.ts'

/** Whose traffic a disrupted subnet loses, by FIS's names. Those that name a service cut nothing that is in this world. */
export const CONNECTIVITY_SCOPES = [
  'all',
  'availability-zone',
  'dynamodb',
  'prefix-list',
  's3',
  's3express',
  'vpc',
] as const
/** One scope of a disruption. */
export type ConnectivityScope = (typeof CONNECTIVITY_SCOPES)[number]

/** Errors that can be injected into a role's calls. */
export const API_ERRORS = ['internal', 'throttle', 'unavailable'] as const
/** One kind of injected error. */
export type ApiError = (typeof API_ERRORS)[number]

/** Something that is wrong on purpose for a while. Zones are by name, roles by name without path, percentages 1 to 100. */
export type Effect =
  | {
      readonly kind: 'connectivity'
      readonly subnetIds: readonly string[]
      readonly scope: ConnectivityScope
    }
  | { readonly kind: 'cross-region'; readonly subnetIds: readonly string[]; readonly toRegion: string }
  | {
      readonly kind: 'group-capacity'
      readonly groups: readonly string[]
      readonly azs: readonly string[]
      readonly percentage: number
    }
  | {
      readonly kind: 'role-capacity'
      readonly roles: readonly string[]
      readonly azs: readonly string[]
      readonly percentage: number
    }
  | {
      readonly kind: 'api-error'
      readonly roles: readonly string[]
      readonly service: string
      readonly operations: readonly string[]
      readonly percentage: number
      readonly error: ApiError
    }
  | {
      readonly kind: 'replication'
      readonly stores: readonly string[]
      /** Only towards this Region; absent for every way in and out of the experiment's. */
      readonly toRegion?: string
      /** Replication goes on for a while after the action began; seconds. */
      readonly lingersSeconds: readonly [number, number]
    }
  | { readonly kind: 'volume-io'; readonly volumeIds: readonly string[] }
  /** Lookups of a name, with trailing dot, and of all below it find nothing in these VPCs. */
  | { readonly kind: 'lost-name'; readonly vpcIds: readonly string[]; readonly name: string }

/** An effect in force. */
export type Impairment = {
  readonly id: string
  readonly region: string
  readonly since: Micros
  readonly effect: Effect
}

/** Scopes that keep users from reaching what is in a subnet, and those that keep balancers in other subnets from it. */
const HIDES_FROM_USERS: readonly ConnectivityScope[] = ['all', 'vpc']
const HIDES_FROM_BALANCERS: readonly ConnectivityScope[] = ['all', 'availability-zone']

/** Effects that were put upon the world and are taken off again by whoever put them; the rest of the world asks here. */
export class Impairments {
  readonly #rows: Table<Impairment>
  readonly #kernel: Kernel
  readonly #listeners: ((effect: Effect) => void)[] = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#rows = kernel.store.table('impairments')
  }

  /** Counts changes, so that what follows from them can be kept until the next. */
  get revision(): number {
    return this.#rows.revision
  }

  /** Calls `listener` with every effect that has come into force or was taken off. */
  onChange(listener: (effect: Effect) => void): void {
    this.#listeners.push(listener)
  }

  /** Puts an effect into force; an id names one effect. */
  begin(id: string, region: string, effect: Effect, cause: string): void {
    this.#rows.put(id, { id, region, since: this.#kernel.now(), effect })
    this.#kernel.transition(`impairment:${id}`, 'absent', effect.kind, cause)
    for (const listener of this.#listeners) listener(effect)
  }

  /** Takes an effect off; one that is not in force is ignored. */
  end(id: string, cause: string): void {
    const row = this.#rows.get(id)
    if (row === undefined) return
    this.#rows.delete(id)
    this.#kernel.transition(`impairment:${id}`, row.effect.kind, 'absent', cause)
    for (const listener of this.#listeners) listener(row.effect)
  }

  /** All effects in force, oldest first. */
  all(): readonly Impairment[] {
    return [...this.#rows.values()]
  }

  /** Whether users cannot reach what is in a subnet. */
  hidesFromUsers(subnetId: string): boolean {
    return this.#isCut(subnetId, HIDES_FROM_USERS)
  }

  /** Whether load balancers cannot reach targets in a subnet. */
  hidesFromBalancers(subnetId: string): boolean {
    return this.#isCut(subnetId, HIDES_FROM_BALANCERS)
  }

  /** Whether a disk of an instance does not answer, so that its application waits for it. */
  stallsDisk(instanceId: string): boolean {
    if (this.#rows.size === 0) return false
    const disks = [instanceId.replace(/^i-./, 'vol-0'), instanceId.replace(/^i-./, 'vol-1')]
    return this.all().some(
      ({ effect }) => effect.kind === 'volume-io' && effect.volumeIds.some((id) => disks.includes(id)),
    )
  }

  /** Whether any of these names is not found in a VPC. */
  losesName(vpcId: string, names: readonly string[]): boolean {
    if (this.#rows.size === 0 || names.length === 0) return false
    return this.all().some(
      ({ effect }) =>
        effect.kind === 'lost-name' &&
        effect.vpcIds.includes(vpcId) &&
        names.some((name) => `.${name}.`.endsWith(`.${effect.name}`)),
    )
  }

  /** Whether anything in a Region has lost its way to another one. */
  cutsRegions(region: string, toRegion: string): boolean {
    return this.#in(region).some(
      ({ effect }) => effect.kind === 'cross-region' && effect.toRegion === toRegion,
    )
  }

  /** Whether a launch by a group in a zone meets no capacity; drawn for every launch. */
  refusesGroup(region: string, group: string, az: string): boolean {
    return this.#in(region).some(
      ({ id, effect }) =>
        effect.kind === 'group-capacity' &&
        effect.groups.includes(group) &&
        effect.azs.includes(az) &&
        this.#hits(id, effect.percentage),
    )
  }

  /** Whether a launch or start by a role in a zone meets no capacity; drawn for every call. */
  refusesRole(region: string, role: string, az: string): boolean {
    return this.#in(region).some(
      ({ id, effect }) =>
        effect.kind === 'role-capacity' &&
        effect.roles.includes(role) &&
        effect.azs.includes(az) &&
        this.#hits(id, effect.percentage),
    )
  }

  /** The error that a role's call meets instead of its answer, if any; drawn for every call. */
  apiErrorFor(call: {
    readonly region: string
    readonly role: string
    readonly service: string
    readonly operation: string
  }): ApiError | null {
    for (const { id, effect } of this.#in(call.region)) {
      if (effect.kind !== 'api-error' || effect.service !== call.service) continue
      if (!effect.roles.includes(call.role) || !effect.operations.includes(call.operation)) continue
      if (this.#hits(id, effect.percentage)) return effect.error
    }
    return null
  }

  #isCut(subnetId: string, scopes: readonly ConnectivityScope[]): boolean {
    if (this.#rows.size === 0) return false
    for (const { effect } of this.#rows.values())
      if (
        effect.kind === 'connectivity' &&
        scopes.includes(effect.scope) &&
        effect.subnetIds.includes(subnetId)
      )
        return true
    return false
  }

  #in(region: string): readonly Impairment[] {
    return this.#rows.size === 0 ? [] : this.all().filter((row) => row.region === region)
  }

  #hits(id: string, percentage: number): boolean {
    return 100 * this.#kernel.draw(`impairment:${id}`) < percentage
  }
}
