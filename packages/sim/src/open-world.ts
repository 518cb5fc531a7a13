import { answerMarkers, type ApplicationRequest, type MarkerAnswer } from './world/markers.ts'
import type { Outcome } from './world/fates.ts'
import { SECOND, type Micros } from './world/model.ts'
import { vantageOwner } from './world/resolvers.ts'
import { Store } from './world/store.ts'
import { World } from './world/world.ts'
import { plantWorld } from './worlds/genesis.ts'
import type { WorldFile } from './worlds/world-file.ts'

/** What a visitor's resolver answers: the name's status, and its addresses. */
export interface VisitorAnswer {
  readonly status: 'answer' | 'nodata' | 'nxdomain' | 'refused'
  readonly addresses: readonly string[]
}

/** A world without sockets, for whoever runs thousands of them in one process. Only `advanceTo` moves its time. */
export interface OpenWorld {
  readonly world: World
  /** Runs everything that is due up to there; earlier instants change nothing. */
  advanceTo(at: Micros): void
  /** What the resolver of a vantage answers now. Throws for a vantage that the world does not have. */
  resolve(vantage: string, name: string): VisitorAnswer
  /** What a request that reaches an address now meets. */
  request(address: string, port: number): Outcome
  /** What the application on an instance answers about its data; null for what is not about data. */
  application(instanceId: string, request: ApplicationRequest): MarkerAnswer | null
}

/** Opens a world that has been running for `warmUpSeconds` when it reaches `startAt`. */
export const openWorld = (options: {
  readonly file: WorldFile
  readonly seed: number
  readonly startAt: Micros
  readonly warmUpSeconds: number
}): OpenWorld => {
  const { file, seed, startAt, warmUpSeconds } = options
  const store = new Store()
  const { account } = file.spec
  const world: World = new World({
    account,
    store,
    seed,
    instant: startAt - warmUpSeconds * SECOND,
    clock: () => world.now(),
  })
  world.persist = () => void store.takeChanges()
  plantWorld(world, file)
  const advanceTo = (at: Micros): void => {
    world.kernel.advanceTo(at)
    world.commit()
  }
  advanceTo(startAt)
  return {
    world,
    advanceTo,
    resolve(name, question) {
      const vantage = world.resolvers.vantages.get(name)
      if (vantage === undefined) throw new Error(`the world has no vantage ${name}`)
      const { status, records } = world.resolvers.lookup(vantageOwner(vantage), question, 'A')
      return {
        status,
        addresses: records.flatMap((record) => (record.type === 'A' ? [record.data] : [])),
      }
    },
    request: (address, port) => world.balancers.request(address, port, world.now()),
    application(instanceId, request) {
      const instance = world.compute.instances.get(instanceId)
      return instance === undefined ? null : answerMarkers(world.stores, instance, request, world.now())
    },
  }
}
