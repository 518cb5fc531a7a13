import type { CompiledEnvironment, Demand, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { z } from 'zod'
import { failed, success } from '../../call.ts'
import type { Aws } from '../../client.ts'
import { listRecordSets } from '../../route53/list-record-sets.ts'
import { differences, recordLabel, recordTargetId, type RecordSet } from '../../route53/record-set.ts'
import { SCHEDULER_PERMISSIONS } from '../../scheduler/undo-calls.ts'
import { placeOf, unfitOf } from '../route53-remove-record/plan.ts'
import { toJson } from './capture.ts'
import { shifted } from './weights.ts'

const OPERATION = 'route53-shift-traffic.plan'
/** Elements that one batch may have: a deletion and a creation for each value. */
const ELEMENTS_MAX = 1000
/** The account's budget of changes, which refills at 100 a second. */
const CHANGES_MAX = 1500

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  'route53:ListResourceRecordSets',
  'route53:ListResourceRecordSetProtections',
  'route53:ListTagsForResource',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
] as const

/** How far traffic is shifted by this step, and how far it was by the one before, in percent of what the variant was sent. */
export const parameters = z
  .strictObject({
    percent: z.coerce.number().gt(0).max(100).default(100),
    from: z.coerce.number().min(0).lt(100).default(0),
  })
  .refine(({ percent, from }) => from < percent, 'from is less than percent')

/**
 * Finds the weighted variants of the name and works out their weights before and after this step, from how they are now: with
 * nothing shifted. Describes only.
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
  const place = placeOf(step, environment)
  if (!place.ok) return place
  const { zoneId, name, types, set } = place.value
  if (set === undefined) return unfitStep('the selector must name the variant that is evacuated, by its set')
  const listed = await listRecordSets(aws, zoneId, name, signal)
  if (!listed.ok) return listed
  const weighted = listed.value.filter(
    ({ Type, Weight }) => Weight !== undefined && (types.length === 0 || types.includes(Type)),
  )
  const [before, after] = [wanted.data.from, wanted.data.percent].map((percent) =>
    shifted(weighted, set, percent),
  )
  if (before === undefined || after === undefined || weighted.length === 0)
    return unfitStep(`${name} has no weighted records of the types asked for`)
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

function demandsOf(count: number, records: readonly RecordSet[]): readonly Demand[] {
  const values = 2 * records.reduce((sum, { ResourceRecords = [''] }) => sum + ResourceRecords.length, 0)
  const both = { fault: values, undo: values, limit: ELEMENTS_MAX }
  const changes = { fault: 2 * count, undo: 2 * count, limit: CHANGES_MAX }
  return [
    { quota: 'Route 53 values in a batch', ...both, isShared: false, per: 'request' },
    { quota: 'Route 53 changes at once', ...changes, isShared: false, per: 'account' },
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
