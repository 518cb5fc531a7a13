import type { Micros } from '../../world/model.ts'
import type { Effect } from '../../world/impairments.ts'
import type { DataStore, StoreKeeper } from '../../world/store-model.ts'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'

/** A replica that an experiment keeps from following. */
type Paused = { readonly store: string; readonly region: string }
type PauseEvent = { readonly id: string }

/** Registers what pauses replication some time after its action began. */
export function registerPauses(world: World): void {
  world.on<PauseEvent>('fis.pause', ({ id }) => begin(world, id))
}

/** Has an effect stop the replication that it stops, when its time has come; most effects stop none. */
export function schedulePauses(world: World, id: string, effect: Effect): void {
  if (effect.kind !== 'replication' && effect.kind !== 'cross-region') return
  const delay: Micros =
    effect.kind === 'replication' ? world.kernel.drawSeconds('fis-pause', ...effect.lingersSeconds) : 0
  world.schedule(world.now() + delay, 'fis.pause', { id } satisfies PauseEvent)
}

/** Lets go on what an effect has stopped and nothing else holds. */
export function liftPauses(world: World, id: string): void {
  const table = pausesOf(world)
  const mine = table.get(id) ?? []
  table.delete(id)
  const others = [...table.values()].flat()
  for (const { store, region } of mine) {
    const isHeld = others.some((other) => other.store === store && other.region === region)
    if (!isHeld) world.stores.setPaused(store, region, false, `fis:${id} ended`)
  }
}

/** Stores that an AWS service keeps for the application, and which have a copy in the Region. */
export function storesKeptBy(world: World, keeper: StoreKeeper, region: string): readonly DataStore[] {
  return [...world.stores.stores.values()].filter(
    (store) =>
      !store.runsOnHosts &&
      (store.keeper ?? 'dynamodb') === keeper &&
      regionsOf(world, store).includes(region),
  )
}

function begin(world: World, id: string): void {
  const row = world.impairments.all().find((impairment) => impairment.id === id)
  if (row === undefined) return
  const replicas = [...world.stores.replicas.values()].filter((replica) => {
    const store = world.stores.stores.get(replica.store)
    return store !== undefined && isStopped(row.effect, row.region, store, replica.region)
  })
  const held = new Set([...pausesOf(world).values()].flat().map(({ store, region }) => `${store}|${region}`))
  // What somebody else has paused stays paused when this experiment ends.
  const mine = replicas.filter(({ store, region, isPaused }) => !isPaused || held.has(`${store}|${region}`))
  pausesOf(world).put(
    id,
    mine.map(({ store, region }) => ({ store, region })),
  )
  for (const { store, region } of mine) world.stores.setPaused(store, region, true, `fis:${id}`)
}

/**
 * A table is paused between its copy in the experiment's Region and all others, a bucket on its way to one of them; hosts
 * lose the way out to one Region.
 */
function isStopped(effect: Effect, region: string, store: DataStore, replicaRegion: string): boolean {
  if (effect.kind === 'replication' && effect.toRegion !== undefined)
    return effect.stores.includes(store.name) && store.writer === region && replicaRegion === effect.toRegion
  if (effect.kind === 'replication')
    return effect.stores.includes(store.name) && (store.writer === region || replicaRegion === region)
  if (effect.kind !== 'cross-region') return false
  return store.runsOnHosts && store.writer === region && replicaRegion === effect.toRegion
}

function regionsOf(world: World, store: DataStore): readonly string[] {
  const copies = [...world.stores.replicas.values()].filter((replica) => replica.store === store.name)
  return [store.writer, ...copies.map(({ region }) => region)]
}

function pausesOf(world: World): Table<readonly Paused[]> {
  return world.kernel.store.table('fis-pauses')
}
