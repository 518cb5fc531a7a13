import type { StateChange, WrongState } from '../../world/compute.ts'
import type { Instance, Micros } from '../../world/model.ts'
import type { World } from '../../world/world.ts'
import { actionIdOf, ACTION_CATALOGUE, type ActionId } from './action-catalogue.ts'
import { parseDuration } from './durations.ts'
import type { ActionRun, Experiment } from './fis-model.ts'
import {
  effectIdOf,
  effectOf,
  isImpairing,
  unmetAssertion,
  type ImpairingActionId,
} from './impairing-actions.ts'
import { liftPauses, schedulePauses } from './replication-pauses.ts'
import { nameInArn } from './resource-types.ts'

/** What one step of an action comes to: the action as it is now, or the error that fails the experiment. */
export type ActionStep = ActionRun | { readonly failed: string }

/** Starts an action on its resolved targets; one whose targets came to nothing is skipped. */
export function startAction(
  world: World,
  experiment: Experiment,
  name: string,
  action: ActionRun,
): ActionStep {
  const now = world.now()
  const arns = targetsOf(experiment, action)
  const hasSlots = Object.keys(ACTION_CATALOGUE.get(action.actionId)?.targets ?? {}).length > 0
  if (hasSlots && arns.length === 0) return over(action, 'skipped', 'Action was skipped.', null)
  const id = actionIdOf(action.actionId)
  if (id === undefined) return { failed: `Action ${action.actionId} is not available.` }
  const started: ActionRun = {
    ...action,
    status: 'running',
    reason: 'Action is running.',
    startedAt: now,
    phase: 'holding',
  }
  const cause = `fis:${experiment.id}/${name}`
  if (isImpairing(id)) {
    const effect = effectOf(world, experiment.region, id, action, arns)
    const effectId = effectIdOf(experiment, name)
    world.impairments.begin(effectId, experiment.region, effect, cause)
    schedulePauses(world, effectId, effect)
    return { ...started, affected: arns, holdsUntil: now + durationOf(action, 'duration') }
  }
  return startOnInstances(
    world,
    id,
    started,
    arns.map((arn) => nameInArn(arn)),
    cause,
  )
}

function startOnInstances(
  world: World,
  id: Exclude<ActionId, ImpairingActionId>,
  action: ActionRun,
  ids: readonly string[],
  cause: string,
): ActionStep {
  const now = world.now()
  switch (id) {
    case 'aws:fis:wait':
      return { ...action, holdsUntil: now + durationOf(action, 'duration') }
    case 'aws:cloudwatch:assert-alarm-state': {
      const unmet = unmetAssertion(world, action)
      return unmet === null ? over(action, 'completed', 'Action was completed.', now) : { failed: unmet }
    }
    case 'aws:ec2:stop-instances': {
      const changes = world.compute.stop(ids, cause)
      if ('wrongState' in changes) return notIn(changes, 'stopped')
      const restartAfter = action.parameters?.['startInstancesAfterDuration']
      const holdsUntil =
        restartAfter === undefined ? null : now + durationOf(action, 'startInstancesAfterDuration')
      return { ...action, affected: changedIds(changes), holdsUntil }
    }
    case 'aws:ec2:terminate-instances':
      return { ...action, affected: changedIds(world.compute.terminate(ids, cause)) }
    case 'aws:ec2:reboot-instances':
      world.compute.reboot(ids, cause)
      return { ...action, affected: ids }
    case 'aws:ec2:send-spot-instance-interruptions':
      return { ...action, affected: ids, holdsUntil: now + durationOf(action, 'durationBeforeInterruption') }
    default:
      return id satisfies never
  }
}

/** Moves a running action on as far as the present instant allows. */
export function advanceAction(
  world: World,
  experiment: Experiment,
  name: string,
  action: ActionRun,
): ActionStep {
  const now = world.now()
  if (action.phase === 'restoring') return restore(world, experiment, name, action, 'completed')
  if (action.phase !== 'holding') return action
  if (action.holdsUntil !== null && now < action.holdsUntil) return action
  if (action.actionId === 'aws:ec2:send-spot-instance-interruptions')
    world.compute.terminate(action.affected, `fis:${experiment.id}/${name} interruption`)
  if (restarts(action))
    return restore(world, experiment, name, { ...action, phase: 'restoring' }, 'completed')
  if (
    action.actionId === 'aws:ec2:stop-instances' &&
    !targetsOf(experiment, action).every((arn) => isDown(world, nameInArn(arn)))
  ) {
    return action
  }
  liftEffect(world, experiment, name)
  return over(action, 'completed', 'Action was completed.', now)
}

/** Withdraws a running action: its effect ends and its post-action runs at once, whatever is left of its duration. */
export function withdrawAction(
  world: World,
  experiment: Experiment,
  name: string,
  action: ActionRun,
): ActionStep {
  if (action.phase === 'waiting') return over(action, 'cancelled', 'Action was cancelled.', null)
  if (action.phase === 'over') return action
  liftEffect(world, experiment, name)
  if (!restarts(action)) return over(action, 'stopped', 'Action was stopped.', world.now())
  const stopping: ActionRun = {
    ...action,
    phase: 'restoring',
    status: 'stopping',
    reason: 'Action is stopping.',
  }
  return restore(world, experiment, name, stopping, 'stopped')
}

/** Ends an action without running it. */
export function skipAction(action: ActionRun): ActionRun {
  return over(action, 'skipped', 'Action was skipped.', null)
}

/** Ends an action that broke the experiment. */
export function failAction(action: ActionRun, reason: string, now: Micros): ActionRun {
  return over(action, 'failed', reason, now)
}

/** Starts what this action stopped; an instance that is still stopping has to be waited for. */
function restore(
  world: World,
  experiment: Experiment,
  name: string,
  action: ActionRun,
  end: 'completed' | 'stopped',
): ActionStep {
  const instances = action.affected.map((id) => world.compute.instances.get(id))
  const gone = instances.filter((instance) => instance === undefined || isGone(instance))
  if (gone.length > 0 && action.parameters?.['completeIfInstancesTerminated'] !== 'true') {
    return { failed: 'One or more target instances were terminated and cannot be restarted.' }
  }
  const here = instances.filter((instance) => instance !== undefined && !isGone(instance))
  const stopped = here.flatMap((instance) => (instance?.state === 'stopped' ? [instance.id] : []))
  if (stopped.length > 0) {
    const changes = world.compute.start(stopped, `fis:${experiment.id}/${name} post-action`)
    if ('wrongState' in changes) return notIn(changes, 'started')
  }
  const isDone = here.every((instance) => instance?.state === 'running')
  if (!isDone) return action
  return over(action, end, end === 'completed' ? 'Action was completed.' : 'Action was stopped.', world.now())
}

/** Takes the action's effect off the world; most actions have none. */
function liftEffect(world: World, experiment: Experiment, name: string): void {
  const id = effectIdOf(experiment, name)
  world.impairments.end(id, `fis:${id} ended`)
  liftPauses(world, id)
}

function over(
  action: ActionRun,
  status: ActionRun['status'],
  reason: string,
  endedAt: Micros | null,
): ActionRun {
  return { ...action, status, reason, endedAt, phase: 'over', holdsUntil: null }
}

function restarts(action: ActionRun): boolean {
  return action.parameters?.['startInstancesAfterDuration'] !== undefined
}

function durationOf(action: ActionRun, parameter: string): Micros {
  return parseDuration(action.parameters?.[parameter] ?? '') ?? 0
}

function targetsOf(experiment: Experiment, action: ActionRun): readonly string[] {
  const names = Object.values(action.targets ?? {})
  const resolved = (experiment.resolved ?? []).filter(({ targetName }) => names.includes(targetName))
  return [...new Set(resolved.map(({ arn }) => arn))]
}

function changedIds(changes: readonly StateChange[]): readonly string[] {
  return changes.filter(({ current, previous }) => current !== previous).map(({ instanceId }) => instanceId)
}

function notIn({ wrongState }: WrongState, participle: string): { readonly failed: string } {
  return {
    failed: `The instance '${wrongState.instanceId}' is not in a state from which it can be ${participle}.`,
  }
}

function isDown(world: World, id: string): boolean {
  const state = world.compute.instances.get(id)?.state
  return state === undefined || state === 'stopped' || state === 'terminated'
}

function isGone({ state }: Instance): boolean {
  return state === 'terminated' || state === 'shutting-down'
}
