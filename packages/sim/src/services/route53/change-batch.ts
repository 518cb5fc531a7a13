import type { RecordSet, Routing } from '../../world/model.ts'
import type { InputReader } from '../../wire/input-reader.ts'
import { fromWireName } from './names.ts'
import { invalidInput } from './route53-faults.ts'

/** What a change asks for. */
export const CHANGE_ACTIONS = ['CREATE', 'DELETE', 'UPSERT'] as const
/** One change action. */
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

/** One change of a batch as it was asked for, not yet compared with the zone. */
export type RequestedChange = { readonly action: ChangeAction; readonly record: RecordSet }

const RECORD_TYPES = [
  'A',
  'AAAA',
  'CAA',
  'CNAME',
  'DS',
  'HTTPS',
  'MX',
  'NAPTR',
  'NS',
  'PTR',
  'SOA',
  'SPF',
  'SRV',
  'SSHFP',
  'SVCB',
  'TLSA',
  'TXT',
] as const
const MAX_TTL = 2_147_483_647

/** Reads a `Change` element. @throws AwsFault `InvalidInput` if it cannot be any record set at all. */
export function readChange(zoneId: string, change: InputReader): RequestedChange {
  const action = change.choice('Action', CHANGE_ACTIONS)
  if (action === undefined) throw invalidInput("Invalid request: Missing field 'Action' in Change")
  const set = change.requiredStructure('ResourceRecordSet')
  const wireName = set.requiredText('Name')
  const type = set.choice('Type', RECORD_TYPES)
  if (type === undefined)
    throw invalidInput(
      `Invalid request: Missing field 'Type' in Change with [Action=${action}, Name=${wireName}]`,
    )
  const setIdentifier = set.text('SetIdentifier') ?? null
  const at = `Change with [Action=${action}, Name=${fromWireName(wireName)}, Type=${type}, SetIdentifier=${setIdentifier}]`
  const record: RecordSet = {
    zoneId,
    name: fromWireName(wireName),
    type,
    setIdentifier,
    routing: readRouting(set, setIdentifier, at),
    ...readData(set, at),
    healthCheckId: set.text('HealthCheckId') ?? null,
  }
  return { action, record }
}

function readData(set: InputReader, at: string): Pick<RecordSet, 'ttl' | 'values' | 'alias'> {
  const target = set.structure('AliasTarget')
  const hasValues = set.has('ResourceRecords')
  const kinds =
    'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]'
  if (target !== undefined) {
    if (hasValues || set.has('TTL'))
      throw invalidInput(`Invalid request: ${kinds}, but found more than one in ${at}`)
    const dnsName = fromWireName(target.requiredText('DNSName'))
    const evaluateTargetHealth = target.flag('EvaluateTargetHealth') ?? false
    return {
      ttl: null,
      values: [],
      alias: { hostedZoneId: target.requiredText('HostedZoneId'), dnsName, evaluateTargetHealth },
    }
  }
  if (!hasValues && !set.has('TTL')) throw invalidInput(`Invalid request: ${kinds}, but found none in ${at}`)
  const ttl = set.integer('TTL', 0, MAX_TTL)
  if (ttl === undefined) throw invalidInput(`Invalid request: Missing field 'TTL' in ${at}`)
  const values = set.structures('ResourceRecords').map((value) => value.requiredText('Value'))
  if (values.length === 0) throw invalidInput(`Invalid request: Missing field 'ResourceRecords' in ${at}`)
  return { ttl, values, alias: null }
}

function readRouting(set: InputReader, setIdentifier: string | null, at: string): Routing {
  const found: Routing[] = []
  const weight = set.integer('Weight', 0, 255)
  if (weight !== undefined) found.push({ policy: 'weighted', weight })
  const region = set.text('Region')
  if (region !== undefined) found.push({ policy: 'latency', region })
  const role = set.choice('Failover', ['PRIMARY', 'SECONDARY'])
  if (role !== undefined) found.push({ policy: 'failover', role })
  if (set.flag('MultiValueAnswer') === true) found.push({ policy: 'multivalue' })
  const geo = set.structure('GeoLocation')
  if (geo !== undefined) found.push({ policy: 'geolocation', location: readLocation(geo) })
  if (set.has('GeoProximityLocation') || set.has('CidrRoutingConfig')) {
    throw invalidInput(`Invalid request: geoproximity and CIDR routing are not available in ${at}`)
  }
  const kinds = 'Weight, Region, Failover, GeoLocation, MultiValueAnswer'
  if (found.length > 1)
    throw invalidInput(
      `Invalid request: Expected exactly one of [${kinds}], but found more than one in ${at}`,
    )
  const [routing] = found
  if (routing === undefined) {
    if (setIdentifier !== null)
      throw invalidInput(`Invalid request: Expected exactly one of [${kinds}], but found none in ${at}`)
    return { policy: 'simple' }
  }
  if (setIdentifier === null) throw invalidInput(`Invalid request: Missing field 'SetIdentifier' in ${at}`)
  return routing
}

function readLocation(geo: InputReader): Readonly<Record<string, string>> {
  const codes = ['ContinentCode', 'CountryCode', 'SubdivisionCode'].map(
    (code) => [code, geo.text(code)] as const,
  )
  return Object.fromEntries(codes.filter((pair): pair is readonly [string, string] => pair[1] !== undefined))
}
