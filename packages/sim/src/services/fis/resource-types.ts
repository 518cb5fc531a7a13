import type { World } from '../../world/world.ts'
import { groupKey } from '../../world/compute.ts'
import type { Instance } from '../../world/model.ts'
import type { StoreKeeper } from '../../world/store-model.ts'
import { transitGatewaysOf, volumesOf, type Volume } from '../ec2/attached-resources.ts'
import { subnetArn, subnetsOf } from '../ec2/subnets.ts'
import { storesKeptBy } from './replication-pauses.ts'

/** Resource types that targets may have, in order. The world has resources of those that can be found below. */
export const RESOURCE_TYPES = [
  'aws:arc:zonal-shift-managed-resource',
  'aws:dynamodb:global-table',
  'aws:ec2:autoscaling-group',
  'aws:ec2:ebs-volume',
  'aws:ec2:instance',
  'aws:ec2:spot-instance',
  'aws:ec2:subnet',
  'aws:ec2:transit-gateway',
  'aws:ec2:vpc-endpoint',
  'aws:elasticache:replicationgroup',
  'aws:iam:role',
  'aws:memorydb:multi-region-cluster',
  'aws:rds:cluster',
  'aws:rds:db',
  'aws:s3:bucket',
] as const
/** One resource type. */
export type ResourceType = (typeof RESOURCE_TYPES)[number]

/** A resource that a target may come to. */
export type Candidate = {
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
  /** Name and id of its zone, for target parameters that name one. */
  readonly zone: readonly string[]
  /** As its Describe operation shows it, with PascalCase names: what filters look at. */
  readonly described: unknown
  /** On its way out: found by ARN, but not by tag any more. */
  readonly leaving: boolean
}

/** What FIS tells about a resource type. */
export type ResourceTypeDescription = {
  readonly description: string
  readonly parameters: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>
  /** Targets of this type are named by ARN, never by tag. */
  readonly byArnOnly?: boolean
}

const ZONE = { description: 'The Availability Zone name or ID.', required: false }

/** The catalogue behind `ListTargetResourceTypes` and the check of a template's targets. */
export const RESOURCE_TYPE_CATALOGUE: Readonly<Record<ResourceType, ResourceTypeDescription>> = {
  'aws:arc:zonal-shift-managed-resource': { description: 'A zonal shift managed resource.', parameters: {} },
  'aws:dynamodb:global-table': { description: 'An Amazon DynamoDB global table.', parameters: {} },
  'aws:ec2:autoscaling-group': { description: 'An Amazon EC2 Auto Scaling group.', parameters: {} },
  'aws:ec2:ebs-volume': {
    description: 'An Amazon EBS volume.',
    parameters: { availabilityZoneIdentifier: ZONE },
  },
  'aws:ec2:instance': { description: 'An Amazon EC2 instance.', parameters: {} },
  'aws:ec2:spot-instance': { description: 'An Amazon EC2 Spot Instance.', parameters: {} },
  'aws:ec2:subnet': {
    description: 'An Amazon VPC subnet.',
    parameters: {
      availabilityZoneIdentifier: ZONE,
      vpc: { description: 'The VPC ID or ARN.', required: false },
    },
  },
  'aws:ec2:transit-gateway': { description: 'A transit gateway.', parameters: {} },
  'aws:ec2:vpc-endpoint': { description: 'An interface VPC endpoint.', parameters: {} },
  'aws:elasticache:replicationgroup': {
    description: 'An Amazon ElastiCache replication group.',
    parameters: { availabilityZoneIdentifier: { ...ZONE, required: true } },
  },
  'aws:iam:role': { description: 'An IAM role.', parameters: {}, byArnOnly: true },
  'aws:memorydb:multi-region-cluster': { description: 'An Amazon MemoryDB cluster.', parameters: {} },
  'aws:rds:cluster': {
    description: 'An Amazon Aurora DB cluster.',
    parameters: {
      writerAvailabilityZoneIdentifiers: { description: 'The zones of the writer.', required: false },
    },
  },
  'aws:rds:db': {
    description: 'An Amazon RDS DB instance.',
    parameters: { availabilityZoneIdentifiers: { description: 'The zones.', required: false } },
  },
  'aws:s3:bucket': { description: 'An Amazon S3 bucket.', parameters: {} },
}

/** Narrows a text to a resource type. */
export function resourceTypeOf(text: string): ResourceType | undefined {
  return RESOURCE_TYPES.find((known) => known === text)
}

/** Where the resources of a type come from; this world has none of the types that are left out. */
const FINDERS: Readonly<
  Partial<Record<ResourceType, (world: World, region: string) => readonly Candidate[]>>
> = {
  'aws:dynamodb:global-table': (world, region) => storeCandidates(world, region, 'dynamodb'),
  'aws:ec2:autoscaling-group': groupCandidates,
  'aws:ec2:ebs-volume': (world, region) =>
    volumesOf(world, region).map((volume) => volumeCandidate(world, volume)),
  'aws:ec2:instance': (world, region) =>
    instancesOf(world, region).map((instance) => instanceCandidate(world, instance)),
  'aws:ec2:spot-instance': (world, region) =>
    instancesOf(world, region)
      .filter(({ isSpot }) => isSpot === true)
      .map((instance) => instanceCandidate(world, instance)),
  'aws:ec2:subnet': subnetCandidates,
  'aws:ec2:transit-gateway': gatewayCandidates,
  'aws:memorydb:multi-region-cluster': (world, region) => storeCandidates(world, region, 'memorydb'),
  'aws:s3:bucket': (world, region) => storeCandidates(world, region, 's3'),
}

/** Every resource of a type in a Region, in an order that stays. */
export function candidatesOf(world: World, region: string, type: ResourceType): readonly Candidate[] {
  return FINDERS[type]?.(world, region) ?? []
}

/** The resource that an ARN names, if it is there. Roles are taken on trust: the world has no IAM. */
export function candidateByArn(
  world: World,
  region: string,
  type: ResourceType,
  arn: string,
): Candidate | undefined {
  if (type !== 'aws:iam:role') return candidatesOf(world, region, type).find((one) => one.arn === arn)
  const isRole = new RegExp(`^arn:aws:iam::${world.account}:role/.+$`).test(arn)
  return isRole ? { arn, tags: {}, zone: [], described: {}, leaving: false } : undefined
}

/** The ARN of an instance. */
export function instanceArn(region: string, account: string, id: string): string {
  return `arn:aws:ec2:${region}:${account}:instance/${id}`
}

/** What comes last in an ARN: the id, or the name of a group or role. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

function groupArn(region: string, account: string, name: string): string {
  return `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${name}:autoScalingGroupName/${name}`
}

function subnetCandidates(world: World, region: string): readonly Candidate[] {
  return subnetsOf(world, region).map((subnet) => ({
    arn: subnetArn(region, world.account, subnet.id),
    tags: subnet.tags,
    zone: [subnet.az, subnet.azId],
    leaving: false,
    described: {
      SubnetId: subnet.id,
      VpcId: subnet.vpcId,
      AvailabilityZone: subnet.az,
      AvailabilityZoneId: subnet.azId,
      State: 'available',
      Tags: tagList(subnet.tags),
    },
  }))
}

/** Stores that a world says do not run on its hosts; they have their name as a tag. */
function storeCandidates(world: World, region: string, keeper: StoreKeeper): readonly Candidate[] {
  return storesKeptBy(world, keeper, region).map(({ name }) => ({
    arn: storeArn(world.account, region, keeper, name),
    tags: { Name: name },
    zone: [],
    leaving: false,
    described: { Name: name, Status: 'ACTIVE' },
  }))
}

function storeArn(account: string, region: string, keeper: StoreKeeper, name: string): string {
  switch (keeper) {
    case 'dynamodb':
      return `arn:aws:dynamodb:${region}:${account}:table/${name}`
    case 'memorydb':
      return `arn:aws:memorydb::${account}:multiregioncluster/${name}`
    case 's3':
      // Each Region has its own bucket, in a namespace that all accounts share.
      return `arn:aws:s3:::${name}-${region}-${account}`
    default:
      return keeper satisfies never
  }
}

/** The name of the store that a resource of a keeper is. */
export function storeNameInArn(arn: string): string {
  const bucket = /^arn:aws:s3:::(.+)-[a-z]{2}-[a-z]+-\d-\d{12}$/.exec(arn)
  return bucket?.[1] ?? nameInArn(arn)
}

function gatewayCandidates(world: World, region: string): readonly Candidate[] {
  return transitGatewaysOf(world, region).map(({ id, tags }) => ({
    arn: `arn:aws:ec2:${region}:${world.account}:transit-gateway/${id}`,
    tags,
    zone: [],
    leaving: false,
    described: { TransitGatewayId: id, State: 'available', Tags: tagList(tags) },
  }))
}

function groupCandidates(world: World, region: string): readonly Candidate[] {
  return [...world.compute.groups.values()]
    .filter((group) => group.region === region)
    .sort((left, right) => (groupKey(left) < groupKey(right) ? -1 : 1))
    .map(({ name, azs, tags, minSize, maxSize, desiredCapacity }) => ({
      arn: groupArn(region, world.account, name),
      tags,
      zone: azs,
      leaving: false,
      described: {
        AutoScalingGroupName: name,
        AvailabilityZones: azs,
        MinSize: minSize,
        MaxSize: maxSize,
        DesiredCapacity: desiredCapacity,
        Tags: tagList(tags),
      },
    }))
}

function instancesOf(world: World, region: string): readonly Instance[] {
  return world.compute.inRegion(region).filter(({ state }) => state !== 'terminated')
}

function instanceCandidate(world: World, instance: Instance): Candidate {
  return {
    arn: instanceArn(instance.region, world.account, instance.id),
    tags: instance.tags,
    zone: [instance.az, instance.azId],
    leaving: instance.state === 'shutting-down',
    described: {
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
      Tags: tagList(instance.tags),
    },
  }
}

/** Volumes are found by their instance's tags as well as by their own. */
function volumeCandidate(world: World, { id, instance, isRoot, tags: own }: Volume): Candidate {
  const tags = { ...instance.tags, ...own }
  return {
    arn: `arn:aws:ec2:${instance.region}:${world.account}:volume/${id}`,
    tags,
    zone: [instance.az, instance.azId],
    leaving: instance.state === 'shutting-down',
    described: {
      VolumeId: id,
      AvailabilityZone: instance.az,
      State: 'in-use',
      Attachments: [{ InstanceId: instance.id, State: 'attached', DeleteOnTermination: isRoot }],
      Tags: tagList(tags),
    },
  }
}

function tagList(tags: Readonly<Record<string, string>>): readonly { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
