import type { World } from '../../world/world.ts'
import type { EmptyTargetMode, ExperimentError, ResolvedTarget, TargetSpec } from './fis-model.ts'
import { candidateByArn, candidatesOf, resourceTypeOf, type Candidate } from './resource-types.ts'

/** Targets chosen by tag may come to this many resources; the quota is adjustable on AWS, here it is the default. */
export const MAX_RESOURCES_PER_TARGET = 5

/** All targets of an experiment resolved, or why that failed. Resolution happens once, before any action. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly targets: readonly ResolvedTarget[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly error: ExperimentError }

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
    const { resourceType } = spec
    resolved.push(...chosen.map(({ arn }) => ({ targetName, resourceType, arn })))
  }
  return { kind: 'resolved', targets: resolved }
}

/** A resource named by ARN must exist: an empty-target mode never excuses its absence. */
function findByArn(world: World, region: string, spec: TargetSpec): readonly Candidate[] | 'missing' {
  const type = resourceTypeOf(spec.resourceType)
  if (type === undefined) return 'missing'
  const found = [...new Set(spec.resourceArns)].map((arn) => candidateByArn(world, region, type, arn))
  const here = found.filter((candidate) => candidate !== undefined)
  return here.length === found.length ? here : 'missing'
}

function findByTag(world: World, region: string, spec: TargetSpec): readonly Candidate[] {
  const type = resourceTypeOf(spec.resourceType)
  if (type === undefined) return []
  const zone = spec.parameters?.['availabilityZoneIdentifier']
  return candidatesOf(world, region, type)
    .filter(({ leaving }) => !leaving)
    .filter((candidate) => zone === undefined || candidate.zone.includes(zone))
    .filter(({ tags }) =>
      Object.entries(spec.resourceTags ?? {}).every(([key, value]) => tags[key] === value),
    )
    .filter(({ described }) =>
      (spec.filters ?? []).every(({ path, values }) => {
        const found = valuesAt(described, path.split('.'))
        return values.some((value) => found.includes(value))
      }),
    )
}

/** A path through a list means any of its items. */
function valuesAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [step, ...rest] = path
  if (step === undefined) return textsOf(value)
  if (typeof value !== 'object' || value === null) return []
  return valuesAt((value as Record<string, unknown>)[step], rest)
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : []
}

/** `PERCENT` rounds down, so a small set can come to nothing; `COUNT` takes what there is if there is less. */
function choose(world: World, mode: string, candidates: readonly Candidate[]): readonly Candidate[] {
  const match = /^(COUNT|PERCENT)\((\d+)\)$/.exec(mode)
  if (match === null) return candidates
  const wanted =
    match[1] === 'COUNT' ? Number(match[2]) : Math.floor((candidates.length * Number(match[2])) / 100)
  const ranked = candidates.map((candidate) => ({ candidate, rank: world.kernel.draw('fis-selection') }))
  return ranked
    .sort((left, right) => left.rank - right.rank)
    .slice(0, wanted)
    .map(({ candidate }) => candidate)
    .sort((left, right) => (left.arn < right.arn ? -1 : 1))
}
