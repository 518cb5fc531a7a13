import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { Outcome } from '@firedrill/core'
import { read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { autoScalingSdk } from './sdk.ts'

/** An Auto Scaling group as this room needs it. */
export type SeenGroup = Readonly<{
  name: string
  arn: string
  desired: number
  /** The bounds within which `desired` may be set. */
  least: number
  most: number
  /** Ids of the members that are in service, and how many they are. */
  members: readonly string[]
  inService: number
  /** Target groups of load balancers with which it registers its members, by ARN. */
  targetGroups: readonly string[]
  /** Availability Zone names. */
  zones: readonly string[]
  /** Processes that somebody has suspended, by AWS's names. */
  suspended: readonly string[]
  tags: Readonly<Record<string, string>>
}>

/** The processes by which a group makes up for a member that is gone. */
const REPLACING = ['HealthCheck', 'Launch', 'ReplaceUnhealthy', 'Terminate']

const OPERATION = 'autoscaling.DescribeAutoScalingGroups'
const NAMES_PER_CALL = 50

/** The groups of these names, by name. Names that Auto Scaling does not know are left out. */
export async function findGroups(
  { autoscaling }: Aws,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<readonly SeenGroup[]>> {
  const found: SeenGroup[] = []
  const unique = [...new Set(names)].toSorted()
  for (let from = 0; from < unique.length; from += NAMES_PER_CALL) {
    const some = unique.slice(from, from + NAMES_PER_CALL)
    const pages = await readPages(
      (token) =>
        read(OPERATION, signal, (options) =>
          autoscaling.send(
            new (autoScalingSdk().DescribeAutoScalingGroupsCommand)({
              AutoScalingGroupNames: some,
              ...(token === undefined ? {} : { NextToken: token }),
            }),
            options,
          ),
        ),
      (page) => page.AutoScalingGroups,
      (page) => page.NextToken,
      OPERATION,
    )
    if (!pages.ok) return pages
    found.push(...pages.value.flatMap(seenGroup))
  }
  return success(found.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
}

/** Why a group would not make up for a member that is gone, or undefined when it would. */
export function whyNotReplaced(name: string, group: SeenGroup | undefined): string | undefined {
  if (group === undefined) return `group ${name} does not exist`
  const stopped = REPLACING.filter((process) => group.suspended.includes(process))
  return stopped.length === 0 ? undefined : `group ${name} has suspended ${stopped.join(', ')}`
}

function seenGroup(group: AutoScalingGroup): readonly SeenGroup[] {
  const { AutoScalingGroupName: name, AutoScalingGroupARN: arn } = group
  if (name === undefined || arn === undefined) return []
  const members = (group.Instances ?? []).flatMap(({ InstanceId, LifecycleState }) =>
    LifecycleState === 'InService' ? (InstanceId ?? []) : [],
  )
  return [
    {
      name,
      arn,
      desired: group.DesiredCapacity ?? 0,
      least: group.MinSize ?? 0,
      most: group.MaxSize ?? 0,
      members,
      inService: members.length,
      targetGroups: group.TargetGroupARNs ?? [],
      zones: group.AvailabilityZones ?? [],
      suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
      tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    },
  ]
}
