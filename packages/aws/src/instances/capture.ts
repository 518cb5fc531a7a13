import { type Json, type Outcome } from '@firedrill/core'
import { z } from 'zod'
import { success } from '../call.ts'
import { readCaptureAs } from '../captured.ts'
import type { Aws } from '../client.ts'
import { describeInstances, findInstances, type SeenInstance } from '../ec2/describe-instances.ts'
import { findTargetGroups, readTargets, type SeenTargetGroup } from '../elbv2/target-groups.ts'

const healthyTarget = z.strictObject({ id: z.string(), zone: z.string() })

/** The prior state that undo and its verification need. */
export const captureSchema = z.strictObject({
  /** AWS Region code. */
  region: z.string(),
  instances: z.array(
    z.strictObject({
      arn: z.string(),
      id: z.string(),
      name: z.string(),
      zone: z.string(),
      zoneId: z.string(),
      group: z.string().nullable(),
      /** Moves when the instance is started again, which tells "never stopped" from "stopped and back". */
      launchedAt: z.string(),
      /** Target groups it is registered with. */
      targetGroups: z.array(z.string()),
    }),
  ),
  /** Target groups of those instances, with every healthy target they had, ours or not. */
  targetGroups: z.array(
    z.strictObject({ arn: z.string(), name: z.string(), healthy: z.array(healthyTarget) }),
  ),
})
export type Capture = z.infer<typeof captureSchema>

/** Reads a capture that comes back from storage. A capture that cannot be read is never a reason to call anything restored. */
export function readCapture(capture: Json): Outcome<Capture> {
  return readCaptureAs(captureSchema, capture)
}

/** The prior state, and every instance that is registered beside the captured ones, healthy or not, by ARN. */
export type Captured = Readonly<{ capture: Capture; surroundings: readonly string[] }>

/** Describes the load balancing around the instances and puts the prior state together. */
export async function captureState(
  aws: Aws,
  account: string,
  instances: readonly SeenInstance[],
  signal: AbortSignal,
): Promise<Outcome<Captured>> {
  const arnOf = (id: string) => `arn:aws:ec2:${aws.region}:${account}:instance/${id}`
  const groups = await groupsAround(aws, instances, signal)
  if (!groups.ok) return groups
  const registered = groups.value.flatMap(({ targets }) => targets.map(({ id }) => id))
  const known = await zonesOf(aws, [...new Set(registered)], signal)
  if (!known.ok) return known
  const healthy = healthyOf(groups.value, known.value)
  const own = new Set(instances.map(({ id }) => id))
  const beside = [...known.value.values()].flatMap(({ id }) => (own.has(id) ? [] : [arnOf(id)]))
  const capture: Capture = {
    region: aws.region,
    instances: instances.map(({ id, name, zone, zoneId, group, launchedAt, privateIp }) => ({
      arn: arnOf(id),
      id,
      name,
      zone,
      zoneId,
      group,
      launchedAt,
      targetGroups: groups.value.flatMap(({ arn, targets }) =>
        targets.some((target) => target.id === id || target.id === privateIp) ? [arn] : [],
      ),
    })),
    targetGroups: groups.value.map(({ arn, name }) => ({
      arn,
      name,
      healthy: [...(healthy.get(arn) ?? [])],
    })),
  }
  return success({ capture, surroundings: beside.toSorted() })
}

/** Healthy targets by group and zone of the captured instances, in words: what undo is held to. */
export function standingOf({ instances, targetGroups }: Capture): Readonly<Record<string, number>> {
  const zones = [...new Set(instances.map(({ zone }) => zone))]
  return Object.fromEntries(
    targetGroups.flatMap(({ name, healthy }) =>
      zones.map((zone) => [
        `healthy targets of ${name} in ${zone}`,
        healthy.filter((target) => target.zone === zone).length,
      ]),
    ),
  )
}

/** A healthy target and the zone it is in; zone `?` when nobody knows the address. */
export type HealthyTarget = z.infer<typeof healthyTarget>

/** The healthy targets of each group now, by the group's ARN. Targets by address count for the instance that has it. */
export async function healthyTargets(
  aws: Aws,
  groups: readonly Pick<SeenTargetGroup, 'arn' | 'targets'>[],
  signal: AbortSignal,
): Promise<Outcome<ReadonlyMap<string, readonly HealthyTarget[]>>> {
  const ids = new Set(groups.flatMap(({ targets }) => targets.filter(isHealthy).map(({ id }) => id)))
  const zones = await zonesOf(aws, [...ids], signal)
  return zones.ok ? success(healthyOf(groups, zones.value)) : zones
}

function healthyOf(
  groups: readonly Pick<SeenTargetGroup, 'arn' | 'targets'>[],
  known: ReadonlyMap<string, HealthyTarget>,
): ReadonlyMap<string, readonly HealthyTarget[]> {
  return new Map(
    groups.map(({ arn, targets }) => [
      arn,
      targets.filter(isHealthy).map(({ id }) => known.get(id) ?? { id, zone: '?' }),
    ]),
  )
}

function isHealthy({ state }: Readonly<{ state: string }>): boolean {
  return state === 'healthy'
}

/** The target groups with which one of the instances is registered, by id or by address, with all of their targets. */
export async function groupsAround(
  aws: Aws,
  instances: readonly SeenInstance[],
  signal: AbortSignal,
): Promise<Outcome<readonly SeenTargetGroup[]>> {
  const found = await findTargetGroups(aws, new Set(instances.map(({ vpcId }) => vpcId)), signal)
  if (!found.ok) return found
  const addresses = new Set(instances.flatMap(({ id, privateIp }) => [id, privateIp]))
  const groups: SeenTargetGroup[] = []
  for (const group of found.value) {
    const targets = await readTargets(aws, group.arn, signal)
    if (!targets.ok) return targets
    if (targets.value.some(({ id }) => addresses.has(id))) groups.push({ ...group, targets: targets.value })
  }
  return success(groups)
}

async function zonesOf(
  aws: Aws,
  targetIds: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<ReadonlyMap<string, HealthyTarget>>> {
  const instanceIds = targetIds.filter((id) => id.startsWith('i-'))
  const addresses = targetIds.filter((id) => !id.startsWith('i-'))
  const byId = instanceIds.length === 0 ? success([]) : await describeInstances(aws, instanceIds, signal)
  if (!byId.ok) return byId
  const byAddress =
    addresses.length === 0
      ? success([])
      : await findInstances(aws, [{ Name: 'private-ip-address', Values: addresses }], signal)
  if (!byAddress.ok) return byAddress
  return success(
    new Map([
      ...byId.value.map(({ id, zone }) => [id, { id, zone }] as const),
      ...byAddress.value.map(({ id, zone, privateIp }) => [privateIp, { id, zone }] as const),
    ]),
  )
}
