import type { FrozenTarget } from '@firedrill/core'

/** One thing that the fake fault can break. `value` is what undo must bring back. */
export type FakeResource = {
  readonly id: string
  readonly zone: string
  readonly tags: Readonly<Record<string, string>>
  value: string
}

/** The value of a resource while the fake fault is in. */
export const BROKEN = 'broken'

/** The calls of a driver, as the world counts them. */
export const FAKE_OPERATIONS = [
  'plan',
  'apply',
  'confirm',
  'recover',
  'confirm-recovered',
  'arm',
  'release',
] as const
export type FakeOperation = (typeof FAKE_OPERATIONS)[number]

/** What a call meets: it is throttled or denied without effect, or it takes effect and its reply is lost. */
export const ADVERSITIES = ['throttle', 'deny', 'drop-reply'] as const
export type Adversity = (typeof ADVERSITIES)[number]

/** A world of named values, with its own log of what was done to it: the witness of engine tests. */
export type FakeWorld = Readonly<{
  resources: ReadonlyMap<string, FakeResource>
  /** Every call, in order, with the key it carried. */
  calls: readonly Readonly<{ operation: FakeOperation; key?: string; targets: readonly string[] }>[]
  /** Every change of a value, in order: what really happened, whatever callers were told. */
  mutations: readonly Readonly<{ target: string; from: string; to: string }>[]
  /** The next `times` calls of an operation meet an adversity. */
  afflict(operation: FakeOperation, adversity: Adversity, times: number): void
  /** Effects show only at the n-th look after them; until then confirm says `requested` or `recovering`. */
  delayEffects(looks: number): void
  /** Somebody else changes a resource. */
  change(id: string, value: string): void
  /** Resources that are broken by a fault. */
  broken(): readonly string[]
}>

/** What the driver needs of the world and tests do not. */
export type FakeWorldInside = FakeWorld &
  Readonly<{
    record(operation: FakeOperation, targets: readonly FrozenTarget[], key?: string): Adversity | undefined
    set(id: string, value: string): void
    get(id: string): FakeResource | undefined
    /** Counts a look at an effect of `key`; true once it shows. */
    shows(key: string): boolean
    /** Idempotency keys that took effect, with their handles. */
    handles: Map<string, string>
  }>

/** A world with the given resources; three instances in two zones unless told otherwise. */
export function fakeWorld(resources: readonly FakeResource[] = threeInstances()): FakeWorldInside {
  const all = new Map(resources.map((resource) => [resource.id, { ...resource }]))
  const calls: { operation: FakeOperation; key?: string; targets: readonly string[] }[] = []
  const mutations: { target: string; from: string; to: string }[] = []
  const ahead: { operation: FakeOperation; adversity: Adversity; times: number }[] = []
  const looks = new Map<string, number>()
  let looksNeeded = 0
  const set = (id: string, value: string) => {
    const resource = all.get(id)
    if (resource === undefined) throw new Error(`there is no resource ${id}`)
    if (resource.value === value) return
    mutations.push({ target: id, from: resource.value, to: value })
    resource.value = value
  }
  return {
    resources: all,
    calls,
    mutations,
    handles: new Map(),
    afflict: (operation, adversity, times) => void ahead.push({ operation, adversity, times }),
    delayEffects: (needed) => {
      looksNeeded = needed
    },
    change: set,
    set,
    get: (id) => all.get(id),
    broken: () => [...all.values()].filter(({ value }) => value === BROKEN).map(({ id }) => id),
    shows: (key) => {
      const seen = (looks.get(key) ?? 0) + 1
      looks.set(key, seen)
      return seen > looksNeeded
    },
    record: (operation, targets, key) => {
      calls.push({ operation, ...(key === undefined ? {} : { key }), targets: targets.map(({ id }) => id) })
      const met = ahead.find((entry) => entry.operation === operation && entry.times > 0)
      if (met === undefined) return undefined
      met.times -= 1
      return met.adversity
    },
  }
}

function threeInstances(): readonly FakeResource[] {
  return ['i-1', 'i-2', 'i-3'].map((id, index) => ({
    id,
    zone: index === 2 ? 'eu-west-1b' : 'eu-west-1a',
    tags: { drill: 'yes' },
    value: 'running',
  }))
}
