import type { Kernel } from './kernel.ts'
import type { Micros } from './model.ts'
import type { Networks } from './networks.ts'
import type { Table } from './store.ts'

/** A zone or Region that is down. */
interface Outage {
  readonly since: Micros
  readonly cause: string
}

/** What can be told about a place. */
export interface PlaceChange {
  readonly region: string
  /** The zones that went down or came back with it. */
  readonly zones: readonly string[]
  readonly isDown: boolean
}

/**
 * Zones and Regions that are down: their hosts have no power and their network is gone. A Region that is down takes its
 * zones and its control plane along; a zone of it is up again once neither of the two is down.
 */
export class Places {
  readonly #kernel: Kernel
  readonly #networks: Networks
  readonly #zones: Table<Outage>
  readonly #regions: Table<Outage>
  readonly #listeners: ((change: PlaceChange) => void)[] = []

  constructor(kernel: Kernel, networks: Networks) {
    this.#kernel = kernel
    this.#networks = networks
    this.#zones = kernel.store.table('zone-outages')
    this.#regions = kernel.store.table('region-outages')
  }

  /** Calls `listener` whenever zones go down or come back. */
  onChange(listener: (change: PlaceChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Counts changes, so that what follows from them can be kept until the next. */
  get revision(): number {
    return this.#zones.revision + this.#regions.revision
  }

  isZoneDown(az: string): boolean {
    return this.#zones.get(az) !== undefined || this.#regions.get(regionOf(az)) !== undefined
  }

  isRegionDown(region: string): boolean {
    return this.#regions.get(region) !== undefined
  }

  /** Whether any zone of a Region is down, with or without the Region. */
  hasZoneDown(region: string): boolean {
    if (this.isRegionDown(region)) return true
    for (const az of this.#zones.keys()) if (regionOf(az) === region) return true
    return false
  }

  /** Zones of the world that are down, with or without their Region. */
  zonesDown(): readonly string[] {
    return [...this.#networks.regions.values()].flatMap(({ zones }) =>
      zones.filter((az) => this.isZoneDown(az)),
    )
  }

  /** Takes a zone down or brings it back. False when the world has no such zone. */
  setZone(az: string, isDown: boolean, cause: string): boolean {
    const region = regionOf(az)
    if (!this.#networks.regions.get(region)?.zones.includes(az)) return false
    this.#set(this.#zones, `zone:${az}`, { key: az, region, zones: [az] }, { isDown, cause })
    return true
  }

  /** Takes a Region down or brings it back. False when the world has no such Region. */
  setRegion(region: string, isDown: boolean, cause: string): boolean {
    const zones = this.#networks.regions.get(region)?.zones
    if (zones === undefined) return false
    this.#set(this.#regions, `region:${region}`, { key: region, region, zones }, { isDown, cause })
    return true
  }

  #set(
    table: Table<Outage>,
    subject: string,
    place: { readonly key: string; readonly region: string; readonly zones: readonly string[] },
    { isDown, cause }: { readonly isDown: boolean; readonly cause: string },
  ): void {
    if ((table.get(place.key) !== undefined) === isDown) return
    const before = place.zones.filter((az) => this.isZoneDown(az))
    if (isDown) table.put(place.key, { since: this.#kernel.now(), cause })
    else table.delete(place.key)
    this.#kernel.transition(subject, isDown ? 'up' : 'down', isDown ? 'down' : 'up', cause)
    const zones = place.zones.filter((az) => before.includes(az) !== this.isZoneDown(az))
    for (const listener of this.#listeners) listener({ region: place.region, zones, isDown })
  }
}

/** The Region of a zone: its name without the last letter. */
export const regionOf = (az: string): string => az.slice(0, -1)
