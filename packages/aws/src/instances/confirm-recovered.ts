import type { Outcome, Seen, TargetSeen, UndoPlan } from '@firedrill/core'
import { success } from '../call.ts'
import type { Aws } from '../client.ts'
import { describeInstances, type SeenInstance } from '../ec2/describe-instances.ts'
import { readTargets, type SeenTarget } from '../elbv2/target-groups.ts'
import { findExperiment, findTemplateIds, isActive, isOver, type SeenExperiment } from '../fis/experiments.ts'
import { keyToken } from '../faults/key-token.ts'
import { groupsNow, type GroupNow } from './group-newcomers.ts'
import { healthyTargets, type Capture, type HealthyTarget } from './capture.ts'
import type { InstanceKind } from './instance-kind.ts'

type Captured = Capture['instances'][number]
type Back = Pick<InstanceKind, 'backWords' | 'settlesAfterMs'>
type World = Readonly<{
  capture: Capture
  kind: Back
  experiment: SeenExperiment | null
  instances: readonly SeenInstance[]
  /** Healthy targets now, by target group. */
  healthy: ReadonlyMap<string, readonly HealthyTarget[]>
  /** Auto Scaling groups of those that are gone and that no load balancer knew. */
  groups: ReadonlyMap<string, GroupNow>
}>

/**
 * Compares with the capture by the restoration of this family, `equivalent`: the same instance runs, or it was replaced, *and* each
 * of its target groups has as many healthy targets in its zone as before, *and* FIS will do nothing more.
 */
export async function confirmRecoveredStep(
  aws: Aws,
  kind: Back,
  capture: Capture,
  undo: UndoPlan,
  signal: AbortSignal,
): Promise<Outcome<Seen>> {
  const token = keyToken(undo.key)
  const experiment = await findExperiment(aws, { ...undo, token }, signal)
  if (!experiment.ok) return experiment
  const ids = capture.instances.map(({ id }) => id)
  const instances = await describeInstances(aws, ids, signal)
  if (!instances.ok) return instances
  const healthy = await healthNow(aws, capture, signal)
  if (!healthy.ok) return healthy
  const groups = await groupsNow(aws, capture, instances.value, experiment.value, signal)
  if (!groups.ok) return groups
  const world: World = {
    capture,
    kind,
    experiment: experiment.value,
    instances: instances.value,
    healthy: healthy.value,
    groups: groups.value,
  }
  const observations = capture.instances.map((captured) => judge(captured, world))
  const leftovers = await leftoverWords(aws, token, observations, signal)
  if (!leftovers.ok) return leftovers
  return success({ observations: observations.map((one) => ({ ...one, seen: one.seen + leftovers.value })) })
}

async function healthNow(
  aws: Aws,
  capture: Capture,
  signal: AbortSignal,
): Promise<Outcome<World['healthy']>> {
  const groups: Readonly<{ arn: string; targets: readonly SeenTarget[] }>[] = []
  for (const { arn } of capture.targetGroups) {
    const targets = await readTargets(aws, arn, signal)
    if (!targets.ok) return targets
    groups.push({ arn, targets: targets.value })
  }
  return healthyTargets(aws, groups, signal)
}

/** A template that outlives its experiment is named where it will be read; it breaks nothing, so it holds nothing up. */
async function leftoverWords(
  aws: Aws,
  token: string,
  observations: readonly TargetSeen[],
  signal: AbortSignal,
): Promise<Outcome<string>> {
  if (observations.some(({ injection }) => injection !== 'restored' && injection !== 'replaced'))
    return success('')
  const templates = await findTemplateIds(aws, token, signal)
  if (!templates.ok) return templates
  return success(
    templates.value.length === 0 ? '' : `; left over: FIS template ${templates.value.join(', ')}`,
  )
}

function judge(captured: Captured, world: World): TargetSeen {
  const target = captured.arn
  const { experiment } = world
  if (experiment !== null && isActive(experiment)) {
    return { target, injection: 'injected', seen: `experiment ${experiment.id} is still ${experiment.state}` }
  }
  const isSettled = experiment === null || isOver(experiment)
  const instance = world.instances.find(({ id }) => id === captured.id)
  const gaps = gapsOf(captured, world)
  switch (instance?.state) {
    case 'running': {
      if (!isSettled)
        return { target, injection: 'recovering', seen: `running; experiment ${experiment.id} is stopping` }
      if (gaps.length > 0) return { target, injection: 'recovering', seen: `running; ${gaps.join('; ')}` }
      const seen = `${world.kind.backWords(captured, instance)}${healthWords(captured, world)}`
      const afterMs = world.kind.settlesAfterMs
      return afterMs === undefined
        ? { target, injection: 'restored', seen }
        : { target, injection: 'recovering', seen: `${seen}, for now`, settles: { afterMs, seen } }
    }
    case 'pending':
    case 'stopping':
      return { target, injection: 'recovering', seen: instance.state }
    case 'stopped':
      return isSettled
        ? { target, injection: 'injected', seen: 'stopped, and nothing is starting it' }
        : { target, injection: 'recovering', seen: `stopped; experiment ${experiment.id} is starting it` }
    case 'shutting-down':
    case 'terminated':
    case undefined:
      return judgeGone(captured, world, instance?.state ?? 'gone', gaps)
  }
}

/** An instance that does not come back: fine when others took its place, and then they are named. */
function judgeGone(captured: Captured, world: World, state: string, gaps: readonly string[]): TargetSeen {
  const target = captured.arn
  if (captured.targetGroups.length === 0) {
    const group = world.groups.get(captured.group ?? '')
    if (group !== undefined)
      return group.isComplete
        ? {
            target,
            injection: 'replaced',
            seen: `${state}; replaced by ${group.newcomers.join(', ')}; ${group.words}`,
          }
        : { target, injection: 'recovering', seen: `${state}; ${group.words}` }
    return {
      target,
      injection: 'unknown',
      seen: `${state}, and no target group tells whether it was replaced`,
      // Nothing of ours terminates an instance.
      foreign: { captured: 'running', ours: 'stopped', now: state },
    }
  }
  if (gaps.length > 0) return { target, injection: 'recovering', seen: `${state}; ${gaps.join('; ')}` }
  const newcomers = captured.targetGroups.flatMap((arn) => {
    const before = new Set(capturedHealthy(world.capture, arn).map(({ id }) => id))
    return healthyIn(world, arn, captured.zone).filter(({ id }) => !before.has(id))
  })
  const names = [...new Set(newcomers.map(({ id }) => id))]
  return names.length === 0
    ? {
        target,
        injection: 'unknown',
        seen: `${state}; as many healthy targets as before, but no new one among them`,
      }
    : {
        target,
        injection: 'replaced',
        seen: `${state}; replaced by ${names.join(', ')}${healthWords(captured, world)}`,
      }
}

/** Target groups that have fewer healthy targets in the instance's zone than before, in words. */
function gapsOf(captured: Captured, world: World): readonly string[] {
  return captured.targetGroups.flatMap((arn) => {
    const [was, is] = [wasHealthy(captured, world, arn), healthyIn(world, arn, captured.zone).length]
    return is >= was
      ? []
      : [`${groupName(world, arn)} has ${is} of ${was} healthy targets in ${captured.zone}`]
  })
}

function healthWords(captured: Captured, world: World): string {
  return captured.targetGroups
    .map((arn) => {
      const [was, is] = [wasHealthy(captured, world, arn), healthyIn(world, arn, captured.zone).length]
      return `; ${groupName(world, arn)} has ${is} healthy targets in ${captured.zone}, had ${was}`
    })
    .join('')
}

function wasHealthy(captured: Captured, world: World, arn: string): number {
  return capturedHealthy(world.capture, arn).filter(({ zone }) => zone === captured.zone).length
}

function capturedHealthy(capture: Capture, arn: string): readonly HealthyTarget[] {
  return capture.targetGroups.find((group) => group.arn === arn)?.healthy ?? []
}

function healthyIn(world: World, arn: string, zone: string): readonly HealthyTarget[] {
  return (world.healthy.get(arn) ?? []).filter((target) => target.zone === zone)
}

function groupName({ capture }: World, arn: string): string {
  return capture.targetGroups.find((group) => group.arn === arn)?.name ?? arn
}
