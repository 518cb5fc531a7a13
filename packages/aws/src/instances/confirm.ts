import type { Outcome, Seen, UndoPlan } from '@firedrill/core'
import { success } from '../call.ts'
import type { Aws } from '../client.ts'
import { describeInstances } from '../ec2/describe-instances.ts'
import { keyToken } from '../faults/key-token.ts'
import { findExperiment } from '../fis/experiments.ts'
import { checkResolved } from '../fis/start-experiment.ts'
import type { Capture } from './capture.ts'
import type { InstanceKind } from './instance-kind.ts'

/**
 * Looks whether the fault is in. FIS's word that an action runs is not enough, each instance is described and judged.
 * If FIS resolved other instances than were approved, the answer is an `invalid` failure: take the fault out.
 */
export async function confirmStep(
  aws: Aws,
  judge: InstanceKind['judge'],
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const experiment = await findExperiment(aws, { ...undo, token: keyToken(undo.key) }, signal)
  if (!experiment.ok) return experiment
  const resolved = await checkResolved(aws, undo.targets, experiment.value, signal)
  if (!resolved.ok) return resolved
  const ids = capture.instances.map(({ id }) => id)
  const instances = await describeInstances(aws, ids, signal)
  if (!instances.ok) return instances
  const { actedAt, id: handle } = experiment.value ?? {}
  return success({
    observations: capture.instances.map((captured) =>
      judge(
        captured,
        instances.value.find(({ id }) => id === captured.id),
        experiment.value,
      ),
    ),
    ...(actedAt === undefined ? {} : { actedAt }),
    ...(handle === undefined || undo.handle !== undefined ? {} : { handle }),
  })
}
