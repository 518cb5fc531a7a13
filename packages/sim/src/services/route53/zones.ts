import type { RecordSet, Zone } from '../../world/model.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { bareId, compareText, fromWireName, sortKey, toWireName } from './names.ts'
import { recordView } from './record-view.ts'
import { invalidInput, noSuchHostedZone, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'

const MAX_RECORDS_PER_PAGE = 300
const MAX_ZONES_PER_PAGE = 100

/** The zone a path names. @throws AwsFault if there is none. */
export function findZone({ world }: Call, input: WireInput): Zone {
  const id = bareId(String(input['HostedZoneId'] ?? input['Id']))
  const zone = world.dns.zones.get(id)
  if (zone === undefined) throw noSuchHostedZone(id)
  return zone
}

/** `GetHostedZone`. */
export function getHostedZone(call: Call, input: WireInput): WireStructure {
  const zone = findZone(call, input)
  return {
    HostedZone: zoneView(call, zone),
    ...(zone.vpcs === undefined
      ? { DelegationSet: delegationView(zone) }
      : { VPCs: zone.vpcs.map(({ id, region }) => ({ VPCRegion: region, VPCId: id })) }),
  }
}

/** The name servers of a zone, without the trailing dot as the API has them. */
export function delegationView({ nameServers }: Zone): WireStructure {
  return { NameServers: nameServers.map((name) => name.replace(/\.$/, '')) }
}

/** `ListHostedZones`, in order of id; the marker is the id to begin with. */
export function listHostedZones(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const size = reader.integer('maxitems', 1) ?? MAX_ZONES_PER_PAGE
  const marker = reader.text('marker')
  const zones = [...call.world.dns.zones.values()].sort((left, right) => compareText(left.id, right.id))
  const rest = zones.filter(({ id }) => marker === undefined || id >= marker)
  const page = rest.slice(0, Math.min(size, MAX_ZONES_PER_PAGE))
  const next = rest[page.length]
  return {
    HostedZones: page.map((zone) => zoneView(call, zone)),
    Marker: marker,
    IsTruncated: next !== undefined,
    NextMarker: next?.id,
    MaxItems: String(size),
  }
}

/** `ListHostedZonesByName`, in order of the reversed name; a name begins the list, it does not filter it. */
export function listHostedZonesByName(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const size = reader.integer('maxitems', 1) ?? MAX_ZONES_PER_PAGE
  const dnsName = reader.text('dnsname')
  const zoneId = reader.text('hostedzoneid')
  if (zoneId !== undefined && dnsName === undefined)
    throw invalidInput('When hostedzoneid is given, dnsname must be given too')
  const from = dnsName === undefined ? '' : `${sortKey(fromWireName(dnsName))}|${zoneId ?? ''}`
  const keyed = [...call.world.dns.zones.values()]
    .map((zone) => ({ zone, key: `${sortKey(zone.name)}|${zone.id}` }))
    .sort((left, right) => compareText(left.key, right.key))
    .filter(({ key }) => key >= from)
  const page = keyed.slice(0, Math.min(size, MAX_ZONES_PER_PAGE))
  const next = keyed[page.length]?.zone
  return {
    HostedZones: page.map(({ zone }) => zoneView(call, zone)),
    DNSName: dnsName,
    HostedZoneId: zoneId,
    IsTruncated: next !== undefined,
    NextDNSName: next === undefined ? undefined : toWireName(next.name),
    NextHostedZoneId: next?.id,
    MaxItems: String(size),
  }
}

/** `ListResourceRecordSets`: sorted by reversed name, type and set identifier, starting at the place asked for. */
export function listRecordSets(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const zone = findZone(call, input)
  const name = reader.text('name')
  const type = reader.text('type')
  const identifier = reader.text('identifier')
  const size = reader.integer('maxitems', 1) ?? MAX_RECORDS_PER_PAGE
  if (type !== undefined && name === undefined)
    throw invalidInput('The input is not valid: type is given but name is not')
  if (identifier !== undefined && type === undefined)
    throw invalidInput('The input is not valid: identifier is given but type is not')
  const from = name === undefined ? '' : placeOf(fromWireName(name), type ?? '', identifier ?? '')
  const sorted = call.world.dns
    .recordsOf(zone.id)
    .map((record) => ({ record, place: placeOf(record.name, record.type, record.setIdentifier ?? '') }))
    .sort((left, right) => compareText(left.place, right.place))
    .filter(({ place }) => place >= from)
  const page = sorted.slice(0, Math.min(size, MAX_RECORDS_PER_PAGE))
  return {
    ResourceRecordSets: page.map(({ record }) => recordView(record)),
    IsTruncated: sorted.length > page.length,
    ...nextView(sorted[page.length]?.record),
    MaxItems: String(Math.min(size, MAX_RECORDS_PER_PAGE)),
  }
}

function nextView(next: RecordSet | undefined): WireStructure {
  if (next === undefined) return {}
  return {
    NextRecordName: toWireName(next.name),
    NextRecordType: next.type,
    NextRecordIdentifier: next.setIdentifier ?? undefined,
  }
}

/** NUL sorts before every character of a name, so a name's own records come before those of its children. */
function placeOf(name: string, type: string, identifier: string): string {
  return [...sortKey(name).split('.'), ''].join('\u0001') + ['', type, identifier].join('\0')
}

/** A zone as the API shows it. */
export function zoneView({ world }: Call, zone: Zone): WireStructure {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: toWireName(zone.name),
    CallerReference: zone.callerReference,
    Config: { Comment: zone.comment === '' ? undefined : zone.comment, PrivateZone: zone.vpcs !== undefined },
    ResourceRecordSetCount: world.dns.recordsOf(zone.id).length,
  }
}
