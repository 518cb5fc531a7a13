import { z } from 'zod'
import { CERTIFICATE_CHAINS } from '../world/certificates.ts'
import type { World } from '../world/world.ts'
import { replicaKey } from '../world/store-model.ts'

/** When an event happens, in world time; at once if left out. */
const at = z.int().positive().optional()
const zoneEvent = { az: z.string(), at }
const regionEvent = { region: z.string(), at }
const replicaEvent = { store: z.string(), region: z.string(), at }

/** Things that happen to a world from outside, by hand. */
export const worldEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('az-down'), ...zoneEvent }),
  z.strictObject({ kind: z.literal('az-up'), ...zoneEvent }),
  z.strictObject({ kind: z.literal('region-down'), ...regionEvent }),
  z.strictObject({ kind: z.literal('region-up'), ...regionEvent }),
  z.strictObject({ kind: z.literal('replication-pause'), ...replicaEvent }),
  z.strictObject({ kind: z.literal('replication-resume'), ...replicaEvent }),
  z.strictObject({ kind: z.literal('store-promote'), ...replicaEvent }),
  z.strictObject({
    kind: z.literal('certificate-replace'),
    loadBalancer: z.string(),
    names: z.array(z.string()).min(1).optional(),
    chain: z.enum(CERTIFICATE_CHAINS).optional(),
    /** Microseconds of world time since the epoch. */
    expiresAt: z.int().positive().optional(),
    at,
  }),
])
/** One such event. */
export type WorldEvent = z.infer<typeof worldEventSchema>

const CAUSE = 'by hand'

/** Takes events now or later; those to come survive a restart. */
export class WorldEvents {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.on<WorldEvent>('control.event', (event) => this.#happen(event))
  }

  /** Has an event happen at its time, or now if that has passed. */
  take(event: WorldEvent): void {
    if (event.at !== undefined && event.at > this.#world.now())
      this.#world.schedule(event.at, 'control.event', event)
    else this.#happen(event)
  }

  #happen(event: WorldEvent): void {
    const { places, stores } = this.#world
    switch (event.kind) {
      case 'az-down':
      case 'az-up':
        return void places.setZone(event.az, event.kind === 'az-down', CAUSE)
      case 'region-down':
      case 'region-up':
        return void places.setRegion(event.region, event.kind === 'region-down', CAUSE)
      case 'replication-pause':
      case 'replication-resume':
        return void stores.setPaused(event.store, event.region, event.kind === 'replication-pause', CAUSE)
      case 'store-promote':
        return void stores.promote(event.store, event.region, CAUSE)
      case 'certificate-replace': {
        const { names, chain, expiresAt } = event
        const change = { ...(names && { names }), ...(chain && { chain }), ...(expiresAt && { expiresAt }) }
        const arn = certificateOf(this.#world, event.loadBalancer)
        if (arn !== undefined) this.#world.certificates.replace(arn, change, CAUSE)
        return
      }
      default:
        return event satisfies never
    }
  }
}

const certificateOf = (world: World, balancer: string): string | undefined => {
  for (const { name, listeners } of world.balancers.loadBalancers.values())
    if (name === balancer)
      return listeners.find(({ certificateArn }) => certificateArn !== undefined)?.certificateArn
  return undefined
}

/** Why an event cannot happen in this world, or null. */
export const checkWorldEvent = (world: World, event: WorldEvent): string | null => {
  const regions = [...world.networks.regions.entries()]
  if ('az' in event) {
    const zones = regions.flatMap(([, network]) => network.zones)
    return zones.includes(event.az) ? null : `There is no zone ${event.az}. Use one of: ${zones.join(', ')}.`
  }
  if ('loadBalancer' in event) {
    if (certificateOf(world, event.loadBalancer) !== undefined) return null
    const secure = [...world.balancers.loadBalancers.values()].map(({ name }) => name)
    const known = secure.filter((name) => certificateOf(world, name) !== undefined)
    return `There is no certificate of a balancer ${event.loadBalancer}. Use one of: ${known.join(', ') || 'none has one; give it https in the world file'}.`
  }
  if (!('store' in event)) {
    const names = regions.map(([name]) => name)
    return names.includes(event.region)
      ? null
      : `There is no Region ${event.region}. Use one of: ${names.join(', ')}.`
  }
  if (world.stores.replicas.get(replicaKey(event.store, event.region)) !== undefined) return null
  const known = [...world.stores.replicas.values()].map(({ store, region }) => `${store} in ${region}`)
  return `There is no replica of ${event.store} in ${event.region}. There is: ${known.join(', ') || 'none'}.`
}
