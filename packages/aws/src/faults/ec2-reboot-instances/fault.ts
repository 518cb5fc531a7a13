import type { FaultDriver, TargetSeen } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import type { SeenInstance } from '../../ec2/describe-instances.ts'
import { endExperiment, stopExperimentLine } from '../../fis/end-experiment.ts'
import { isActive, type SeenExperiment } from '../../fis/experiments.ts'
import { createInstanceFault } from '../../instances/instance-fault.ts'
import { toldBy, type CapturedInstance, type InstanceKind } from '../../instances/instance-kind.ts'
import { plainParameters } from '../../instances/parameters.ts'
import { COMMON_PERMISSIONS } from '../../instances/plan.ts'

/** IAM actions of the platform's role. */
export const PERMISSIONS = [...COMMON_PERMISSIONS] as const

/** Balancers take half a minute to see an instance go down; this is twice that. */
const SETTLES_AFTER_MS = 60_000

const KIND: InstanceKind = {
  name: 'ec2-reboot-instances',
  version: 1,
  title: 'Reboot EC2 instances',
  expiry: 'instant',
  parameters: plainParameters,
  permissions: PERMISSIONS,
  checkStep: () => undefined,
  action: () => ({
    name: 'reboot',
    actionId: 'aws:ec2:reboot-instances',
    resourceType: 'aws:ec2:instance',
    slot: 'Instances',
    parameters: {},
  }),
  describe: (instances) => `Firedrill: reboots ${instances} instances`,
  calls: (ids) => [
    `fis CreateExperimentTemplate: aws:ec2:reboot-instances on ${ids}`,
    'fis StartExperiment',
    'undo: nothing is to be done; the run waits until the instances serve again',
    'undo: fis StopExperiment, if it has not begun; fis DeleteExperimentTemplate',
  ],
  undoDemands: () => [],
  judge,
  settlesAfterMs: SETTLES_AFTER_MS,
  backWords: () => 'running',
  takeOut: (aws, _, undo, signal) => endExperiment(aws, undo, signal),
  undoCommands: ({ region }, key, environment) => [stopExperimentLine(region, key, environment)],
}

/** Reboots EC2 instances by an FIS experiment. They come back by themselves. */
export function createEc2RebootInstances(clients: AwsClients): FaultDriver {
  return createInstanceFault(clients, KIND)
}

/**
 * EC2 keeps no trace of a reboot: state and launch time stay. So the experiment's own end is what tells: it is completed when
 * FIS has rebooted every one of its resolved targets. One that ended otherwise after it had begun may have rebooted some.
 */
function judge(
  captured: CapturedInstance,
  instance: SeenInstance | undefined,
  experiment: SeenExperiment | null,
): TargetSeen {
  const target = captured.arn
  const seen = `${instance?.state ?? 'gone'}; ${toldBy(experiment)}`
  if (instance?.state !== 'running' || instance.launchedAt !== captured.launchedAt)
    return { target, injection: 'unknown', seen: `${seen}, and a reboot does not change that` }
  if (experiment === null) return { target, injection: 'failed-to-inject', seen }
  if (experiment.state === 'completed') return { target, injection: 'injected', seen }
  if (isActive(experiment) || experiment.state === 'stopping') return { target, injection: 'requested', seen }
  return experiment.actedAt === undefined
    ? { target, injection: 'failed-to-inject', seen: `${seen}: ${experiment.reason}` }
    : { target, injection: 'unknown', seen: `${seen}, and may have rebooted it` }
}
