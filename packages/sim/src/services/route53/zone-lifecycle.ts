import { recordKey, type RecordSet, type Zone, type ZoneChange } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import type { Protection } from './batch-validation.ts'
import { changeView } from './change-records.ts'
import { fromWireName } from './names.ts'
import { invalidInput, ROUTE53_INPUT_FAULTS } from './route53-faults.ts'
import { delegationView, findZone, zoneView } from './zones.ts'

/** What Route 53 gives to every new zone. */
const SOA_TTL = 900
const NS_TTL = 172_800

/** `CreateHostedZone`: a public zone with its SOA and NS records, served once the change is INSYNC. */
export function createHostedZone(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, ROUTE53_INPUT_FAULTS)
  const callerReference = reader.requiredText('CallerReference')
  const name = fromWireName(reader.requiredText('Name'))
  if (!/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+$/.test(name))
    throw new AwsFault({ code: 'InvalidDomainName', message: `${name} is not a valid domain name` })
  const config = reader.structure('HostedZoneConfig')
  const vpc = reader.structure('VPC')
  if ((vpc === undefined) === (config?.flag('PrivateZone') === true))
    throw invalidInput('A private hosted zone is made with a VPC, and a public one without.')
  const vpcs = vpc === undefined ? undefined : [vpcOf(call, vpc)]
  const zones = [...call.world.dns.zones.values()]
  if (zones.some((zone) => zone.callerReference === callerReference))
    throw new AwsFault({
      code: 'HostedZoneAlreadyExists',
      message: `A hosted zone has already been created with the specified caller reference.`,
      status: 409,
    })
  const isSameView = (zone: Zone): boolean =>
    vpcs === undefined ? zone.vpcs === undefined : zone.vpcs?.some(({ id }) => id === vpcs[0]?.id) === true
  if (vpcs !== undefined && zones.some((zone) => zone.name === name && isSameView(zone)))
    throw new AwsFault({
      code: 'ConflictingDomainExists',
      message: `The VPC ${vpcs[0]?.id ?? ''} is already associated with another hosted zone of the name ${name}`,
    })
  if (zones.some((zone) => zone.name === name && isSameView(zone)))
    throw new AwsFault({
      code: 'DelegationSetNotAvailable',
      message: 'Route 53 has reached the limit of hosted zones with the same name.',
    })
  const zone: Zone = {
    id: `Z${call.world.kernel.hex('hosted-zone', 20).toUpperCase()}`,
    name,
    callerReference,
    comment: config?.text('Comment') ?? '',
    nameServers: nameServersFor(call),
    ...(vpcs === undefined ? {} : { vpcs }),
  }
  call.world.dns.zones.put(zone.id, zone)
  const change = put(call, zone, 'put', apexRecords(zone))
  if (vpcs !== undefined) call.world.privateZones.made(zone)
  return {
    HostedZone: zoneView(call, zone),
    ChangeInfo: changeView(change),
    ...(vpcs === undefined
      ? { DelegationSet: delegationView(zone) }
      : { VPC: { VPCRegion: vpcs[0]?.region, VPCId: vpcs[0]?.id } }),
  }
}

/** `DeleteHostedZone`: only a zone that holds nothing but its SOA and NS records, and no protections. */
export function deleteHostedZone(
  call: Call,
  input: WireInput,
  protections: readonly Protection[],
): WireStructure {
  const zone = findZone(call, input)
  const records = call.world.dns.recordsOf(zone.id)
  const isRequired = ({ name, type }: RecordSet): boolean =>
    name === zone.name && ['NS', 'SOA'].includes(type)
  if (protections.length > 0 || !records.every((record) => isRequired(record)))
    throw new AwsFault({
      code: 'HostedZoneNotEmpty',
      message:
        'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    })
  if (zone.vpcs !== undefined) call.world.privateZones.gone(zone, negativeTtlOf(records))
  const change = put(call, zone, 'delete', records)
  call.world.dns.zones.delete(zone.id)
  return { ChangeInfo: changeView(change) }
}

/** The VPC that a request names, which has to be one of the account's in that Region. */
function vpcOf({ world }: Call, reader: InputReader): { id: string; region: string } {
  const [id, region] = [reader.requiredText('VPCId'), reader.requiredText('VPCRegion')]
  const isThere = [...world.compute.templates.entries()].some(
    ([key, template]) => template.vpcId === id && key.startsWith(`${region}|`),
  )
  if (isThere) return { id, region }
  throw new AwsFault({ code: 'InvalidVPCId', message: `The VPC ID ${id} is not valid in ${region}` })
}

/** RFC 2308: the lesser of the SOA's own TTL and its last field. */
function negativeTtlOf(records: readonly RecordSet[]): number {
  const soa = records.find(({ type }) => type === 'SOA')
  const minimum = Number(soa?.values[0]?.trim().split(/\s+/).at(-1))
  return Math.min(soa?.ttl ?? SOA_TTL, Number.isFinite(minimum) ? minimum : SOA_TTL)
}

function put(call: Call, zone: Zone, action: 'put' | 'delete', records: readonly RecordSet[]): ZoneChange {
  const cause = `route53:${action === 'put' ? 'CreateHostedZone' : 'DeleteHostedZone'} by ${call.caller.arn}`
  const ordered = [...records].sort((left, right) => (recordKey(left) < recordKey(right) ? -1 : 1))
  return call.world.dns.change(
    zone.id,
    ordered.map((record) => ({ action, record })),
    null,
    cause,
    true,
  )
}

function apexRecords(zone: Zone): readonly RecordSet[] {
  const base = {
    zoneId: zone.id,
    name: zone.name,
    setIdentifier: null,
    routing: { policy: 'simple' },
    alias: null,
    healthCheckId: null,
  } as const
  const [primary = ''] = zone.nameServers
  const soa = `${primary} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`
  return [
    { ...base, type: 'NS', ttl: NS_TTL, values: zone.nameServers },
    { ...base, type: 'SOA', ttl: SOA_TTL, values: [soa] },
  ]
}

function nameServersFor({ world }: Call): readonly string[] {
  return ['com', 'net', 'org', 'co.uk'].map((suffix) => {
    const number = Math.floor(2_048 * world.kernel.draw('delegation'))
    return `ns-${number}.awsdns-${String(number % 64).padStart(2, '0')}.${suffix}.`
  })
}
