import { isoDuration, type FaultDriver } from '@firedrill/core'
import { z } from 'zod'
import type { AwsClients } from '../../aws-clients.ts'
import { success } from '../../call.ts'
import { endExperiment, stopExperimentLine } from '../../fis/end-experiment.ts'
import { createInstanceFault } from '../../instances/instance-fault.ts'
import type { InstanceKind } from '../../instances/instance-kind.ts'
import { instanceParameters } from '../../instances/parameters.ts'
import { COMMON_PERMISSIONS } from '../../instances/plan.ts'
import { judgeGoing, notReplaceable } from '../../instances/replaced-by-group.ts'

const NOTICE_MIN_SECONDS = 120
/** FIS would wait for 15 minutes, but a fault that takes so long to show is given up as one that took no effect. */
const NOTICE_MAX_SECONDS = 480

const parameters = z.strictObject({
  ...instanceParameters,
  /** From the rebalance recommendation to the interruption; the notice itself comes two minutes before it. */
  warningSeconds: z.int().min(NOTICE_MIN_SECONDS).max(NOTICE_MAX_SECONDS).default(NOTICE_MIN_SECONDS),
})
type Parameters = z.output<typeof parameters>

const warning = ({ warningSeconds }: Parameters) => isoDuration(warningSeconds * 1000)

/** IAM actions of the platform's role. */
export const PERMISSIONS = [...COMMON_PERMISSIONS, 'autoscaling:DescribeAutoScalingGroups'] as const

const KIND: InstanceKind<Parameters> = {
  name: 'ec2-interrupt-spot-instances',
  version: 1,
  title: 'Interrupt Spot instances',
  expiry: 'instant',
  parameters,
  permissions: PERMISSIONS,
  checkStep: ({ durationMs }, { warningSeconds }) =>
    durationMs > warningSeconds * 1000
      ? undefined
      : `the instances are interrupted after ${warningSeconds} s, the step lasts ${durationMs / 1000} s`,
  async unsuitable(aws, chosen, capture, signal) {
    const owned = chosen.find(({ isSpot }) => !isSpot)
    return owned === undefined
      ? notReplaceable(aws, chosen, capture, signal)
      : success(`${owned.id} is no Spot instance`)
  },
  action: (_, read) => ({
    name: 'interrupt',
    actionId: 'aws:ec2:send-spot-instance-interruptions',
    resourceType: 'aws:ec2:spot-instance',
    slot: 'SpotInstances',
    parameters: { durationBeforeInterruption: warning(read) },
  }),
  describe: (instances, _, read) =>
    `Firedrill: interrupts ${instances} Spot instances after ${warning(read)}, which their groups replace`,
  calls: (ids, _, read) => [
    `fis CreateExperimentTemplate: aws:ec2:send-spot-instance-interruptions on ${ids} after ${warning(read)}, for good`,
    'fis StartExperiment',
    'undo: nothing brings them back; their groups launch others, and the run waits until these serve',
    'undo: fis StopExperiment, if it has not begun; fis DeleteExperimentTemplate',
  ],
  undoDemands: () => [],
  judge: judgeGoing,
  backWords: () => 'running, never interrupted',
  takeOut: (aws, _, undo, signal) => endExperiment(aws, undo, signal),
  undoCommands: ({ region }, key, environment) => [stopExperimentLine(region, key, environment)],
}

/**
 * Interrupts Spot instances by an FIS experiment, with the recommendation and the notice that AWS gives: members of groups
 * that replace them, and no others.
 */
export function createEc2InterruptSpotInstances(clients: AwsClients): FaultDriver {
  return createInstanceFault(clients, KIND)
}
