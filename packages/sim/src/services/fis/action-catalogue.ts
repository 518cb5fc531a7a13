import { CONNECTIVITY_SCOPES } from '../../world/impairments.ts'
import type { ResourceType } from './resource-types.ts'

/** The actions that do something in this world. What each does is in `experiment-actions.ts`. */
export const ACTION_IDS = [
  'aws:cloudwatch:assert-alarm-state',
  'aws:dynamodb:global-table-pause-replication',
  'aws:ebs:pause-volume-io',
  'aws:ec2:api-insufficient-instance-capacity-error',
  'aws:ec2:asg-insufficient-instance-capacity-error',
  'aws:ec2:reboot-instances',
  'aws:ec2:send-spot-instance-interruptions',
  'aws:ec2:stop-instances',
  'aws:ec2:terminate-instances',
  'aws:fis:inject-api-internal-error',
  'aws:fis:inject-api-throttle-error',
  'aws:fis:inject-api-unavailable-error',
  'aws:fis:wait',
  'aws:memorydb:multi-region-cluster-pause-replication',
  'aws:network:disrupt-connectivity',
  'aws:network:route-table-disrupt-cross-region-connectivity',
  'aws:network:transit-gateway-disrupt-cross-region-connectivity',
  'aws:s3:bucket-pause-replication',
] as const
/** One action that does something. */
export type ActionId = (typeof ACTION_IDS)[number]

/**
 * Actions on resources that this world has none of. Templates may name them, as AWS's own scenarios do; their targets
 * come to nothing, which fails the experiment or skips the action as the template says.
 */
export const TARGETLESS_ACTION_IDS = [
  'aws:arc:start-zonal-autoshift',
  'aws:elasticache:replicationgroup-interrupt-az-power',
  'aws:network:disrupt-vpc-endpoint',
  'aws:rds:failover-db-cluster',
  'aws:rds:reboot-db-instances',
] as const
/** One action without anything to act on. */
export type TargetlessActionId = (typeof TARGETLESS_ACTION_IDS)[number]

/**
 * How a parameter is checked (FIS parameters are always texts): a duration of a minute or of a second at least, one of two
 * to fifteen minutes, a percentage, a list parted by commas, one of a few words, or any text.
 */
export type ParameterKind =
  | 'boolean'
  | 'duration'
  | 'list'
  | 'notice'
  | 'percentage'
  | 'short-duration'
  | 'text'
  | readonly string[]

/** A parameter of an action. */
export type ParameterDescription = {
  readonly description: string
  readonly required: boolean
  readonly kind: ParameterKind
}

/** What FIS tells about an action. */
export type ActionDescription = {
  readonly description: string
  readonly parameters: Readonly<Record<string, ParameterDescription>>
  /** Slot name to resource type. */
  readonly targets: Readonly<Record<string, { readonly resourceType: ResourceType }>>
}

const needs = (kind: ParameterKind, description: string): ParameterDescription => ({
  description,
  required: true,
  kind,
})
const takes = (kind: ParameterKind, description: string): ParameterDescription => ({
  description,
  required: false,
  kind,
})
const slot = <T extends string>(
  name: T,
  resourceType: ResourceType,
): Readonly<Record<T, { readonly resourceType: ResourceType }>> =>
  ({ [name]: { resourceType } }) as Record<T, { resourceType: ResourceType }>

const DURATION = { duration: needs('duration', 'The duration (ISO 8601 format).') }
const ZONES = needs('list', 'A comma separated list of Availability Zone names or IDs.')
const PERCENTAGE = 'The percentage (1-100) of requests to inject the fault.'
const INSTANCES = slot('Instances', 'aws:ec2:instance')
const SUBNETS = slot('Subnets', 'aws:ec2:subnet')
const ROLES = slot('Roles', 'aws:iam:role')

const injectsApiError = (what: string): ActionDescription => ({
  description: `Inject ${what} into requests made by the target IAM role.`,
  parameters: {
    ...DURATION,
    operations: needs('list', 'A comma separated list of operations to inject the fault into.'),
    percentage: needs('percentage', PERCENTAGE),
    service: needs(['ec2', 'kinesis'], 'The target AWS API namespace.'),
  },
  targets: ROLES,
})

const CARRIED_OUT: Readonly<Record<ActionId, ActionDescription>> = {
  'aws:cloudwatch:assert-alarm-state': {
    description: 'Asserts that the specified CloudWatch alarms have the expected state.',
    parameters: {
      alarmArns: needs('list', 'A comma separated list of up to 5 CloudWatch alarm ARNs.'),
      alarmStates: needs('list', 'A comma separated list of alarm states: OK, ALARM, INSUFFICIENT_DATA.'),
    },
    targets: {},
  },
  'aws:dynamodb:global-table-pause-replication': {
    description: 'Pause replication to the target global tables.',
    parameters: DURATION,
    targets: slot('Tables', 'aws:dynamodb:global-table'),
  },
  'aws:ebs:pause-volume-io': {
    description: 'Pause I/O operations on target EBS volumes.',
    parameters: { duration: needs('short-duration', 'The duration (ISO 8601 format).') },
    targets: slot('Volumes', 'aws:ec2:ebs-volume'),
  },
  'aws:ec2:api-insufficient-instance-capacity-error': {
    description: 'Inject insufficient instance capacity errors into requests made by the target IAM role.',
    parameters: {
      ...DURATION,
      availabilityZoneIdentifiers: ZONES,
      percentage: needs('percentage', PERCENTAGE),
    },
    targets: ROLES,
  },
  'aws:ec2:asg-insufficient-instance-capacity-error': {
    description:
      'Inject insufficient instance capacity errors into launches of the target Auto Scaling groups.',
    parameters: {
      ...DURATION,
      availabilityZoneIdentifiers: ZONES,
      percentage: takes(
        'percentage',
        'The percentage (1-100) of launches to inject the fault. Default is 100.',
      ),
    },
    targets: slot('AutoScalingGroups', 'aws:ec2:autoscaling-group'),
  },
  'aws:ec2:reboot-instances': {
    description: 'Reboot the specified EC2 instances.',
    parameters: {},
    targets: INSTANCES,
  },
  'aws:ec2:send-spot-instance-interruptions': {
    description: 'Interrupt the specified Spot Instances.',
    parameters: {
      durationBeforeInterruption: needs(
        'notice',
        'The time to wait before interrupting the instances (ISO 8601 duration).',
      ),
    },
    targets: slot('SpotInstances', 'aws:ec2:spot-instance'),
  },
  'aws:ec2:stop-instances': {
    description: 'Stop the specified EC2 instances.',
    parameters: {
      completeIfInstancesTerminated: takes(
        'boolean',
        'Complete the action even if instances were terminated and cannot be restarted.',
      ),
      startInstancesAfterDuration: takes(
        'duration',
        'The time to wait before restarting the instances (ISO 8601 duration).',
      ),
    },
    targets: INSTANCES,
  },
  'aws:ec2:terminate-instances': {
    description: 'Terminate the specified EC2 instances.',
    parameters: {},
    targets: INSTANCES,
  },
  'aws:fis:inject-api-internal-error': injectsApiError('internal errors'),
  'aws:fis:inject-api-throttle-error': injectsApiError('throttling errors'),
  'aws:fis:inject-api-unavailable-error': injectsApiError('unavailable errors'),
  'aws:fis:wait': {
    description: 'Wait for the specified duration. Stop condition monitoring will continue during this time.',
    parameters: DURATION,
    targets: {},
  },
  'aws:network:disrupt-connectivity': {
    description: 'Disrupt network connectivity for the specified subnets.',
    parameters: {
      ...DURATION,
      prefixListIdentifier: takes('text', 'The managed prefix list, if the scope is prefix-list.'),
      scope: needs(CONNECTIVITY_SCOPES, 'The type of traffic to deny.'),
    },
    targets: SUBNETS,
  },
  'aws:network:route-table-disrupt-cross-region-connectivity': {
    description:
      'Block traffic that originates in the target subnets and is destined for the specified Region.',
    parameters: { ...DURATION, region: needs('text', 'The Region to isolate from.') },
    targets: SUBNETS,
  },
  'aws:memorydb:multi-region-cluster-pause-replication': {
    description: 'Pause replication between the target multi-Region cluster and the others.',
    parameters: DURATION,
    targets: slot('MultiRegionClusters', 'aws:memorydb:multi-region-cluster'),
  },
  'aws:network:transit-gateway-disrupt-cross-region-connectivity': {
    description: 'Drop traffic of the target transit gateway peering attachments to the specified Region.',
    parameters: { ...DURATION, region: needs('text', 'The Region to isolate from.') },
    targets: slot('TransitGateways', 'aws:ec2:transit-gateway'),
  },
  'aws:s3:bucket-pause-replication': {
    description: 'Pause replication from the target buckets to destination buckets.',
    parameters: {
      ...DURATION,
      destinationBuckets: takes('list', 'A comma separated list of destination buckets.'),
      prefixes: takes('list', 'A comma separated list of object key prefixes.'),
      region: needs('text', 'The Region of the destination buckets.'),
    },
    targets: slot('Buckets', 'aws:s3:bucket'),
  },
}

const TARGETLESS: Readonly<Record<TargetlessActionId, ActionDescription>> = {
  'aws:arc:start-zonal-autoshift': {
    description: 'Shift traffic for supported resources away from an Availability Zone.',
    parameters: {
      ...DURATION,
      availabilityZoneIdentifier: needs('text', 'The Availability Zone to move traffic away from.'),
      managedResourceTypes: needs('list', 'The resource types to shift: ASG, ALB, NLB, EKS.'),
      zonalAutoshiftStatus: takes(['ANY', 'DISABLED', 'ENABLED'], 'The zonal autoshift status to target.'),
    },
    targets: slot('ManagedResources', 'aws:arc:zonal-shift-managed-resource'),
  },
  'aws:elasticache:replicationgroup-interrupt-az-power': {
    description:
      'Interrupt power to nodes in the specified Availability Zone for the target replication groups.',
    parameters: DURATION,
    targets: slot('ReplicationGroups', 'aws:elasticache:replicationgroup'),
  },
  'aws:network:disrupt-vpc-endpoint': {
    description: 'Block all traffic to the target interface VPC endpoints.',
    parameters: DURATION,
    targets: slot('VPCEndpoints', 'aws:ec2:vpc-endpoint'),
  },
  'aws:rds:failover-db-cluster': {
    description: 'Failover the specified DB clusters.',
    parameters: {},
    targets: slot('Clusters', 'aws:rds:cluster'),
  },
  'aws:rds:reboot-db-instances': {
    description: 'Reboot the specified DB instances.',
    parameters: { forceFailover: takes('boolean', 'Whether the reboot is conducted through a failover.') },
    targets: slot('DBInstances', 'aws:rds:db'),
  },
}

/** The catalogue behind `ListActions` and `GetAction`, and the check of a template's actions; in order of id. */
export const ACTION_CATALOGUE: ReadonlyMap<string, ActionDescription> = new Map(
  Object.entries({ ...CARRIED_OUT, ...TARGETLESS }).sort(([left], [right]) => (left < right ? -1 : 1)),
)

/** Narrows a text to an action that does something. */
export function actionIdOf(id: string): ActionId | undefined {
  return ACTION_IDS.find((known) => known === id)
}
