import { isoDuration, type FaultDriver } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { createInstanceFault } from '../../instances/instance-fault.ts'
import type { InstanceKind } from '../../instances/instance-kind.ts'
import { plainParameters } from '../../instances/parameters.ts'
import { COMMON_PERMISSIONS } from '../../instances/plan.ts'
import { backFromStop, judgeStopped, stopAction } from '../../instances/stopping.ts'
import { recoverRegion, recoverStep } from './recover.ts'
import { undoCommands } from './undo-commands.ts'

const DURATION_MIN_MS = 60_000
const DURATION_MAX_MS = 12 * 3_600_000
/** Instances that EC2 lets an account start at once; undo may have to start all of them itself. */
const STARTS_MAX = 1000

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  ...COMMON_PERMISSIONS,
  'autoscaling:DescribeAutoScalingGroups',
  'ec2:StartInstances',
] as const

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
  action: ({ durationMs }) => stopAction(durationMs),
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
  judge: judgeStopped,
  backWords: backFromStop,
  takeOut: recoverStep,
  takeOutTogether: recoverRegion,
  undoCommands,
}

/**
 * Stops EC2 instances by an FIS experiment that starts them again at the end of the step's duration, or as soon as it is
 * stopped.
 */
export function createEc2StopInstances(clients: AwsClients): FaultDriver {
  return createInstanceFault(clients, KIND)
}
