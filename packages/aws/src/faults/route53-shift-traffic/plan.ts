import type { CompiledEnvironment, Demand, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { z } from 'zod'
import { failed, success } from '../../call.ts'
import { toJson } from '../../captured.ts'
import type { Aws } from '../../client.ts'
import { differences, recordLabel, recordTargetId, type RecordSet } from '../../route53/record-set.ts'
import { SCHEDULER_PERMISSIONS } from '../../scheduler/undo-calls.ts'
import { batchProblem, placeOf, unfitOf } from '../route53-remove-record/plan.ts'
import { listNamed, WHOLE_ZONE } from './capture.ts'
import { nameAndType, shifted } from './weights.ts'

const OPERATION = 'route53-shift-traffic.plan'
/** Elements that one batch may have: a deletion and a creation for each value. */
const ELEMENTS_MAX = 1000
/** What the account's budget of changes holds at most, and so a batch. Batches beyond it wait while it refills, at 100 a second. */
const CHANGES_MAX = 1500

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  'route53:ListResourceRecordSets',
  'route53:ListResourceRecordSetProtections',
  'route53:ListTagsForResource',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
] as const

/**
 * How far traffic is shifted by this step, and how far it was by the one before, in percent of what the variant was sent; and,
 * for a zone with more records than one batch takes, which part of its names this step is for.
 */
export const parameters = z
  .strictObject({
    percent: z.coerce.number().gt(0).max(100).default(100),
    from: z.coerce.number().min(0).lt(100).default(0),
    part: z.coerce.number().int().min(1).default(1),
    parts: z.coerce.number().int().min(1).max(100).default(1),
  })
  .refine(({ percent, from }) => from < percent, 'from is less than percent')
  .refine(({ part, parts }) => part <= parts, 'part is at most parts')

/**
 * Finds the weighted variants of the name, or of every name of the zone that has the variant, and works out their weights before
 * and after this step, from how they are now: with nothing shifted. Describes only.
 */
export async function planStep(
  aws: Aws,
  step: InjectStep,
  environment: CompiledEnvironment,
  signal: AbortSignal,
): Promise<Outcome<StepPlan>> {
  const unfitStep = (message: string) => failed('invalid', OPERATION, 'StepUnfit', message)
  const wanted = parameters.safeParse(step.parameters)
  if (!wanted.success) return unfitStep(z.prettifyError(wanted.error))
  const isWholeZone = step.targets.record === WHOLE_ZONE
  const place = placeOf(isWholeZone ? atApex(step, environment) : step, environment)
  if (!place.ok) return place
  const { zoneId, types, set } = place.value
  const name = isWholeZone ? WHOLE_ZONE : place.value.name
  if (set === undefined) return unfitStep('the selector must name the variant that is evacuated, by its set')
  const listed = await listNamed(aws, { zoneId, name }, signal)
  if (!listed.ok) return listed
  const ofTypes = listed.value.filter(
    ({ Type, Weight }) => Weight !== undefined && (types.length === 0 || types.includes(Type)),
  )
  const weighted = isWholeZone ? partOf(namesWith(ofTypes, set), wanted.data) : ofTypes
  const [before, after] = [wanted.data.from, wanted.data.percent].map((percent) =>
    shifted(weighted, set, percent),
  )
  if (before === undefined || after === undefined || weighted.length === 0)
    return unfitStep(
      isWholeZone
        ? `no name of the zone has a weighted variant ${set} of the types asked for that is sent anything`
        : `${name} has no weighted records of the types asked for`,
    )
  if (!before.ok) return unfitStep(before.problem)
  if (!after.ok) return unfitStep(after.problem)
  // All variants belong to the step, those too whose weight happens to stay the same: shares are one decision.
  const pairs = before.records.flatMap((was, index) => {
    const is = after.records[index]
    return is === undefined ? [] : [{ was, is }]
  })
  if (pairs.every(({ was, is }) => differences(was, is).length === 0))
    return unfitStep('this step would change nothing')
  const records = pairs.map(({ was }) => was)
  const tooLarge = batchProblem(pairs.flatMap(({ was, is }) => [was, is]))
  if (tooLarge !== undefined)
    return unfitStep(`${tooLarge}; shift the zone in parts: one step for each part, all with the same parts`)
  const unfit = await unfitOf(aws, zoneId, records, environment, signal)
  if (!unfit.ok) return unfit
  return success({
    targets: records.map((record) => ({
      id: recordTargetId(zoneId, record),
      label: recordLabel(record),
      region: aws.region,
    })),
    population: weighted.length,
    survivors: 'all',
    unfit: unfit.value,
    demands: demandsOf(pairs.length, records),
    capture: toJson({ zoneId, name, before: records, after: pairs.map(({ is }) => is) }),
    calls: callsOf(pairs, environment),
    permissions:
      environment.deadMan === 'aws-scheduler' ? [...PERMISSIONS, ...SCHEDULER_PERMISSIONS] : PERMISSIONS,
  })
}

/** The apex stands for the zone where every name of it is meant. */
function atApex(step: InjectStep, { hostedZones }: CompiledEnvironment): InjectStep {
  const { domain } = hostedZones[step.targets.zone ?? ''] ?? { domain: WHOLE_ZONE }
  return { ...step, targets: { ...step.targets, record: domain } }
}

/** The names and types that have the variant, some of whose traffic goes to it: what it is sent can be shifted. */
function namesWith(records: readonly RecordSet[], set: string): readonly RecordSet[] {
  return [...Map.groupBy(records, nameAndType).values()]
    .filter((variants) => variants.some((one) => one.SetIdentifier === set && (one.Weight ?? 0) > 0))
    .flat()
}

/** One of several parts of the names, about as large as the others: the same for every step of the same zone. */
function partOf(
  records: readonly RecordSet[],
  { part, parts }: Readonly<{ part: number; parts: number }>,
): readonly RecordSet[] {
  const groups = [...Map.groupBy(records, nameAndType).entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const [from, to] = [part - 1, part].map((edge) => Math.floor((groups.length * edge) / parts))
  return groups.slice(from, to).flatMap(([, variants]) => variants)
}

function demandsOf(count: number, records: readonly RecordSet[]): readonly Demand[] {
  const values = 2 * records.reduce((sum, { ResourceRecords = [''] }) => sum + ResourceRecords.length, 0)
  const both = { fault: values, undo: values, limit: ELEMENTS_MAX }
  const changes = { fault: 2 * count, undo: 2 * count, limit: CHANGES_MAX }
  return [
    { quota: 'Route 53 values in a batch', ...both, isShared: false, per: 'request' },
    { quota: 'Route 53 changes in a batch', ...changes, isShared: false, per: 'request' },
  ]
}

function callsOf(
  pairs: readonly Readonly<{ was: RecordSet; is: RecordSet }>[],
  environment: CompiledEnvironment,
): readonly string[] {
  const weights = (turned: boolean) =>
    pairs
      .map(({ was, is }) => {
        const [from, to] = turned ? [is, was] : [was, is]
        return `${recordLabel(was)} from ${from.Weight ?? 0} to ${to.Weight ?? 0}`
      })
      .join(', ')
  const call = 'route53 ChangeResourceRecordSets (control plane, us-east-1): weight of'
  const scheduled =
    environment.deadMan === 'aws-scheduler'
      ? ['dead man, before the step: scheduler CreateSchedule (control plane, home Region)']
      : []
  return [...scheduled, `${call} ${weights(false)}`, `undo: ${call} ${weights(true)}`]
}
