import type { Instance } from '../../world/model.ts'
import type { World } from '../../world/world.ts'
import type { EmptyTargetMode, ExperimentError, ResolvedTarget, TargetSpec } from './fis-model.ts'

/** Targets chosen by tag may come to this many resources; the quota is adjustable on AWS, here it is the default. */
export const MAX_RESOURCES_PER_TARGET = 5

/** All targets of an experiment resolved, or why that failed. Resolution happens once, before any action. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly targets: readonly ResolvedTarget[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly error: ExperimentError }

/** The ARN of an instance. */
export function instanceArn(region: string, account: string, id: string): string {
  return `arn:aws:ec2:${region}:${account}:instance/${id}`
}

/** The instance id at the end of an ARN. */
export function instanceIdOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** Resolves every target of an experiment at this instant. Random choices follow the world's seed. */
export function resolveTargets(
  world: World,
  region: string,
  targets: Readonly<Record<string, TargetSpec>>,
  emptyMode: EmptyTargetMode,
): Resolution {
  const resolved: ResolvedTarget[] = []
  for (const [targetName, spec] of Object.entries(targets)) {
    const fail = (reason: string, code: string): Resolution => ({
      kind: 'failed',
      reason,
      error: { accountId: world.account, code, location: `targets.${targetName}` },
    })
    const byArn = (spec.resourceArns ?? []).length > 0
    const found = byArn ? findByArn(world, region, spec) : findByTag(world, region, spec)
    if (found === 'missing') return fail('Target resolution returned empty set', 'InvalidTarget')
    const chosen = choose(world, spec.selectionMode, found)
    if (chosen.length === 0 && (emptyMode === 'fail' || byArn || found.length > 0)) {
      return fail('Target resolution returned empty set', 'InvalidTarget')
    }
    if (!byArn && chosen.length > MAX_RESOURCES_PER_TARGET) {
      const reason = `Number of resources per experiment target cannot exceed ${MAX_RESOURCES_PER_TARGET}`
      return fail(reason, 'QuotaExceededFailure')
    }
    for (const { id } of chosen) {
      resolved.push({
        targetName,
        resourceType: spec.resourceType,
        arn: instanceArn(region, world.account, id),
      })
    }
  }
  return { kind: 'resolved', targets: resolved }
}

/** A resource named by ARN must exist: an empty-target mode never excuses its absence. */
function findByArn(world: World, region: string, spec: TargetSpec): readonly Instance[] | 'missing' {
  const found: Instance[] = []
  for (const arn of new Set(spec.resourceArns)) {
    const instance = world.compute.instances.get(instanceIdOf(arn))
    const isThere = instance !== undefined && arn === instanceArn(region, world.account, instance.id)
    if (!isThere || instance.region !== region || instance.state === 'terminated') return 'missing'
    found.push(instance)
  }
  return found
}

function findByTag(world: World, region: string, spec: TargetSpec): readonly Instance[] {
  return world.compute
    .inRegion(region)
    .filter(({ state }) => state !== 'terminated' && state !== 'shutting-down')
    .filter(({ tags }) =>
      Object.entries(spec.resourceTags ?? {}).every(([key, value]) => tags[key] === value),
    )
    .filter((instance) =>
      (spec.filters ?? []).every(({ path, values }) => {
        const found = valuesAt(describedAs(instance), path.split('.'))
        return values.some((value) => found.includes(value))
      }),
    )
}

/** Filters look at the Describe output with its PascalCase names; a path through a list means any of its items. */
function describedAs(instance: Instance): unknown {
  return {
    ImageId: instance.imageId,
    InstanceId: instance.id,
    InstanceType: instance.instanceType,
    PrivateIpAddress: instance.privateIp,
    PublicIpAddress: instance.publicIp,
    State: { Name: instance.state },
    Placement: { AvailabilityZone: instance.az, AvailabilityZoneId: instance.azId, Tenancy: 'default' },
    SubnetId: instance.subnetId,
    VpcId: instance.vpcId,
    Architecture: 'x86_64',
    Tags: Object.entries(instance.tags).map(([Key, Value]) => ({ Key, Value })),
  }
}

function valuesAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [step, ...rest] = path
  if (step === undefined) return typeof value === 'string' ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return valuesAt((value as Record<string, unknown>)[step], rest)
}

/** `PERCENT` rounds down, so a small set can come to nothing; `COUNT` takes what there is if there is less. */
function choose(world: World, mode: string, candidates: readonly Instance[]): readonly Instance[] {
  const match = /^(COUNT|PERCENT)\((\d+)\)$/.exec(mode)
  if (match === null) return candidates
  const wanted =
    match[1] === 'COUNT' ? Number(match[2]) : Math.floor((candidates.length * Number(match[2])) / 100)
  const ranked = candidates.map((instance) => ({ instance, rank: world.kernel.draw('fis-selection') }))
  return ranked
    .sort((left, right) => left.rank - right.rank)
    .slice(0, wanted)
    .map(({ instance }) => instance)
    .sort((left, right) => (left.id < right.id ? -1 : 1))
}
