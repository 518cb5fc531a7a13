import { ListTagsForResourceCommand } from '@aws-sdk/client-route-53'
import type { CompiledEnvironment, Demand, InjectStep, Outcome, StepPlan } from '@firedrill/core'
import { failed, read, success } from '../../call.ts'
import { toJson } from '../../captured.ts'
import type { Aws } from '../../client.ts'
import { listProtections, listRecordSets } from '../../route53/list-record-sets.ts'
import { normalName, recordLabel, recordTargetId, type RecordSet } from '../../route53/record-set.ts'
import { choose } from '../choose.ts'
import { tagProblems } from '../tag-problems.ts'
import { SCHEDULER_PERMISSIONS } from '../../scheduler/undo-calls.ts'

const OPERATION = 'route53-remove-record.plan'
/** Elements and characters that one batch may have. Undo is one batch too, of the same size. */
const ELEMENTS_MAX = 1000
const CHARACTERS_MAX = 32_000

/** IAM actions of the platform's role. */
export const PERMISSIONS = [
  'route53:ListResourceRecordSets',
  'route53:ListResourceRecordSetProtections',
  'route53:ListTagsForResource',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
] as const

/** Finds the record sets of the name, captures them, and finds what forbids touching them. Describes only. */
export async function planStep(
  aws: Aws,
  step: InjectStep,
  seed: number,
  environment: CompiledEnvironment,
  signal: AbortSignal,
): Promise<Outcome<StepPlan>> {
  const place = placeOf(step, environment)
  if (!place.ok) return place
  const { zoneId, domain, name, types, set } = place.value
  const listed = await listRecordSets(aws, zoneId, name, signal)
  if (!listed.ok) return listed
  const population = listed.value.filter(({ Type }) => types.length === 0 || types.includes(Type))
  const removable = types.length > 0 ? population : population.filter((record) => !holdsZone(record))
  const choice = choose(
    removable.filter(({ SetIdentifier }) => set === undefined || SetIdentifier === set),
    { idOf: (record) => recordTargetId(zoneId, record) },
    step.targets.choose,
    seed,
  )
  if (!choice.ok) return failed('invalid', OPERATION, 'TooFewMatch', choice.problem)
  const tooLarge = batchProblem(choice.chosen)
  if (tooLarge !== undefined) return failed('invalid', OPERATION, 'BatchTooLarge', tooLarge)
  const unfit = await unfitOf(aws, zoneId, choice.chosen, environment, signal)
  if (!unfit.ok) return unfit
  const apex = await listRecordSets(aws, zoneId, domain, signal)
  if (!apex.ok) return apex
  const capture = toJson({
    zoneId,
    name,
    records: [...choice.chosen],
    negativeTtlSeconds: negativeTtlSeconds(apex.value),
  })
  return success({
    targets: choice.chosen.map((record) => ({
      id: recordTargetId(zoneId, record),
      label: recordLabel(record),
      region: aws.region,
    })),
    population: removable.length,
    unfit: unfit.value,
    demands: demandsOf(choice.chosen),
    survivors: 'all',
    capture,
    calls: [...callsOf(choice.chosen), ...scheduledCalls(choice.chosen, environment)],
    permissions: isScheduled(environment) ? [...PERMISSIONS, ...SCHEDULER_PERMISSIONS] : PERMISSIONS,
  })
}

/** Where the records of a step are. */
type Place = Readonly<{
  zoneId: string
  domain: string
  name: string
  types: readonly string[]
  set: string | undefined
}>

/** Finds the zone and the name of a step's selector in its environment. */
export function placeOf(step: InjectStep, environment: CompiledEnvironment): Outcome<Place> {
  const { zone, record, recordTypes = [], recordSet: set } = step.targets
  const unfit = (message: string) => failed('invalid', OPERATION, 'StepUnfit', message)
  if (zone === undefined || record === undefined) return unfit('the selector must name a zone and a record')
  const known = environment.hostedZones[zone]
  if (known === undefined) {
    return unfit(
      `the environment has no hosted zone ${zone}; it has ${Object.keys(environment.hostedZones).join(', ')}`,
    )
  }
  const [name, domain] = [normalName(record), normalName(known.domain)]
  if (name !== domain && !name.endsWith(`.${domain}`)) return unfit(`${name} does not lie in zone ${domain}`)
  return success({ zoneId: known.id.replace(/^\/hostedzone\//, ''), domain, name, types: recordTypes, set })
}

/** The records without which a zone is no zone; Route 53 does not let them go. */
function holdsZone({ Type }: RecordSet): boolean {
  return Type === 'SOA' || Type === 'NS'
}

/** Why records must not be touched: protections, the environment's own list, tags of the zone, and what is no plain record. */
export async function unfitOf(
  aws: Aws,
  zoneId: string,
  records: readonly RecordSet[],
  environment: CompiledEnvironment,
  signal: AbortSignal,
): Promise<Outcome<StepPlan['unfit']>> {
  const protections = await listProtections(aws, zoneId, signal)
  if (!protections.ok) return protections
  const tags = await read('route53.ListTagsForResource', signal, (options) =>
    aws.route53.send(
      new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: zoneId }),
      options,
    ),
  )
  if (!tags.ok) return tags
  const ofZone = tagProblems(
    Object.fromEntries(
      (tags.value.ResourceTagSet?.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']),
    ),
    environment,
  )
  const forbidden = new Set(environment.touch.protectedRecords.map(normalName))
  return success(
    records.flatMap((record) => {
      const target = recordTargetId(zoneId, record)
      const name = normalName(record.Name)
      const lock = protections.value.find(
        ({ RecordName, RecordType }) => normalName(RecordName ?? '') === name && RecordType === record.Type,
      )
      const reasons = [
        ...(forbidden.has(name) ? ['the environment protects this name'] : []),
        ...(lock === undefined
          ? []
          : [`is protected in Route 53${lock.Comment === undefined ? '' : `: ${lock.Comment}`}`]),
        ...(holdsZone(record) ? [`${record.Type} records hold the zone together`] : []),
        ...(record.TrafficPolicyInstanceId === undefined
          ? []
          : ['belongs to a traffic policy, which would put it back']),
      ]
      return [
        ...reasons.map((reason) => ({ target, guardrail: 'protected-records' as const, reason })),
        ...ofZone.map(({ guardrail, reason }) => ({ target, guardrail, reason: `its zone ${reason}` })),
      ]
    }),
  )
}

/** A batch counts once for each record in the account's change budget, which refills at 100 a second. */
const CHANGES_MAX = 1500

/** Fault and undo are one batch each, of the same size. */
function demandsOf(records: readonly RecordSet[]): readonly Demand[] {
  const { values, characters } = sizeOf(records)
  const alike = { isShared: false, per: 'request' } as const
  return [
    { quota: 'Route 53 values in a batch', fault: values, undo: values, limit: ELEMENTS_MAX, ...alike },
    {
      quota: 'Route 53 characters in a batch',
      fault: characters,
      undo: characters,
      limit: CHARACTERS_MAX,
      ...alike,
    },
    {
      quota: 'Route 53 changes at once',
      fault: records.length,
      undo: records.length,
      limit: CHANGES_MAX,
      isShared: false,
      per: 'account',
    },
  ]
}

function sizeOf(records: readonly RecordSet[]): Readonly<{ values: number; characters: number }> {
  const values = records.flatMap(({ ResourceRecords }) => ResourceRecords ?? [{ Value: '' }])
  return { values: values.length, characters: values.reduce((sum, { Value }) => sum + Value.length, 0) }
}

/** Why these records are too many for one batch, or undefined. Pure. */
export function batchProblem(records: readonly RecordSet[]): string | undefined {
  const { values, characters } = sizeOf(records)
  return values > ELEMENTS_MAX || characters > CHARACTERS_MAX
    ? `${values} values with ${characters} characters do not fit into one batch`
    : undefined
}

/** RFC 2308: the lesser of the SOA's own TTL and its last field. */
function negativeTtlSeconds(apex: readonly RecordSet[]): number | null {
  const soa = apex.find(({ Type }) => Type === 'SOA')
  const minimum = Number(soa?.ResourceRecords?.[0]?.Value.trim().split(/\s+/).at(-1))
  return soa?.TTL !== undefined && Number.isInteger(minimum) ? Math.min(soa.TTL, minimum) : null
}

function isScheduled({ deadMan }: CompiledEnvironment): boolean {
  return deadMan === 'aws-scheduler'
}

function scheduledCalls(records: readonly RecordSet[], environment: CompiledEnvironment): readonly string[] {
  if (records.length === 0 || !isScheduled(environment)) return []
  const names = records.map(recordLabel).join(', ')
  const { schedulerRoleArn = 'aws.schedulerRoleArn' } = environment.aws
  return [
    `dead man, before the fault: scheduler CreateSchedule, with iam PassRole of ${schedulerRoleArn} to scheduler.amazonaws.com`,
    `dead man, after its expiry, by ${schedulerRoleArn}: route53 ChangeResourceRecordSets: CREATE ${names}`,
    'dead man, once all is verified: scheduler DeleteSchedule',
  ]
}

function callsOf(records: readonly RecordSet[]): readonly string[] {
  if (records.length === 0) return []
  const names = records.map(recordLabel).join(', ')
  return [
    `route53 ChangeResourceRecordSets: DELETE ${names}`,
    `undo: route53 ChangeResourceRecordSets: CREATE ${names}`,
  ]
}
