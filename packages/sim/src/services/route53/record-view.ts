import type { RecordSet, Routing } from '../../world/model.ts'
import type { WireStructure } from '../../wire/wire-value.ts'
import { toWireName } from './names.ts'

/** A record set as `ListResourceRecordSets` shows it, its members in the order of the API's own XML. */
export function recordView(record: RecordSet): WireStructure {
  const { alias } = record
  return {
    Name: toWireName(record.name),
    Type: record.type,
    SetIdentifier: record.setIdentifier ?? undefined,
    ...routingView(record.routing),
    TTL: record.ttl ?? undefined,
    ResourceRecords: alias === null ? record.values.map((Value) => ({ Value })) : undefined,
    AliasTarget:
      alias === null
        ? undefined
        : {
            HostedZoneId: alias.hostedZoneId,
            DNSName: toWireName(alias.dnsName),
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
    HealthCheckId: record.healthCheckId ?? undefined,
  }
}

function routingView(routing: Routing): WireStructure {
  switch (routing.policy) {
    case 'simple':
      return {}
    case 'failover':
      return { Failover: routing.role }
    case 'weighted':
      return { Weight: routing.weight }
    case 'multivalue':
      return { MultiValueAnswer: true }
    case 'latency':
      return { Region: routing.region }
    case 'geolocation':
      return { GeoLocation: { ...routing.location } }
    default:
      return routing satisfies never
  }
}
