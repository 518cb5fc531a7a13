import type {
  Applied,
  CompiledEnvironment,
  FaultDriver,
  Outcome,
  Recovered,
  Seen,
  TargetSeen,
  UndoPlan,
} from '@firedrill/core'
import type { AwsClients } from '../../aws-clients.ts'
import { onCaptureOf, readCaptureAs } from '../../captured.ts'
import { findGroups, type SeenGroup } from '../../autoscaling/groups.ts'
import { autoScalingSdk } from '../../autoscaling/sdk.ts'
import { failed, mutate, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { cliPlace } from '../../endpoints.ts'
import { shellLine } from '../shell.ts'
import { captureSchema, healthyOf, parameters, planStep, type Capture } from './plan.ts'

const NAME = 'autoscaling-set-capacity'
const VERSION = 1
/** The handle of an act that has none of its own: the group is described by its name. */
const HANDLE = 'desired-capacity'

/**
 * Scales an Auto Scaling group out, and is done when its load balancers call as many targets healthy: a step of an evacuation,
 * in the Region that is to take the traffic. Failback brings it back to what it had.
 */
export function createAutoScalingSetCapacity(clients: AwsClients): FaultDriver {
  const onCapture = onCaptureOf(
    (stored) => readCaptureAs(captureSchema, stored),
    ({ region }, environment, purpose) => clients.get({ environment, region, purpose }),
  )
  return {
    name: NAME,
    version: VERSION,
    title: 'Scale a group out',
    restoration: 'equivalent',
    fencing: 'queryable',
    expiry: 'dead-man',
    leftBehind: 'instances that were added, which cost and serve',
    parameters,
    async plan(step, _seed, { environment, signal }) {
      const aws = clients.get({ environment, region: step.targets.region, purpose: 'observe' })
      return aws.ok ? planStep(aws.value, step, environment, signal) : aws
    },
    undo(_step, plan, key, environment) {
      return {
        fault: NAME,
        faultVersion: VERSION,
        targets: plan.targets,
        restoration: 'equivalent',
        capture: plan.capture,
        key,
        commands: undoCommands(captureSchema.parse(plan.capture), environment),
      }
    },
    async apply(_step, plan, _key, context) {
      return onCapture(plan, context, 'inject', async (aws, capture) =>
        applyStep(aws, capture, context.signal),
      )
    },
    async confirm(undo, context) {
      return onCapture(undo, context, 'observe', async (aws, capture) =>
        confirmStep(aws, capture, undo, context.signal),
      )
    },
    async recover(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        recoverStep(aws, capture, undo, context.signal),
      )
    },
    async confirmRecovered(undo, context) {
      return onCapture(undo, context, 'restore', async (aws, capture) =>
        confirmRecoveredStep(aws, capture, undo, context.signal),
      )
    },
  }
}

/** Looks first: a number that somebody set since it was planned is not overwritten, and might be larger than ours. */
async function applyStep(
  aws: Aws,
  { group, before, after }: Capture,
  signal: AbortSignal,
): Promise<Outcome<Applied>> {
  const found = await findGroups(aws, [group], signal)
  if (!found.ok) return found
  const [seen] = found.value
  if (seen === undefined) return noGroup(group)
  if (seen.desired === after) return success({ handle: HANDLE, requestIds: [] })
  if (seen.desired !== before)
    return failed(
      'conflict',
      'autoscaling.SetDesiredCapacity',
      'CapacityChanged',
      `changed by somebody else, and not overwritten: desired capacity ${seen.desired} instead of ${before}`,
    )
  const set = await setDesired(aws, group, after, signal)
  return set.ok ? success({ handle: HANDLE, requestIds: set.value }) : set
}

function noGroup(group: string): Outcome<never> {
  return failed('not-found', 'autoscaling.DescribeAutoScalingGroups', 'NoGroup', `group ${group} is gone`)
}

/** The same number twice is the same as once, so a repeat after a lost answer does no harm. */
async function setDesired(
  { autoscaling }: Aws,
  group: string,
  desired: number,
  signal: AbortSignal,
): Promise<Outcome<readonly string[]>> {
  const answer = await mutate('autoscaling.SetDesiredCapacity', signal, (options) =>
    autoscaling.send(
      new (autoScalingSdk().SetDesiredCapacityCommand)({
        AutoScalingGroupName: group,
        DesiredCapacity: desired,
        HonorCooldown: false,
      }),
      options,
    ),
  )
  if (!answer.ok) return answer
  const { requestId } = answer.value.$metadata
  return success(requestId === undefined ? [] : [requestId])
}

type Look = Readonly<{ group: SeenGroup; healthy: number }>

/** The group, and how many targets the load balancer that counts fewest calls healthy. */
async function look(aws: Aws, { group, targetGroups }: Capture, signal: AbortSignal): Promise<Outcome<Look>> {
  const found = await findGroups(aws, [group], signal)
  if (!found.ok) return found
  const [seen] = found.value
  if (seen === undefined) return noGroup(group)
  const healthy = await healthyOf(aws, targetGroups, signal)
  return healthy.ok ? success({ group: seen, healthy: Math.min(...Object.values(healthy.value)) }) : healthy
}

function of(undo: UndoPlan, seen: Omit<TargetSeen, 'target'>, handle?: string): Outcome<Seen> {
  return success({
    observations: undo.targets.map(({ id }) => ({ target: id, ...seen })),
    ...(handle === undefined ? {} : { handle }),
  })
}

async function confirmStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const looked = await look(aws, capture, signal)
  if (!looked.ok) return looked
  const { group, healthy } = looked.value
  const found = undo.handle === undefined ? HANDLE : undefined
  if (group.desired === capture.after) {
    const seen = `${healthy} of ${capture.after} targets are healthy`
    return of(undo, { injection: healthy >= capture.after ? 'injected' : 'requested', seen }, found)
  }
  const seen = `desired capacity is ${group.desired}`
  if (group.desired === capture.before && undo.handle === undefined)
    return of(undo, { injection: 'failed-to-inject', seen })
  return of(undo, { injection: 'unknown', seen: `${seen}: changed by somebody else` })
}

async function recoverStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Recovered>> {
  const { left = [], untouched = [], overwrite = [] } = undo.decided ?? {}
  const isAmong = (ids: readonly string[]) => undo.targets.some(({ id }) => ids.includes(id))
  if (isAmong(left) || isAmong(untouched)) return success({ requestIds: [] })
  const looked = await look(aws, capture, signal)
  if (!looked.ok) return looked
  const { desired } = looked.value.group
  if (desired === capture.before) return success({ requestIds: [] })
  if (desired !== capture.after && !isAmong(overwrite))
    return failed(
      'conflict',
      'autoscaling.SetDesiredCapacity',
      'CapacityChanged',
      `changed by somebody else, and not overwritten: desired capacity ${desired} instead of ${capture.after}`,
    )
  const set = await setDesired(aws, capture.group, capture.before, signal)
  return set.ok ? success({ requestIds: set.value }) : set
}

async function confirmRecoveredStep(
  aws: Aws,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const looked = await look(aws, capture, signal)
  if (!looked.ok) return looked
  const { group, healthy } = looked.value
  const words = `desired capacity ${group.desired}, ${group.inService} in service, ${healthy} healthy targets`
  if (group.desired === capture.after) return of(undo, { injection: 'injected', seen: words })
  if (group.desired !== capture.before) {
    const [captured, ours, now] = [capture.before, capture.after, group.desired].map(
      (size) => `desired capacity ${size}`,
    )
    const foreign = { captured: captured ?? '', ours: ours ?? '', now: now ?? '' }
    return of(undo, { injection: 'unknown', seen: `changed by somebody else: ${words}`, foreign })
  }
  const needed = Math.min(...Object.values(capture.healthy))
  const isBack = group.inService === capture.before && healthy >= Math.min(needed, capture.before)
  return of(undo, { injection: isBack ? 'replaced' : 'recovering', seen: words })
}

/** The undo by hand. */
function undoCommands(
  { region, group, before }: Capture,
  environment: CompiledEnvironment,
): readonly string[] {
  const place = cliPlace(environment, environment.regions[region] ?? region)
  const what = [
    '--auto-scaling-group-name',
    group,
    '--desired-capacity',
    String(before),
    '--no-honor-cooldown',
  ]
  return [shellLine(['aws', 'autoscaling', 'set-desired-capacity', ...place, ...what])]
}
