import type { World } from '@firedrill/sim'
import { SERVICE } from './lab-fault.ts'
import type { Stretch } from './true-outage.ts'

const NAME = `${SERVICE}.`

/** When a request that started at a vantage would have failed, as the world itself knows. */
export function downFrom(world: World, vantage: string, from: number): readonly Stretch[] {
  const query = { vantage, service: NAME, from, to: Number.MAX_SAFE_INTEGER, claim: 'http' } as const
  return (world.truth.intervals(query) ?? []).filter(({ state }) => state === 'down')
}

/** When less than a share of all users' requests went well, second by second. */
export function failingUsers(world: World, from: number, goodAtLeastPercent: number): readonly Stretch[] {
  const parts = [...world.populations.populations.values()].map(({ name, requestsPerSecond }) => ({
    weight: requestsPerSecond,
    steps: world.populations.success(name, from, Number.MAX_SAFE_INTEGER) ?? [],
  }))
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const instants = [...new Set(parts.flatMap(({ steps }) => steps.flatMap((step) => [step.from, step.to])))]
  instants.sort((a, b) => a - b)
  const at = parts.map(() => 0)
  const found: { from: number; to: number }[] = []
  instants.forEach((instant, index) => {
    const next = instants[index + 1]
    if (next === undefined) return
    let good = 0
    parts.forEach(({ steps, weight }, part) => {
      while ((steps[at[part] ?? 0]?.to ?? Infinity) <= instant) at[part] = (at[part] ?? 0) + 1
      good += weight * (steps[at[part] ?? 0]?.share ?? 1)
    })
    // Shares are kept to four digits.
    if ((100 * good) / total >= goodAtLeastPercent - 0.005) return
    const last = found.at(-1)
    if (last?.to === instant) last.to = next
    else found.push({ from: instant, to: next })
  })
  return found
}

/** What became of the writes of one marker, as the store itself knows, and how much time was lost. */
export type TrueLoss = Readonly<{
  /** Numbers that a side which took over did not have. */
  missing: readonly number[]
  /** Of those, the ones that are nowhere. */
  lost: readonly number[]
  /** From the oldest state that a lost side had alone to its loss, the longest such time. */
  lengthMicros: number
}>

/** Notes when each side of each store could not take writes any more: ask it before anything happens. */
export function watchStore(world: World): () => ReadonlyMap<string, readonly number[]> {
  const lostAt = new Map<string, number[]>()
  const wasUp = new Map<string, boolean>()
  world.kernel.onSettle(() => {
    for (const store of world.stores.stores.values())
      for (const region of world.networks.regions.keys()) {
        const key = `${store.name}|${region}`
        const isUp =
          world.stores.isUp(store, region) && world.compute.inRegion(region).some(({ appUp }) => appUp)
        if (wasUp.get(key) === true && !isUp) lostAt.set(key, [...(lostAt.get(key) ?? []), world.now()])
        wasUp.set(key, isUp)
      }
  })
  return () => lostAt
}

/** Whose writes are meant, and which of them count. */
export type LossQuestion = Readonly<{
  marker: string
  vantage: string
  /** What was written without anybody hearing of it is nobody's loss. */
  isHeard: (number: number) => boolean
  /** What a side loses from here on is our undo's doing; Infinity where that does not apply. */
  cutOffAt: number
}>

/**
 * The truth about a marker's writes in the world's one store; undefined where there is none. What a lost side handed in before
 * anybody at the writer's vantage was served again was never missed by anybody.
 */
export function trueLoss(
  world: World,
  { marker, vantage, isHeard, cutOffAt }: LossQuestion,
  lostAt: ReadonlyMap<string, readonly number[]>,
): TrueLoss | undefined {
  const [store] = world.stores.stores.values()
  const known = store === undefined ? null : world.stores.losses(store.name)
  if (store === undefined || known === null) return undefined
  const writes = world.stores.writes.all()
  const numberOf = (key: string | null) =>
    key?.startsWith(`${marker}/`) === true ? Number(key.slice(marker.length + 1)) : undefined
  const gone = world.stores.lost(store.name)
  const missing = new Set<number>()
  const lost = new Set<number>()
  let lengthMicros = 0
  for (const { after, through, from, at, mergedAt } of known.strandings) {
    if (at >= cutOffAt) continue
    const servedAt = downFrom(world, vantage, at).reduce(
      (since, gap) => (gap.from <= since ? gap.to : since),
      at,
    )
    if (mergedAt !== null && mergedAt <= servedAt) continue
    const left = writes.filter(({ key, seq }) => {
      const number = numberOf(key)
      return seq > after && seq <= through && (number === undefined || isHeard(number))
    })
    for (const { key, seq } of left) {
      const number = numberOf(key)
      if (number === undefined) continue
      missing.add(number)
      if (gone.has(seq)) lost.add(number)
    }
    const [oldest] = left
    const youngest = left.at(-1)?.at ?? at
    const losses = lostAt.get(`${store.name}|${from}`) ?? []
    // Its hosts may outlive its application, and take what comes through another Region a moment longer.
    const goneAt =
      losses.find((instant) => instant >= youngest) ?? losses.findLast((instant) => instant <= at)
    if (oldest !== undefined && goneAt !== undefined)
      // A side that took a write was not lost before that.
      lengthMicros = Math.max(lengthMicros, Math.max(goneAt, youngest) - oldest.at)
  }
  const ascending = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b)
  return { missing: ascending(missing), lost: ascending(lost), lengthMicros }
}
