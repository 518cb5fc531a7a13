import type { Filter, Instance } from '@aws-sdk/client-ec2'
import type { Outcome } from '@firedrill/core'
import { read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { ec2Sdk } from './sdk.ts'

/** States of an instance's life, in order. */
export const INSTANCE_STATES = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
] as const
/** One of those states. */
export type InstanceState = (typeof INSTANCE_STATES)[number]

/** An instance as this room needs it. */
export type SeenInstance = Readonly<{
  id: string
  name: string
  /** Availability Zone name, e.g. `eu-west-1a`. */
  zone: string
  /** Availability Zone id, e.g. `euw1-az1`; the same place in every account. */
  zoneId: string
  state: InstanceState
  /** ISO 8601; moves when a stopped instance is started again. */
  launchedAt: string
  privateIp: string
  vpcId: string
  subnetId: string
  /** Bought on the spot market: AWS may take it back. */
  isSpot: boolean
  /** Auto Scaling group, if it belongs to one. */
  group: string | null
  tags: Readonly<Record<string, string>>
}>

const OPERATION = 'ec2.DescribeInstances'
const IDS_PER_CALL = 200

/** All instances that pass the filters, by id; every page or none. */
export async function findInstances(
  { ec2 }: Aws,
  filters: readonly Filter[],
  signal: AbortSignal,
): Promise<Outcome<readonly SeenInstance[]>> {
  const pages = await readPages(
    (token) =>
      read(OPERATION, signal, (options) =>
        ec2.send(
          new (ec2Sdk().DescribeInstancesCommand)({
            Filters: [...filters],
            MaxResults: 500,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    (page) => page.Reservations?.flatMap((reservation) => reservation.Instances ?? []),
    (page) => page.NextToken,
    OPERATION,
  )
  return pages.ok ? success(sorted(pages.value)) : pages
}

/**
 * The instances with these ids. Asked for by id, because a describe that names no instance fails while a zone is disrupted.
 * Ids that EC2 has forgotten (an hour after termination) are left out.
 */
export async function describeInstances(
  aws: Aws,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<readonly SeenInstance[]>> {
  const found: SeenInstance[] = []
  for (let from = 0; from < ids.length; from += IDS_PER_CALL) {
    const some = ids.slice(from, from + IDS_PER_CALL)
    const answer = await read(OPERATION, signal, (options) =>
      aws.ec2.send(new (ec2Sdk().DescribeInstancesCommand)({ InstanceIds: some }), options),
    )
    if (answer.ok) {
      found.push(
        ...sorted((answer.value.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])),
      )
      continue
    }
    // One unknown id fails the whole call; a filter on ids passes over it.
    if (answer.failure.code !== 'InvalidInstanceID.NotFound') return answer
    const rest = await findInstances(aws, [{ Name: 'instance-id', Values: some }], signal)
    if (!rest.ok) return rest
    found.push(...rest.value)
  }
  return success(found)
}

function sorted(instances: readonly Instance[]): readonly SeenInstance[] {
  return instances.flatMap(seenInstance).toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

function seenInstance(instance: Instance): readonly SeenInstance[] {
  const { InstanceId: id, State: state, Placement: placement } = instance
  const known = INSTANCE_STATES.find((word) => word === state?.Name)
  if (id === undefined || known === undefined) return []
  const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
  return [
    {
      id,
      name: tags['Name'] ?? id,
      zone: placement?.AvailabilityZone ?? '',
      zoneId: placement?.AvailabilityZoneId ?? '',
      state: known,
      launchedAt: instance.LaunchTime?.toISOString() ?? '',
      privateIp: instance.PrivateIpAddress ?? '',
      vpcId: instance.VpcId ?? '',
      subnetId: instance.SubnetId ?? '',
      isSpot: instance.InstanceLifecycle === 'spot',
      group: tags['aws:autoscaling:groupName'] ?? null,
      tags,
    },
  ]
}
