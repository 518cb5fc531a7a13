import { isoDuration, type TargetSeen } from '@firedrill/core'
import type { SeenInstance } from '../ec2/describe-instances.ts'
import type { ExperimentAction } from '../fis/experiment-template.ts'
import { isOver, type SeenExperiment } from '../fis/experiments.ts'
import { toldBy, type CapturedInstance } from './instance-kind.ts'

/** The FIS action that stops instances and starts them again after so long, or as soon as the experiment is stopped. */
export function stopAction(durationMs: number): Omit<ExperimentAction, 'arns' | 'targets'> {
  return {
    name: 'stop',
    actionId: 'aws:ec2:stop-instances',
    resourceType: 'aws:ec2:instance',
    slot: 'Instances',
    parameters: {
      startInstancesAfterDuration: isoDuration(durationMs),
      // Members of a group that replaced them cannot be started again, which must not fail the others.
      completeIfInstancesTerminated: 'true',
    },
  }
}

/**
 * What one instance's state says. `stopping` counts as in: the guest is going down and cannot be called back, and counting
 * only `stopped` would date the effect after users felt it. An instance that runs since before the act was never
 * stopped, and when there is no experiment of the key or it is over, it will not be, unless the act is tried again.
 */
export function judgeStopped(
  captured: CapturedInstance,
  instance: SeenInstance | undefined,
  experiment: SeenExperiment | null,
): TargetSeen {
  const seen = (words: string) => `${words}; ${toldBy(experiment)}`
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

/** How an instance that runs is called, once everything else is as it was. */
export function backFromStop(captured: CapturedInstance, { launchedAt }: SeenInstance): string {
  return launchedAt === captured.launchedAt ? 'running, never stopped' : 'running again'
}
