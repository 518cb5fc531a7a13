import {
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
} from '@aws-sdk/client-route-53'
import type { Outcome } from '@firedrill/core'
import { failed, mutate, read, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { listZone } from '../../route53/list-record-sets.ts'
import { normalName, type RecordSet } from '../../route53/record-set.ts'
import { submit } from '../../route53/change-batch.ts'
import type { Capture } from './plan.ts'

/** How long a VPC's resolver may remember that there is no such name: as AWS writes a zone, and as it is asked to. Seconds. */
export const MEMORY = { asMade: 900, shortened: 60 } as const

/** A hosted zone as the list of names shows it. */
export type ListedZone = Readonly<{ id: string; isPrivate: boolean; reference: string }>

/** A change that Route 53 took. */
export type Taken = Readonly<{ id: string; changeId: string; requestIds: readonly string[] }>

/** Every zone of exactly this name. */
export async function zonesNamed(
  { route53 }: Aws,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<readonly ListedZone[]>> {
  const operation = 'route53.ListHostedZonesByName'
  const answer = await read(operation, signal, (options) =>
    route53.send(new ListHostedZonesByNameCommand({ DNSName: name }), options),
  )
  if (!answer.ok) return answer
  const { HostedZones: zones = [], IsTruncated } = answer.value
  const same = zones.filter((zone) => normalName(zone.Name ?? '') === name)
  if (IsTruncated === true && same.length === zones.length)
    return failed('unexpected', operation, 'TooMany', `there are more than ${zones.length} zones ${name}`)
  return success(
    same.map(({ Id = '', Config, CallerReference = '' }) => ({
      id: bare(Id),
      isPrivate: Config?.PrivateZone === true,
      reference: CallerReference,
    })),
  )
}

/** Makes the empty zone; the same reference twice is the same as once. */
export async function createZone(
  { route53 }: Aws,
  { name, vpcId, region }: Capture,
  reference: string,
  signal: AbortSignal,
): Promise<Outcome<Taken>> {
  const operation = 'route53.CreateHostedZone'
  const answer = await mutate(operation, signal, (options) =>
    route53.send(
      new CreateHostedZoneCommand({
        Name: name,
        CallerReference: reference,
        HostedZoneConfig: { Comment: `Firedrill ${reference}`, PrivateZone: true },
        VPC: { VPCRegion: region as never, VPCId: vpcId },
      }),
      options,
    ),
  )
  if (!answer.ok) return answer
  const { HostedZone: zone, ChangeInfo: change, $metadata } = answer.value
  if (zone?.Id === undefined)
    return failed('ambiguous', operation, 'NoZone', 'Route 53 answered without a zone')
  return success({
    id: bare(zone.Id),
    changeId: bare(change?.Id ?? ''),
    requestIds: $metadata.requestId === undefined ? [] : [$metadata.requestId],
  })
}

/**
 * Lets the zone's SOA say that "no such name" is remembered for a minute only. False when that failed, which is no reason to
 * hold anything up: it is remembered for longer then.
 */
export async function shortenMemory(aws: Aws, zoneId: string, signal: AbortSignal): Promise<boolean> {
  const records = await listZone(aws, zoneId, signal)
  if (!records.ok) return false
  const soa = records.value.find(({ Type }) => Type === 'SOA')
  const words = soa?.ResourceRecords?.[0]?.Value.trim().split(/\s+/)
  if (soa === undefined || words === undefined) return false
  const value = [...words.slice(0, -1), String(MEMORY.shortened)].join(' ')
  const short: RecordSet = { ...soa, TTL: MEMORY.shortened, ResourceRecords: [{ Value: value }] }
  const change = [{ action: 'UPSERT', record: short }] as const
  return (await submit(aws, zoneId, change, 'Firedrill', signal)).ok
}

/** Whether a zone is associated with a VPC. */
export async function isAssociated(
  { route53 }: Aws,
  zoneId: string,
  vpcId: string,
  signal: AbortSignal,
): Promise<Outcome<boolean>> {
  const answer = await read('route53.GetHostedZone', signal, (options) =>
    route53.send(new GetHostedZoneCommand({ Id: zoneId }), options),
  )
  return answer.ok ? success((answer.value.VPCs ?? []).some((vpc) => vpc.VPCId === vpcId)) : answer
}

/** What somebody has put into the zone since it was made. */
export async function foreignRecords(
  aws: Aws,
  zoneId: string,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<readonly RecordSet[]>> {
  const listed = await listZone(aws, zoneId, signal)
  if (!listed.ok) return listed
  const isOwn = ({ Name, Type }: RecordSet) => normalName(Name) === name && (Type === 'SOA' || Type === 'NS')
  return success(listed.value.filter((record) => !isOwn(record)))
}

/** Takes the zone away, with what a person said may be taken away in it. */
export async function deleteZone(
  aws: Aws,
  zoneId: string,
  records: readonly RecordSet[],
  signal: AbortSignal,
): Promise<Outcome<Taken>> {
  if (records.length > 0) {
    const changes = records.map((record) => ({ action: 'DELETE', record }) as const)
    const emptied = await submit(aws, zoneId, changes, 'Firedrill undo', signal)
    if (!emptied.ok) return emptied
  }
  const answer = await mutate('route53.DeleteHostedZone', signal, (options) =>
    aws.route53.send(new DeleteHostedZoneCommand({ Id: zoneId }), options),
  )
  if (!answer.ok) return answer
  const { ChangeInfo: change, $metadata } = answer.value
  return success({
    id: zoneId,
    changeId: bare(change?.Id ?? ''),
    requestIds: $metadata.requestId === undefined ? [] : [$metadata.requestId],
  })
}

function bare(id: string): string {
  return id.replace(/^\/(?:hostedzone|change)\//, '')
}
