import type { Outcome, TargetSeen } from '@firedrill/core'
import { findGroups, whyNotReplaced } from '../autoscaling/groups.ts'
import { success } from '../call.ts'
import type { Aws } from '../client.ts'
import type { SeenInstance } from '../ec2/describe-instances.ts'
import { isOver, type SeenExperiment } from '../fis/experiments.ts'
import type { Capture } from './capture.ts'
import { toldBy, type CapturedInstance } from './instance-kind.ts'

/**
 * Why one of these instances would be lost for good, or undefined: each must be a member of a group that replaces its
 * members, and registered with a target group, which is what tells that the newcomer serves.
 */
export async function notReplaceable(
  aws: Aws,
  chosen: readonly SeenInstance[],
  { instances }: Capture,
  signal: AbortSignal,
): Promise<Outcome<string | undefined>> {
  const alone = chosen.find(({ group }) => group === null)
  if (alone !== undefined)
    return success(`${alone.id} is in no Auto Scaling group: nothing would make up for it`)
  const unseen = instances.find(({ targetGroups }) => targetGroups.length === 0)
  if (unseen !== undefined)
    return success(`${unseen.id} is in no target group: nothing would tell that it was made up for`)
  const names = [...new Set(chosen.flatMap(({ group }) => group ?? []))]
  const groups = await findGroups(aws, names, signal)
  if (!groups.ok) return groups
  const problems = names.flatMap(
    (name) =>
      whyNotReplaced(
        name,
        groups.value.find((group) => group.name === name),
      ) ?? [],
  )
  return success(problems.length === 0 ? undefined : problems.join('; '))
}

/** What the state of an instance says that is to go for good. On its way out counts as in: it cannot be called back. */
export function judgeGoing(
  captured: CapturedInstance,
  instance: SeenInstance | undefined,
  experiment: SeenExperiment | null,
): TargetSeen {
  const target = captured.arn
  const state = instance?.state ?? 'gone'
  const seen = `${state}; ${toldBy(experiment)}`
  switch (instance?.state) {
    case 'shutting-down':
    case 'terminated':
    case undefined:
      return { target, injection: experiment === null ? 'unknown' : 'injected', seen }
    case 'running':
      return experiment === null || isOver(experiment)
        ? { target, injection: 'failed-to-inject', seen: `running; ${experiment?.reason ?? toldBy(null)}` }
        : { target, injection: 'requested', seen }
    case 'pending':
    case 'stopping':
    case 'stopped':
      // Nothing of this fault stops or starts an instance.
      return { target, injection: 'unknown', seen }
  }
}
