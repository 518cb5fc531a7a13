import type { Outcome, Seen, TargetSeen, UndoPlan } from '@firedrill/core'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { describeInstances, type SeenInstance } from '../../ec2/describe-instances.ts'
import { findExperiment, isOver, listResolvedArns, type SeenExperiment } from '../../fis/experiments.ts'
import { keyToken } from '../key-token.ts'
import { differenceFrom } from './apply.ts'
import type { Capture } from './capture.ts'

/**
 * Looks whether the instances are stopped. FIS's word that an action runs is not enough, each instance is described.
 * If FIS resolved other instances than were approved, the answer is an `invalid` failure: take the fault out.
 */
export async function confirmStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const experiment = await findExperiment(aws, { ...undo, token: keyToken(undo.key) }, signal)
  if (!experiment.ok) return experiment
  const resolved = await checkResolved(aws, undo, experiment.value, signal)
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

async function checkResolved(
  aws: Aws,
  undo: UndoPlan,
  experiment: SeenExperiment | null,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  if (experiment === null || experiment.state === 'pending') return success(null)
  const arns = await listResolvedArns(aws, experiment.id, signal)
  if (!arns.ok) return arns
  const isNotYet = arns.value.length === 0 && experiment.state !== 'running'
  const differs = isNotYet
    ? undefined
    : differenceFrom(
        undo.targets.map(({ id }) => id),
        arns.value,
      )
  if (differs === undefined) return success(null)
  const message = `what FIS resolved for ${experiment.id} ${differs}`
  return failed('invalid', 'fis.ListExperimentResolvedTargets', 'ResolvedTargetsDiffer', message)
}

type Captured = Capture['instances'][number]

/**
 * What one instance's state says. `stopping` counts as in: the guest is going down and cannot be called back, and counting
 * only `stopped` would date the effect after users felt it. An instance that runs since before the act was never
 * stopped, and when there is no experiment of the key or it is over, it will not be, unless the act is tried again.
 */
function judge(
  captured: Captured,
  instance: SeenInstance | undefined,
  experiment: SeenExperiment | null,
): TargetSeen {
  const told =
    experiment === null ? 'no experiment has this key' : `experiment ${experiment.id} ${experiment.state}`
  const seen = (words: string) => `${words}; ${told}`
  const target = captured.arn
  switch (instance?.state) {
    case 'stopping':
    case 'stopped':
    case 'shutting-down':
    case 'terminated':
      return experiment === null
        ? { target, injection: 'unknown', seen: seen(`${instance.state}, but not by us as far as FIS knows`) }
        : { target, injection: 'injected', seen: seen(instance.state) }
    case 'pending':
      return { target, injection: 'recovering', seen: seen('is being started again') }
    case 'running':
      if (instance.launchedAt !== captured.launchedAt)
        return { target, injection: 'recovering', seen: seen(`running again since ${instance.launchedAt}`) }
      return experiment === null || isOver(experiment)
        ? { target, injection: 'failed-to-inject', seen: seen(experiment?.reason ?? 'running') }
        : { target, injection: 'requested', seen: seen('running') }
    case undefined:
      return experiment === null
        ? { target, injection: 'unknown', seen: seen('EC2 no longer knows it') }
        : { target, injection: 'injected', seen: seen('gone') }
  }
}
