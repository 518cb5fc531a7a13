import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Outcome } from '@firedrill/core'
import { read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { readTargets } from './target-groups.ts'

/** Targets behind the load balancer of a DNS name, over all of its groups. Null when the Region has no such load balancer. */
export async function readBalancerTargets(
  aws: Aws,
  dnsName: string,
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ healthy: number; all: number }> | null>> {
  const operation = 'elasticloadbalancing.DescribeLoadBalancers'
  const balancers = await readPages(
    (token) =>
      read(operation, signal, (options) =>
        aws.elb.send(new DescribeLoadBalancersCommand(token === undefined ? {} : { Marker: token }), options),
      ),
    (page) => page.LoadBalancers,
    (page) => page.NextMarker,
    operation,
  )
  if (!balancers.ok) return balancers
  const arn = balancers.value.find(({ DNSName }) => DNSName?.toLowerCase() === dnsName)?.LoadBalancerArn
  return arn === undefined ? success(null) : countTargets(aws, arn, signal)
}

async function countTargets(
  aws: Aws,
  balancerArn: string,
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ healthy: number; all: number }>>> {
  const groups = await read('elasticloadbalancing.DescribeTargetGroups', signal, (options) =>
    aws.elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: balancerArn }), options),
  )
  if (!groups.ok) return groups
  let healthy = 0
  let all = 0
  for (const { TargetGroupArn: arn } of groups.value.TargetGroups ?? []) {
    if (arn === undefined) continue
    const targets = await readTargets(aws, arn, signal)
    if (!targets.ok) return targets
    all += targets.value.length
    healthy += targets.value.filter(({ state }) => state === 'healthy').length
  }
  return success({ healthy, all })
}
