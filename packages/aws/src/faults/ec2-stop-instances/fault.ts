import { isoDuration, type FaultDriver, type TargetSeen } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import type { SeenInstance } from '../../ec2/describe-instances.ts'
import { isOver, type SeenExperiment } from '../../fis/experiments.ts'
import { createInstanceFault } from '../../instances/instance-fault.ts'
import { toldBy, type CapturedInstance, type InstanceKind } from '../../instances/instance-kind.ts'
import { plainParameters } from '../../instances/parameters.ts'
import { COMMON_PERMISSIONS } from '../../instances/plan.ts'
import { recoverStep } from './recover.ts'
import { undoCommands } from './undo-commands.ts'

const DURATION_MIN_MS = 60_000
const DURATION_MAX_MS = 12 * 3_600_000
/** Instances that EC2 lets an account start at once; undo may have to start all of them itself. */
const STARTS_MAX = 1000

/** IAM actions of the platform's role. */
export const PERMISSIONS = [...COMMON_PERMISSIONS, 'ec2:StartInstances'] as const

const KIND: InstanceKind = {
  name: 'ec2-stop-instances',
  version: 1,
  title: 'Stop EC2 instances',
  expiry: 'native',
  parameters: plainParameters,
  permissions: PERMISSIONS,
  checkStep: ({ durationMs }) =>
    durationMs < DURATION_MIN_MS || durationMs > DURATION_MAX_MS
      ? `FIS keeps instances stopped for 1 minute to 12 hours, the step says ${durationMs / 1000} s`
      : undefined,
  action: ({ durationMs }) => ({
    name: 'stop',
    actionId: 'aws:ec2:stop-instances',
    resourceType: 'aws:ec2:instance',
    slot: 'Instances',
    parameters: {
      startInstancesAfterDuration: isoDuration(durationMs),
      // Members of a group that replaced them cannot be started again, which must not fail the others.
      completeIfInstancesTerminated: 'true',
    },
  }),
  describe: (instances, { durationMs }) =>
    `Firedrill: stops ${instances} instances and starts them again after ${isoDuration(durationMs)}`,
  calls: (ids, { durationMs }) => [
    `fis CreateExperimentTemplate: aws:ec2:stop-instances on ${ids}, started again after ${isoDuration(durationMs)}`,
    'fis StartExperiment',
    'undo: fis StopExperiment, which starts the instances again',
    `undo: ec2 StartInstances: what is still stopped of ${ids}`,
    'undo: fis DeleteExperimentTemplate',
  ],
  undoDemands: (instances) => [
    {
      quota: 'EC2 instances started at once',
      per: 'region',
      fault: 0,
      undo: instances,
      limit: STARTS_MAX,
      isShared: false,
    },
  ],
  judge,
  backWords: (captured, { launchedAt }) =>
    launchedAt === captured.launchedAt ? 'running, never stopped' : 'running again',
  takeOut: recoverStep,
  undoCommands,
}

/**
 * Stops EC2 instances by an FIS experiment that starts them again at the end of the step's duration, or as soon as it is
 * stopped.
 */
export function createEc2StopInstances(clients: AwsClients): FaultDriver {
  return createInstanceFault(clients, KIND)
}

/**
 * What one instance's state says. `stopping` counts as in: the guest is going down and cannot be called back, and counting
 * only `stopped` would date the effect after users felt it. An instance that runs since before the act was never
 * stopped, and when there is no experiment of the key or it is over, it will not be, unless the act is tried again.
 */
function judge(
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
