import type {
  CompiledEnvironment,
  HealthCheckSeen,
  NameRoutes,
  Outcome,
  RouteSeen,
  Routing,
} from '@firedrill/core'
import type { AwsClients } from '../aws-clients.ts'
import { failed, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { readBalancerTargets } from '../elbv2/balancer-targets.ts'
import { readHealthCheck } from './health-check-seen.ts'
import { listRecordSets } from './list-record-sets.ts'
import type { RecordSet } from './record-set.ts'

/** Names of one chain of CNAMEs and aliases within a zone; a longer one is a loop or beyond understanding. */
const CHAIN_MAX = 8
const SERVED: readonly string[] = ['A', 'AAAA', 'CNAME']

/** Reads records, health checks and the load balancers behind them, with clients that never act. */
export function createRouting(clients: AwsClients): Routing {
  return {
    async routesOf(environment, hosts, signal) {
      const aws = clients.get({ environment, region: environment.homeRegion, purpose: 'observe' })
      if (!aws.ok) return aws
      const found: NameRoutes[] = []
      for (const host of hosts) {
        const zone = zoneOf(environment, host)
        if (zone === undefined) continue
        const routes = await readName({ aws: aws.value, clients, environment, zone, signal }, host)
        if (!routes.ok) return routes
        found.push(routes.value)
      }
      return success(found)
    },
  }
}

type Zone = Readonly<{ name: string; id: string; domain: string }>
type Reading = Readonly<{
  aws: Aws
  clients: AwsClients
  environment: CompiledEnvironment
  zone: Zone
  signal: AbortSignal
}>

/** The zone with the longest domain that the name lies in. */
function zoneOf(environment: CompiledEnvironment, host: string): Zone | undefined {
  return Object.entries(environment.hostedZones)
    .map(([name, { id, domain }]) => ({ name, id, domain: plain(domain) }))
    .filter(({ domain }) => host === domain || host.endsWith(`.${domain}`))
    .toSorted((a, b) => b.domain.length - a.domain.length)[0]
}

async function readName(reading: Reading, host: string): Promise<Outcome<NameRoutes>> {
  const { aws, zone, signal } = reading
  const negative = await readNegativeTime(aws, zone, signal)
  if (!negative.ok) return negative
  const records: RecordSet[] = []
  const asked = new Set<string>()
  for (let names = [host]; names.length > 0 && asked.size < CHAIN_MAX;) {
    const [name = host, ...rest] = names
    asked.add(name)
    const listed = await listRecordSets(aws, zone.id, name, signal)
    if (!listed.ok) return listed
    const served = listed.value.filter(({ Type }) => SERVED.includes(Type))
    records.push(...served)
    const next = served.flatMap((record) => leadsTo(record)).filter((one) => one.endsWith(`.${zone.domain}`))
    names = [...new Set([...rest, ...next])].filter((one) => !asked.has(one))
  }
  const routes: RouteSeen[] = []
  for (const record of records) {
    const route = await readRoute(reading, record)
    if (!route.ok) return route
    routes.push(route.value)
  }
  return success({ host, zone: zone.name, negativeSeconds: negative.value, routes })
}

/** RFC 2308: the smaller of the SOA record's own TTL and its minimum. */
async function readNegativeTime(aws: Aws, zone: Zone, signal: AbortSignal): Promise<Outcome<number>> {
  const listed = await listRecordSets(aws, zone.id, zone.domain, signal)
  if (!listed.ok) return listed
  const soa = listed.value.find(({ Type }) => Type === 'SOA')
  const minimum = Number(soa?.ResourceRecords?.[0]?.Value.trim().split(/\s+/).at(-1))
  if (soa === undefined || !Number.isFinite(minimum))
    return failed(
      'unexpected',
      'route53.ListResourceRecordSets',
      'NoSoa',
      `zone ${zone.id} has no SOA record`,
    )
  return success(Math.min(soa.TTL ?? minimum, minimum))
}

async function readRoute(reading: Reading, record: RecordSet): Promise<Outcome<RouteSeen>> {
  const check = await healthOf(reading, record.HealthCheckId)
  if (!check.ok) return check
  const target = record.AliasTarget
  const targets = target === undefined ? success(null) : await targetsOf(reading, plain(target.DNSName))
  if (!targets.ok) return targets
  return success({
    name: plain(record.Name),
    type: record.Type,
    variant: record.SetIdentifier ?? null,
    ttlSeconds: record.TTL ?? null,
    failover: record.Failover === 'PRIMARY' || record.Failover === 'SECONDARY' ? record.Failover : null,
    values: (record.ResourceRecords ?? []).map(({ Value }) =>
      record.Type === 'CNAME' ? plain(Value) : Value,
    ),
    alias:
      target === undefined
        ? null
        : {
            name: plain(target.DNSName),
            evaluatesHealth: target.EvaluateTargetHealth,
            targets: targets.value,
          },
    healthCheck: check.value,
  })
}

async function healthOf(
  { aws, signal }: Reading,
  id: string | undefined,
): Promise<Outcome<HealthCheckSeen | 'missing' | null>> {
  return id === undefined ? success(null) : readHealthCheck(aws, id, signal)
}

/** Looks for the load balancer in every Region of the environment; an alias says in none which one it is in. */
async function targetsOf(
  { clients, environment, signal }: Reading,
  dnsName: string,
): Promise<Outcome<Readonly<{ healthy: number; all: number }> | null>> {
  if (!dnsName.includes('.elb.')) return success(null)
  for (const region of Object.keys(environment.regions)) {
    const aws = clients.get({ environment, region, purpose: 'observe' })
    if (!aws.ok) return aws
    const targets = await readBalancerTargets(aws.value, dnsName.replace(/^dualstack\./, ''), signal)
    if (!targets.ok || targets.value !== null) return targets
  }
  return success(null)
}

function leadsTo(record: RecordSet): readonly string[] {
  const alias = record.AliasTarget === undefined ? [] : [plain(record.AliasTarget.DNSName)]
  const canonical =
    record.Type === 'CNAME' ? (record.ResourceRecords ?? []).map(({ Value }) => plain(Value)) : []
  return [...alias, ...canonical]
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
