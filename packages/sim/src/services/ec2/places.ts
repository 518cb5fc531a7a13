import type { World } from '../../world/world.ts'
import { InputReader } from '../../wire/input-reader.ts'
import { AWS_REGIONS } from '../../wire/regions.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { EC2_INPUT_FAULTS, invalidFilter } from './ec2-faults.ts'
import { matchesAny, readFilters, type Filter } from './filters.ts'

type Zone = { readonly name: string; readonly id: string; readonly region: string }

/** `DescribeRegions`: every Region of the partition, as an account sees them that opted in to none. */
export function describeRegions(_call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const names = reader.texts('RegionName')
  const filters = readFilters(reader)
  const rows = AWS_REGIONS.filter((name) => names.length === 0 || names.includes(name))
    .map((name) => ({
      regionName: name,
      regionEndpoint: `ec2.${name}.amazonaws.com`,
      optInStatus: 'opt-in-not-required',
    }))
    .filter((row) => filters.every((filter) => matchesAny([regionField(row, filter)], filter.values)))
  return { regionInfo: rows }
}

/** `DescribeAvailabilityZones`: the zones of the Region in which the world has anything. */
export function describeAvailabilityZones(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, EC2_INPUT_FAULTS)
  const names = reader.texts('ZoneName')
  const ids = reader.texts('ZoneId')
  const filters = readFilters(reader)
  const zones = zonesOf(call.world, call.region)
    .filter(
      (zone) =>
        (names.length === 0 || names.includes(zone.name)) && (ids.length === 0 || ids.includes(zone.id)),
    )
    .filter((zone) => filters.every((filter) => matchesAny([zoneField(call, zone, filter)], filter.values)))
  return {
    availabilityZoneInfo: zones.map((zone) => ({
      zoneName: zone.name,
      zoneState: stateOf(call, zone),
      optInStatus: 'opt-in-not-required',
      regionName: zone.region,
      messageSet: [],
      zoneId: zone.id,
      groupName: zone.region,
      networkBorderGroup: zone.region,
      zoneType: 'availability-zone',
    })),
  }
}

function stateOf({ world }: Call, zone: Zone): 'available' | 'impaired' {
  return world.places.isZoneDown(zone.name) ? 'impaired' : 'available'
}

function zonesOf(world: World, region: string): readonly Zone[] {
  const zones = new Map<string, Zone>()
  for (const { az, azId } of world.compute.inRegion(region)) zones.set(az, { name: az, id: azId, region })
  return [...zones.values()].sort((left, right) => (left.name < right.name ? -1 : 1))
}

function regionField(
  row: { regionName: string; regionEndpoint: string; optInStatus: string },
  filter: Filter,
): string {
  switch (filter.name) {
    case 'region-name':
      return row.regionName
    case 'endpoint':
      return row.regionEndpoint
    case 'opt-in-status':
      return row.optInStatus
    default:
      throw invalidFilter(filter.name)
  }
}

function zoneField(call: Call, zone: Zone, filter: Filter): string {
  switch (filter.name) {
    case 'zone-name':
      return zone.name
    case 'zone-id':
      return zone.id
    case 'region-name':
    case 'group-name':
      return zone.region
    case 'state':
      return stateOf(call, zone)
    case 'zone-type':
      return 'availability-zone'
    default:
      throw invalidFilter(filter.name)
  }
}
