import { groupKey } from '../../world/compute.ts'
import type { Group, Instance } from '../../world/model.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import { InputReader, type InputFaults } from '../../wire/input-reader.ts'
import type { AwsService, Call } from '../../wire/service.ts'
import { WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'

const FAULTS: InputFaults = {
  missing: (member) => new AwsFault({ code: 'ValidationError', message: `${member} is required` }),
  invalid: (member, value) =>
    new AwsFault({ code: 'ValidationError', message: `${String(value)} is not valid for ${member}` }),
}

const PAGE = 50

/** Amazon EC2 Auto Scaling: what groups there are, how large they are to be, and their tags. */
export function createAutoScaling(): AwsService {
  return {
    name: 'autoscaling',
    signingName: 'autoscaling',
    protocols: ['awsQuery'],
    apiVersion: '2011-01-01',
    xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    operations: {
      DescribeAutoScalingGroups: { mutates: false, handle: describeAutoScalingGroups },
      SetDesiredCapacity: { mutates: true, handle: setDesiredCapacity },
      CreateOrUpdateTags: { mutates: true, handle: createOrUpdateTags },
    },
    throttlingFault: { code: 'Throttling', message: 'Rate exceeded' },
    buckets: (operation) => {
      const bucket = operation === 'DescribeAutoScalingGroups' ? 'describe' : 'change'
      return [{ bucket, limit: { burst: 100, refillPerSecond: 10 }, tokens: 1 }]
    },
  }
}

/** Unknown names are left out of the answer and are no error, as on AWS. */
function describeAutoScalingGroups(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, FAULTS)
  const names = reader.texts('AutoScalingGroupNames')
  const groups = [...call.world.compute.groups.values()]
    .filter(({ region, name }) => region === call.region && (names.length === 0 || names.includes(name)))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const after = reader.text('NextToken')
  const rest = groups.filter(({ name }) => after === undefined || name > after)
  const page = rest.slice(0, reader.integer('MaxRecords', 1, 100) ?? PAGE)
  return {
    AutoScalingGroups: page.map((group) => groupView(call, group)),
    NextToken: rest.length > page.length ? page.at(-1)?.name : undefined,
  }
}

/** The group follows within seconds where its processes run; instances come and go as they do on EC2. */
function setDesiredCapacity(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, FAULTS)
  const group = findGroup(call, reader.requiredText('AutoScalingGroupName'))
  const desired = reader.integer('DesiredCapacity', 0)
  if (desired === undefined) throw FAULTS.missing('DesiredCapacity')
  if (desired < group.minSize) {
    const message = `New SetDesiredCapacity value ${desired} is below min value ${group.minSize} for the AutoScalingGroup.`
    throw new AwsFault({ code: 'ValidationError', message })
  }
  if (desired > group.maxSize) {
    const message = `New SetDesiredCapacity value ${desired} is above max value ${group.maxSize} for the AutoScalingGroup.`
    throw new AwsFault({ code: 'ValidationError', message })
  }
  const cause = `autoscaling:SetDesiredCapacity by ${call.caller.arn}`
  call.world.groups.setDesiredCapacity(groupKey(group), desired, cause)
  return {}
}

/** All of the tags or none: every group is looked for first. */
function createOrUpdateTags(call: Call, input: WireInput): WireStructure {
  const tags = new InputReader(input, FAULTS).structures('Tags').map((tag) => ({
    group: findGroup(call, tag.requiredText('ResourceId')).name,
    key: tag.requiredText('Key'),
    value: tag.text('Value') ?? '',
  }))
  if (tags.length === 0) throw FAULTS.missing('Tags')
  for (const { group: name, key, value } of tags) {
    const group = findGroup(call, name)
    call.world.compute.groups.put(groupKey(group), { ...group, tags: { ...group.tags, [key]: value } })
  }
  return {}
}

function findGroup({ world, region }: Call, name: string): Group {
  const group = world.compute.groups.get(groupKey({ region, name }))
  if (group === undefined)
    throw new AwsFault({
      code: 'ValidationError',
      message: `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`,
    })
  return group
}

function groupView({ world, region, account }: Call, group: Group): WireStructure {
  const members = world.compute
    .inRegion(region)
    .filter(({ group: name, state }) => name === group.name && state !== 'terminated')
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${group.name}:autoScalingGroupName/${group.name}`,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: 300,
    AvailabilityZones: group.azs,
    LoadBalancerNames: [],
    TargetGroupARNs: group.targetGroupArns,
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 300,
    Instances: members.map((instance) => memberView(instance)),
    CreatedTime: new WireTime(group.createdAt),
    SuspendedProcesses: group.replaces
      ? []
      : ['ReplaceUnhealthy', 'Launch', 'Terminate'].map((ProcessName) => ({ ProcessName })),
    VPCZoneIdentifier: [...new Set(members.map(({ subnetId }) => subnetId))].join(','),
    EnabledMetrics: [],
    Tags: Object.entries(group.tags).map(([Key, Value]) => ({
      ResourceId: group.name,
      ResourceType: 'auto-scaling-group',
      Key,
      Value,
      PropagateAtLaunch: true,
    })),
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
  }
}

function memberView(instance: Instance): WireStructure {
  const isInService = instance.state === 'running'
  return {
    InstanceId: instance.id,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.az,
    LifecycleState: isInService ? 'InService' : instance.state === 'pending' ? 'Pending' : 'Terminating',
    HealthStatus: isInService && instance.hostUp ? 'Healthy' : 'Unhealthy',
    ProtectedFromScaleIn: false,
  }
}
