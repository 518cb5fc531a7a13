import type { Dns } from './dns.ts'
import type { Impairments } from './impairments.ts'
import type { Kernel } from './kernel.ts'
import type { Zone } from './model.ts'

/** How long an answer that a VPC's resolver has kept goes on: names of AWS services live 5 s, clients keep connections longer. */
const LINGERS_SECONDS = [5, 25] as const

interface LookupEvent {
  readonly zone: Zone
  readonly isLost: boolean
}

/**
 * Private zones and what they do to names: a VPC with which one is associated asks it and nobody else, so that a name it does not
 * hold does not exist there, and does not come back before the resolver has forgotten that.
 */
export class PrivateZones {
  readonly #kernel: Kernel
  readonly #dns: Dns
  readonly #impairments: Impairments

  constructor(kernel: Kernel, world: { readonly dns: Dns; readonly impairments: Impairments }) {
    this.#kernel = kernel
    this.#dns = world.dns
    this.#impairments = world.impairments
    kernel.on<LookupEvent>('private-zone.lookup', (event) => this.#follow(event))
  }

  /** A zone was made and associated. */
  made(zone: Zone): void {
    this.#kernel.after(
      this.#kernel.drawSeconds(`private-zone:${zone.id}`, ...LINGERS_SECONDS),
      'private-zone.lookup',
      {
        zone,
        isLost: true,
      } satisfies LookupEvent,
    )
  }

  /** A zone was deleted; its SOA, as it was, says for how long "no such name" is remembered. */
  gone(zone: Zone, negativeTtlSeconds: number): void {
    this.#kernel.after(
      this.#kernel.drawSeconds(`private-zone-gone:${zone.id}`, 1, negativeTtlSeconds),
      'private-zone.lookup',
      {
        zone,
        isLost: false,
      } satisfies LookupEvent,
    )
  }

  #follow({ zone, isLost }: LookupEvent): void {
    const id = `private-zone:${zone.id}`
    const cause = `private zone ${zone.name}`
    if (!isLost) return this.#impairments.end(id, cause)
    const [vpc] = zone.vpcs ?? []
    if (vpc === undefined || this.#dns.zones.get(zone.id) === undefined) return
    const vpcIds = (zone.vpcs ?? []).map((one) => one.id)
    this.#impairments.begin(id, vpc.region, { kind: 'lost-name', vpcIds, name: zone.name }, cause)
  }
}
