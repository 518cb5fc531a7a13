import { createServices } from '../services/catalogue.ts'
import { Store } from '../world/store.ts'
import { World } from '../world/world.ts'

/** Every operation that the AWS port answers, as `service.Operation`. */
export function knownOperations(): readonly string[] {
  const world = new World({
    account: '111122223333',
    store: new Store(),
    seed: 1,
    instant: 0,
    clock: () => 0,
  })
  return createServices(world, () => 0).flatMap(({ name, operations }) =>
    Object.keys(operations).map((operation) => `${name}.${operation}`),
  )
}
