import type { FaultDriver, Outcome, Seen, TargetSeen, UndoPlan } from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { onCaptureOf } from '../../captured.ts'
import { success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { readSubnets, type SeenSubnet } from '../../ec2/subnets.ts'
import { actionsOf, findExperiment, isOver, type SeenExperiment } from '../../fis/experiments.ts'
import { startExperiment } from '../../fis/start-experiment.ts'
import { confirmStep } from '../../instances/confirm.ts'
import { confirmRecoveredStep } from '../../instances/confirm-recovered.ts'
import { toldBy } from '../../instances/instance-kind.ts'
import { backFromStop, judgeStopped } from '../../instances/stopping.ts'
import { recoverStep } from '../ec2-stop-instances/recover.ts'
import { undoCommands } from '../ec2-stop-instances/undo-commands.ts'
import { keyToken } from '../key-token.ts'
import { captureSchema, readCapture, type Capture } from './capture.ts'
import { parameters } from './parameters.ts'
import { NAME, planStep, requestOf } from './plan.ts'

const VERSION = 1

/**
 * Takes the power of an Availability Zone away, as AWS's own scenario of that name does: one FIS experiment stops what runs
 * there, lets nothing be launched there, and cuts its network off at first. It ends with the experiment.
 */
export function createAzPowerInterruption(clients: AwsClients): FaultDriver {
  const onCapture = onCaptureOf(readCapture, ({ instances }, environment, purpose) =>
    clients.inRegion(environment, instances.region, purpose),
  )
  return {
    name: NAME,
    version: VERSION,
    title: 'Interrupt the power of an Availability Zone',
    restoration: 'equivalent',
    fencing: 'idempotent-key',
    expiry: 'native',
    reach: 'zone',
    obeysLever: true,
    isMadeUpFor: true,
    parameters,
    async plan(step, _seed, { environment, signal }) {
      const observe = (region: string) => clients.get({ environment, region, purpose: 'observe' })
      const aws = observe(step.targets.region)
      return aws.ok ? planStep({ aws: aws.value, environment, observe, signal }, step) : aws
    },
    undo(_step, plan, key, environment) {
      const { instances } = captureSchema.parse(plan.capture)
      return {
        fault: NAME,
        faultVersion: VERSION,
        targets: plan.targets,
        restoration: 'equivalent',
        capture: plan.capture,
        key,
        commands: undoCommands(instances, key, environment),
      }
    },
    async apply(step, plan, key, { environment, signal }) {
      const aws = clients.get({ environment, region: step.targets.region, purpose: 'inject' })
      if (!aws.ok) return aws
      const capture = readCapture(plan.capture)
      if (!capture.ok) return capture
      const request = requestOf(step, capture.value, key, environment)
      return request.ok ? startExperiment(aws.value, request.value, plan.targets, key, signal) : request
    },
    async confirm(undo, context) {
      return onCapture(undo, context, 'observe', async (aws, capture) => {
        const instances = await confirmStep(aws, judgeStopped, capture.instances, undo, context.signal)
        return instances.ok
          ? withTheRest(aws, capture, undo, instances.value, judgeIn, context.signal)
          : instances
      })
    },
    async recover(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        recoverStep(aws, capture.instances, undo, context.signal),
      )
    },
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) => {
        const back = { backWords: backFromStop }
        const instances = await confirmRecoveredStep(aws, back, capture.instances, undo, context.signal)
        return instances.ok
          ? withTheRest(aws, capture, undo, instances.value, judgeOut, context.signal)
          : instances
      })
    },
  }
}

/** What is known of a target that is no instance. */
type Found = Readonly<{
  target: string
  /** Beginning of the names of its actions. */
  action: string
  /** The subnet as it is, and the ACL it had; absent for what only FIS can tell about. */
  subnet?: Readonly<{ now: SeenSubnet | undefined; aclBefore: string }>
}>

async function withTheRest(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  instances: Seen,
  judge: (found: Found, experiment: SeenExperiment | null) => TargetSeen,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const experiment = await findExperiment(aws, { ...undo, token: keyToken(undo.key) }, signal)
  if (!experiment.ok) return experiment
  const subnets = await readSubnets(
    aws,
    capture.subnets.map(({ id }) => id),
    signal,
  )
  if (!subnets.ok) return subnets
  const rest: readonly Found[] = [
    ...capture.subnets.map(({ arn, id, acl }) => ({
      target: arn,
      action: 'no-network',
      subnet: { now: subnets.value.find((one) => one.id === id), aclBefore: acl },
    })),
    ...capture.groups.map(({ arn }) => ({ target: arn, action: 'no-group-capacity' })),
    ...capture.roles.map((target) => ({ target, action: 'no-launch-capacity' })),
  ]
  const observations = [...instances.observations, ...rest.map((one) => judge(one, experiment.value))]
  return success({ ...instances, observations })
}

/** Only FIS knows what it refuses to whom, so its actions tell that. A subnet's own ACL tells for itself, while it is cut off. */
function judgeIn({ target, action, subnet }: Found, experiment: SeenExperiment | null): TargetSeen {
  const told = toldBy(experiment)
  if (experiment === null) return { target, injection: 'failed-to-inject', seen: told }
  const states = actionsOf(experiment, action)
  const seen = `${action} ${states.join(', ')}; ${told}`
  const hasRun = states.length > 0 && states.every((state) => state === 'running' || state === 'completed')
  if (!hasRun) {
    return isOver(experiment)
      ? { target, injection: 'failed-to-inject', seen: `${seen}: ${experiment.reason}` }
      : { target, injection: 'requested', seen }
  }
  if (subnet === undefined || states.every((state) => state === 'completed'))
    return { target, injection: 'injected', seen }
  return subnet.now?.acl.isOfFis === true
    ? { target, injection: 'injected', seen: `behind ${subnet.now.acl.id} of FIS; ${seen}` }
    : { target, injection: 'requested', seen: `behind ${subnet.now?.acl.id ?? 'no ACL'}; ${seen}` }
}

function judgeOut({ target, action, subnet }: Found, experiment: SeenExperiment | null): TargetSeen {
  const told = toldBy(experiment)
  const states = experiment === null ? [] : actionsOf(experiment, action)
  const isEnded = experiment === null || isOver(experiment)
  if (subnet === undefined)
    return isEnded
      ? { target, injection: 'restored', seen: `launches meet capacity again; ${told}` }
      : { target, injection: 'recovering', seen: `${action} ${states.join(', ')}; ${told}` }
  const { now, aclBefore } = subnet
  if (now?.acl.id === aclBefore)
    return isEnded
      ? { target, injection: 'restored', seen: `behind ${aclBefore} again; ${told}` }
      : { target, injection: 'recovering', seen: `behind ${aclBefore}; ${told}` }
  if (now?.acl.isOfFis === true)
    return {
      target,
      injection: isEnded ? 'injected' : 'recovering',
      seen: `still behind ${now.acl.id} of FIS; ${told}`,
    }
  const seen = `behind ${now?.acl.id ?? 'no ACL'}, not ${aclBefore}`
  const foreign = { captured: aclBefore, ours: 'an ACL of FIS', now: now?.acl.id ?? 'gone' }
  return { target, injection: 'unknown', seen, foreign }
}
