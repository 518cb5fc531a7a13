import type { FaultDriver } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { endExperiment, stopExperimentLine } from '../../fis/end-experiment.ts'
import { createInstanceFault } from '../../instances/instance-fault.ts'
import type { InstanceKind } from '../../instances/instance-kind.ts'
import { plainParameters } from '../../instances/parameters.ts'
import { COMMON_PERMISSIONS } from '../../instances/plan.ts'
import { judgeGoing, notReplaceable } from '../../instances/replaced-by-group.ts'

/** IAM actions of the platform's role. */
export const PERMISSIONS = [...COMMON_PERMISSIONS, 'autoscaling:DescribeAutoScalingGroups'] as const

const KIND: InstanceKind = {
  name: 'ec2-terminate-instances',
  version: 1,
  title: 'Terminate EC2 instances',
  expiry: 'instant',
  parameters: plainParameters,
  permissions: PERMISSIONS,
  checkStep: () => undefined,
  unsuitable: notReplaceable,
  action: () => ({
    name: 'terminate',
    actionId: 'aws:ec2:terminate-instances',
    resourceType: 'aws:ec2:instance',
    slot: 'Instances',
    parameters: {},
  }),
  describe: (instances) => `Firedrill: terminates ${instances} instances, which their groups replace`,
  calls: (ids) => [
    `fis CreateExperimentTemplate: aws:ec2:terminate-instances on ${ids}, for good`,
    'fis StartExperiment',
    'undo: nothing brings them back; their groups launch others, and the run waits until these serve',
    'undo: fis StopExperiment, if it has not begun; fis DeleteExperimentTemplate',
  ],
  undoDemands: () => [],
  judge: judgeGoing,
  backWords: () => 'running, never terminated',
  takeOut: (aws, _, undo, signal) => endExperiment(aws, undo, signal),
  undoCommands: ({ region }, key, environment) => [stopExperimentLine(region, key, environment)],
}

/** Terminates EC2 instances by an FIS experiment: members of groups that replace them, and no others. */
export function createEc2TerminateInstances(clients: AwsClients): FaultDriver {
  return createInstanceFault(clients, KIND)
}
