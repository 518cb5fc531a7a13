import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Outcome } from '@firedrill/core'
import { failed, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'

/** One registered target: an instance id or an IP address, and what the load balancer thinks of it. */
export type SeenTarget = Readonly<{ id: string; state: string; reason: string }>
/** A target group with its targets. */
export type SeenTargetGroup = Readonly<{
  arn: string
  name: string
  vpcId: string
  /** ARNs of the load balancers that send to it. */
  balancers: readonly string[]
  targets: readonly SeenTarget[]
}>

/** Target groups of the Region that lie in one of these VPCs, without their targets. */
export async function findTargetGroups(
  { elb }: Aws,
  vpcIds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Outcome<readonly Omit<SeenTargetGroup, 'targets'>[]>> {
  const operation = 'elasticloadbalancing.DescribeTargetGroups'
  const groups = await readPages(
    (token) =>
      read(operation, signal, (options) =>
        elb.send(new DescribeTargetGroupsCommand(token === undefined ? {} : { Marker: token }), options),
      ),
    (page) => page.TargetGroups,
    (page) => page.NextMarker,
    operation,
  )
  if (!groups.ok) return groups
  return success(
    groups.value.flatMap(({ TargetGroupArn: arn, TargetGroupName: name, VpcId: vpcId, LoadBalancerArns }) =>
      arn === undefined || vpcId === undefined || !vpcIds.has(vpcId)
        ? []
        : [{ arn, name: name ?? arn, vpcId, balancers: LoadBalancerArns ?? [] }],
    ),
  )
}

/** The targets of one group and their health. */
export async function readTargets(
  { elb }: Aws,
  groupArn: string,
  signal: AbortSignal,
): Promise<Outcome<readonly SeenTarget[]>> {
  const operation = 'elasticloadbalancing.DescribeTargetHealth'
  const answer = await read(operation, signal, (options) =>
    elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: groupArn }), options),
  )
  if (!answer.ok) return answer
  const { TargetHealthDescriptions: targets } = answer.value
  if (targets === undefined)
    return failed('unexpected', operation, 'NoTargets', `no list of targets for ${groupArn}`)
  return success(
    targets.map(({ Target: target, TargetHealth: health }) => ({
      id: target?.Id ?? '',
      state: health?.State ?? 'unknown',
      reason: health?.Reason ?? '',
    })),
  )
}
