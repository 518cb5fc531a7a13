import { CONNECTIVITY_SCOPES, type ApiError, type Effect } from '../../world/impairments.ts'
import { ALARM_STATES } from '../../world/alarm-model.ts'
import type { StoreKeeper } from '../../world/store-model.ts'
import type { World } from '../../world/world.ts'
import { subnetsOf } from '../ec2/subnets.ts'
import type { ActionId } from './action-catalogue.ts'
import type { ActionRun, Experiment } from './fis-model.ts'
import { nameInArn, storeNameInArn } from './resource-types.ts'

/** How long replication may go on after its pause began: AWS says up to five minutes for tables, an hour for buckets. */
const LINGERS_SECONDS: Readonly<Record<StoreKeeper, readonly [number, number]>> = {
  dynamodb: [20, 240],
  memorydb: [1, 30],
  s3: [60, 1200],
}

/** The actions that hold an effect for their duration and then take it off, whether they complete or are stopped. */
export const IMPAIRING_ACTION_IDS = [
  'aws:dynamodb:global-table-pause-replication',
  'aws:ebs:pause-volume-io',
  'aws:ec2:api-insufficient-instance-capacity-error',
  'aws:ec2:asg-insufficient-instance-capacity-error',
  'aws:fis:inject-api-internal-error',
  'aws:fis:inject-api-throttle-error',
  'aws:fis:inject-api-unavailable-error',
  'aws:memorydb:multi-region-cluster-pause-replication',
  'aws:network:disrupt-connectivity',
  'aws:network:route-table-disrupt-cross-region-connectivity',
  'aws:network:transit-gateway-disrupt-cross-region-connectivity',
  'aws:s3:bucket-pause-replication',
] as const satisfies readonly ActionId[]
/** One of them. */
export type ImpairingActionId = (typeof IMPAIRING_ACTION_IDS)[number]

/** Whether an action holds an effect. */
export function isImpairing(id: ActionId): id is ImpairingActionId {
  return IMPAIRING_ACTION_IDS.some((known) => known === id)
}

/** Under which id the world knows the effect of an action. */
export function effectIdOf(experiment: Pick<Experiment, 'id'>, name: string): string {
  return `${experiment.id}/${name}`
}

/** What an action does to the world while it lasts. */
export function effectOf(
  world: World,
  region: string,
  id: ImpairingActionId,
  { parameters = {} }: Pick<ActionRun, 'parameters'>,
  arns: readonly string[],
): Effect {
  const names = arns.map((arn) => nameInArn(arn))
  const percentage = Number(parameters['percentage'] ?? 100)
  const azs = zoneNames(world, region, listOf(parameters['availabilityZoneIdentifiers']))
  const apiError = (error: ApiError): Effect => ({
    kind: 'api-error',
    roles: names,
    service: parameters['service'] ?? '',
    operations: listOf(parameters['operations']),
    percentage,
    error,
  })
  switch (id) {
    case 'aws:dynamodb:global-table-pause-replication':
      return { kind: 'replication', stores: names, lingersSeconds: LINGERS_SECONDS.dynamodb }
    case 'aws:memorydb:multi-region-cluster-pause-replication':
      return { kind: 'replication', stores: names, lingersSeconds: LINGERS_SECONDS.memorydb }
    case 'aws:s3:bucket-pause-replication':
      return {
        kind: 'replication',
        stores: arns.map((arn) => storeNameInArn(arn)),
        toRegion: parameters['region'] ?? '',
        lingersSeconds: LINGERS_SECONDS.s3,
      }
    case 'aws:ebs:pause-volume-io':
      return { kind: 'volume-io', volumeIds: names }
    case 'aws:ec2:api-insufficient-instance-capacity-error':
      return { kind: 'role-capacity', roles: names, azs, percentage }
    case 'aws:ec2:asg-insufficient-instance-capacity-error':
      return { kind: 'group-capacity', groups: names, azs, percentage }
    case 'aws:fis:inject-api-internal-error':
      return apiError('internal')
    case 'aws:fis:inject-api-throttle-error':
      return apiError('throttle')
    case 'aws:fis:inject-api-unavailable-error':
      return apiError('unavailable')
    case 'aws:network:disrupt-connectivity': {
      const scope = CONNECTIVITY_SCOPES.find((known) => known === parameters['scope']) ?? 'all'
      return { kind: 'connectivity', subnetIds: names, scope }
    }
    case 'aws:network:route-table-disrupt-cross-region-connectivity':
      return { kind: 'cross-region', subnetIds: names, toRegion: parameters['region'] ?? '' }
    case 'aws:network:transit-gateway-disrupt-cross-region-connectivity':
      return { kind: 'cross-region', subnetIds: [], toRegion: parameters['region'] ?? '' }
    default:
      return id satisfies never
  }
}

/** Why the alarms that an action asserts are not in the states it wants; null if they all are. */
export function unmetAssertion(
  world: World,
  { parameters = {} }: Pick<ActionRun, 'parameters'>,
): string | null {
  const wanted = listOf(parameters['alarmStates'])
  for (const arn of listOf(parameters['alarmArns'])) {
    const state = world.compositeAlarms.stateOf(arn)
    if (state === undefined) return `CloudWatch alarm ${arn} does not exist.`
    if (!wanted.includes(state))
      return `CloudWatch alarm ${arn} is in state ${state}, not ${wanted.join(' or ')}.`
  }
  return null
}

/** Whether a text is a list of alarm states. */
export function isAlarmStates(text: string): boolean {
  return listOf(text).every((state) => ALARM_STATES.some((known) => known === state))
}

/** The items of a list that is parted by commas. */
export function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Zones come by name or by id; the world goes by names. */
function zoneNames(world: World, region: string, identifiers: readonly string[]): readonly string[] {
  const zones = subnetsOf(world, region)
  return identifiers.map((identifier) => zones.find(({ azId }) => azId === identifier)?.az ?? identifier)
}
