import type { Outcome } from '@firedrill/core'
import { findGroups } from '../autoscaling/groups.ts'
import { success } from '../call.ts'
import type { Aws } from '../client.ts'
import { describeInstances, type SeenInstance } from '../ec2/describe-instances.ts'
import type { SeenExperiment } from '../fis/experiments.ts'
import { fromDate } from '../world-date.ts'
import type { Capture } from './capture.ts'

/** What an Auto Scaling group has come to: whether it is complete again, in words, and who is new in it. */
export type GroupNow = Readonly<{ isComplete: boolean; words: string; newcomers: readonly string[] }>

/**
 * For members that are gone and that no load balancer knew: their groups, as Auto Scaling sees them, and the members that were
 * launched since the experiment acted. A group makes up for what it lost when it is at its desired capacity and has as
 * many newcomers as it lost. Groups that cannot be asked are left out: nothing is concluded from them.
 */
export async function groupsNow(
  aws: Aws,
  { instances: captured }: Pick<Capture, 'instances'>,
  instances: readonly SeenInstance[],
  experiment: SeenExperiment | null,
  signal: AbortSignal,
): Promise<Outcome<ReadonlyMap<string, GroupNow>>> {
  const actedAt = experiment?.actedAt
  const isGone = (id: string) => {
    const state = instances.find((one) => one.id === id)?.state
    return state === undefined || state === 'shutting-down' || state === 'terminated'
  }
  const lost = captured.filter(
    ({ id, group, targetGroups }) => group !== null && targetGroups.length === 0 && isGone(id),
  )
  if (lost.length === 0 || actedAt === undefined) return success(new Map())
  const groups = await findGroups(
    aws,
    lost.flatMap(({ group }) => group ?? []),
    signal,
  )
  if (!groups.ok) return groups.failure.kind === 'denied' ? success(new Map()) : groups
  const members = groups.value.flatMap(({ members: ids }) => ids)
  const described = await describeInstances(aws, members, signal)
  if (!described.ok) return described
  return success(
    new Map(
      groups.value.map(({ name, desired, inService, members: ids }) => {
        const newcomers = described.value
          .filter(({ id, launchedAt }) => ids.includes(id) && fromDate(new Date(launchedAt)) > actedAt)
          .map(({ id }) => id)
        const isComplete =
          inService >= desired && newcomers.length >= lost.filter(({ group }) => group === name).length
        return [
          name,
          { isComplete, newcomers, words: `group ${name} has ${inService} of ${desired} members in service` },
        ]
      }),
    ),
  )
}
