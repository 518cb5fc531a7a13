import { createServices } from '../services/catalogue.ts'
import type { AwsService, Call, ServiceName } from '../wire/service.ts'
import type { WireInput, WireStructure } from '../wire/wire-value.ts'
import { AwsFault } from '../wire/aws-fault.ts'
import { SECOND } from '../world/model.ts'
import { Store } from '../world/store.ts'
import { World } from '../world/world.ts'
import { plantWorld } from '../worlds/genesis.ts'
import { loadWorld } from '../worlds/load-world.ts'

/** A world with its services, but without sockets and users: for tests that make thousands of calls. */
export type BareWorld = {
  readonly world: World
  /** Calls an operation as the dispatcher would; answers with the fault where there is one. */
  call(service: ServiceName, operation: string, input: WireInput): WireStructure | AwsFault
  /** Moves the world on by seconds. */
  advance(seconds: number): void
}

/** Opens a world that comes along, at a fixed instant. */
export function openBareWorld(seed: number, name = 'warm-standby'): BareWorld {
  const file = loadWorld(name)
  const instant = Date.UTC(2026, 10, 3, 9, 0, 0) * 1_000
  const { account } = file.spec
  const world = new World({ account, store: new Store(), seed, instant, clock: () => world.now() })
  plantWorld(world, file)
  for (const [name] of world.populations.populations.entries()) world.populations.populations.delete(name)
  const services: readonly AwsService[] = createServices(world, () => instant / 1_000)
  const caller = { accessKeyId: 'TEST', account, arn: `arn:aws:iam::${account}:user/test`, userId: 'TEST' }
  return {
    world,
    advance: (seconds) => world.kernel.advanceTo(world.now() + Math.round(seconds * SECOND)),
    call: (service, operation, input) => {
      const found = services.find((candidate) => candidate.name === service)?.operations[operation]
      if (found === undefined) throw new Error(`no operation ${service}.${operation}`)
      const region = service === 'route53' ? 'us-east-1' : 'eu-west-1'
      const call: Call = { world, region, account, requestId: 'test', caller, stale: false }
      try {
        const answer = found.handle(call, input)
        world.kernel.settle()
        return answer
      } catch (error) {
        if (error instanceof AwsFault) return error
        throw error
      }
    },
  }
}
