import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { canonicalJson, type Json } from '@firedrill/core'
import { z } from 'zod'

const coordinates = z.strictObject({ Latitude: z.string(), Longitude: z.string() })

/**
 * A record set exactly as Route 53 lists it, as plain JSON: it is captured before the act and sent back word for word.
 * Strict, so that a member this version does not know fails the plan instead of being lost in the restore.
 */
export const recordSetSchema = z.strictObject({
  Name: z.string(),
  Type: z.string(),
  SetIdentifier: z.string().optional(),
  Weight: z.number().optional(),
  Region: z.string().optional(),
  GeoLocation: z
    .strictObject({
      ContinentCode: z.string().optional(),
      CountryCode: z.string().optional(),
      SubdivisionCode: z.string().optional(),
    })
    .optional(),
  Failover: z.string().optional(),
  MultiValueAnswer: z.boolean().optional(),
  TTL: z.number().optional(),
  ResourceRecords: z.array(z.strictObject({ Value: z.string() })).optional(),
  AliasTarget: z
    .strictObject({ HostedZoneId: z.string(), DNSName: z.string(), EvaluateTargetHealth: z.boolean() })
    .optional(),
  HealthCheckId: z.string().optional(),
  TrafficPolicyInstanceId: z.string().optional(),
  CidrRoutingConfig: z.strictObject({ CollectionId: z.string(), LocationName: z.string() }).optional(),
  GeoProximityLocation: z
    .strictObject({
      AWSRegion: z.string().optional(),
      LocalZoneGroup: z.string().optional(),
      Coordinates: coordinates.optional(),
      Bias: z.number().optional(),
    })
    .optional(),
})
/** A captured record set. */
export type RecordSet = z.infer<typeof recordSetSchema>

/** Reads one record set of an answer. Members without a value and empty lists are left out. */
export function readRecordSet(listed: ResourceRecordSet): z.ZodSafeParseResult<RecordSet> {
  return recordSetSchema.safeParse(
    JSON.parse(JSON.stringify(listed, (_, value: unknown) => withoutEmpty(value))),
  )
}

function withoutEmpty(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

/** As the SDK takes it back. The schema's words come from the service's own answer, so they are words the service knows. */
export function toSdk(record: RecordSet): ResourceRecordSet {
  return record as ResourceRecordSet
}

/** A DNS name in the form in which two of them can be compared: lower case, one trailing dot, `*` for `\052`. */
export function normalName(name: string): string {
  return `${name.toLowerCase().replaceAll('\\052', '*').replace(/\.$/, '')}.`
}

/** What tells record sets of a zone apart: name, type and set identifier. */
export function recordKey(record: Pick<RecordSet, 'Name' | 'Type' | 'SetIdentifier'>): string {
  return `${normalName(record.Name)}|${record.Type}|${record.SetIdentifier ?? ''}`
}

/** The target id of a record set: `route53:ZONE/NAME/TYPE[/SET]`. */
export function recordTargetId(zoneId: string, record: RecordSet): string {
  const name = normalName(record.Name).slice(0, -1)
  const set = record.SetIdentifier === undefined ? '' : `/${record.SetIdentifier}`
  return `route53:${zoneId}/${name}/${record.Type}${set}`
}

/** What people call a record set: name, type and, where there are several, which. */
export function recordLabel(record: RecordSet): string {
  const name = normalName(record.Name).slice(0, -1)
  return [name, record.Type, ...(record.SetIdentifier === undefined ? [] : [record.SetIdentifier])].join(' ')
}

/** The fields in which two record sets differ, in words; empty when they are the same. The order of values says nothing. */
export function differences(was: RecordSet, is: RecordSet): readonly string[] {
  const before = comparable(was)
  const after = comparable(is)
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((field) => {
    const [old, now] = [words(before[field]), words(after[field])]
    return old === now ? [] : [`${field} ${now} instead of ${old}`]
  })
}

/** A record set in short, for people: what it answers, for how long, and how it is chosen. */
export function recordText(record: RecordSet): string {
  const { Name: _, Type: __, SetIdentifier: ___, values, ...rest } = comparable(record)
  const answers = values === undefined ? [] : [words(values)]
  return [...answers, ...Object.entries(rest).map(([field, value]) => `${field} ${words(value)}`)].join(' · ')
}

function comparable(record: RecordSet): Readonly<Record<string, Json | undefined>> {
  const { ResourceRecords: values, AliasTarget: alias, ...rest } = record
  return {
    ...(rest as Readonly<Record<string, Json>>),
    Name: normalName(record.Name),
    ...(values === undefined ? {} : { values: values.map(({ Value }) => Value).toSorted() }),
    ...(alias === undefined
      ? {}
      : {
          'alias zone': alias.HostedZoneId,
          'alias name': normalName(alias.DNSName),
          'alias health evaluation': alias.EvaluateTargetHealth,
        }),
  }
}

function words(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : canonicalJson(value)
}
