import { CreateOrUpdateTagsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling'
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeSubnetsCommand,
  StartInstancesCommand,
} from '@aws-sdk/client-ec2'
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  CreateExperimentTemplateCommand,
  GetExperimentCommand,
  StartExperimentCommand,
  StopExperimentCommand,
  type CreateExperimentTemplateCommandInput,
} from '@aws-sdk/client-fis'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena, type SdkClients } from '../../testing/sdk-arena.ts'

let arena: SdkArena
afterEach(() => arena.close())

const ACCOUNT = '111122223333'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Scaler`
const ALARM = `arn:aws:cloudwatch:eu-central-1:${ACCOUNT}:alarm:checkout-availability`

type Actions = NonNullable<CreateExperimentTemplateCommandInput['actions']>
type Targets = NonNullable<CreateExperimentTemplateCommandInput['targets']>

async function start(actions: Actions, targets: Targets, skipEmpty = false): Promise<string> {
  const { experimentTemplate } = await arena.fis.send(
    new CreateExperimentTemplateCommand({
      description: 'impair',
      roleArn: `arn:aws:iam::${ACCOUNT}:role/FisDrill`,
      stopConditions: [{ source: 'none' }],
      experimentOptions: { emptyTargetResolutionMode: skipEmpty ? 'skip' : 'fail' },
      actions,
      targets,
    }),
  )
  const started = await arena.fis.send(
    new StartExperimentCommand({ experimentTemplateId: experimentTemplate?.id }),
  )
  arena.advance(15)
  return started.experiment?.id ?? ''
}

const show = async (id: string) => (await arena.fis.send(new GetExperimentCommand({ id }))).experiment

const byTag = (resourceType: string, key: string, parameters?: Record<string, string>) => ({
  resourceType,
  selectionMode: 'ALL',
  resourceTags: { [key]: 'yes' },
  ...(parameters && { parameters }),
})

async function asScaler(): Promise<SdkClients> {
  const { Credentials } = await arena.sts.send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'scaler' }),
  )
  return arena.clients({
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  })
}

describe('a network that is disrupted', () => {
  const primaries = () => arena.simulator.world.compute.inRegion('eu-west-1')
  beforeEach(async () => {
    arena = await openSdkArena()
    const { Subnets = [] } = await arena.ec2.send(new DescribeSubnetsCommand({}))
    const Resources = Subnets.map(({ SubnetId }) => SubnetId ?? '')
    await arena.ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'DisruptSubnet', Value: 'yes' }] }))
  })
  const disrupt = (scope: string) => ({
    cut: {
      actionId: 'aws:network:disrupt-connectivity',
      parameters: { duration: 'PT2M', scope },
      targets: { Subnets: 'subnets' },
    },
  })
  const states = async () => {
    const [group] = arena.simulator.world.balancers.targetGroups.values()
    const answer = await arena.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: group?.arn }))
    const zones = new Map(primaries().map(({ id, az }) => [id, az]))
    return (answer.TargetHealthDescriptions ?? []).map(
      ({ Target, TargetHealth }) => `${zones.get(Target?.Id ?? '')?.slice(-1)} ${TargetHealth?.State}`,
    )
  }
  const isFisAcl = { Filters: [{ Name: 'tag:managedByFIS', Values: ['true'] }] }

  it('hides one zone from users and health checks, in a list of its own, and is whole again after the duration', async () => {
    const zone = { availabilityZoneIdentifier: 'eu-west-1a' }
    const id = await start(disrupt('all'), { subnets: byTag('aws:ec2:subnet', 'DisruptSubnet', zone) })
    const { NetworkAcls = [] } = await arena.ec2.send(new DescribeNetworkAclsCommand(isFisAcl))
    expect(NetworkAcls).toHaveLength(1)
    expect(NetworkAcls[0]?.Associations).toHaveLength(1)
    arena.advance(40)
    expect((await states()).toSorted()).toEqual([
      'a unhealthy',
      'a unhealthy',
      ...['b', 'b', 'c', 'c'].map((letter) => `${letter} healthy`),
    ])
    const { world } = arena.simulator
    const [inZone] = primaries().filter(({ az }) => az === 'eu-west-1a')
    expect(world.balancers.request(inZone?.publicIp ?? '', 80, world.now())).toEqual({ kind: 'black-hole' })
    expect(inZone?.state).toBe('running')
    arena.advance(120)
    expect((await show(id))?.state?.status).toBe('completed')
    expect((await arena.ec2.send(new DescribeNetworkAclsCommand(isFisAcl))).NetworkAcls).toEqual([])
    expect(new Set((await states()).map((state) => state.slice(2)))).toEqual(new Set(['healthy']))
  })

  it('takes an outage to every vantage and gives the network back at once when it is stopped', async () => {
    const { world } = arena.simulator
    const address = '198.51.100.10'
    const id = await start(disrupt('vpc'), { subnets: byTag('aws:ec2:subnet', 'DisruptSubnet') })
    expect(world.balancers.fates(address, 80)).toEqual([{ kind: 'black-hole' }])
    expect(new Set((await states()).map((state) => state.slice(2)))).toEqual(new Set(['healthy']))
    await arena.fis.send(new StopExperimentCommand({ id }))
    expect(world.balancers.fates(address, 80)[0]).toMatchObject({ kind: 'answer', status: 200 })
    expect(world.impairments.all()).toEqual([])
  })

  it('cuts nothing of this world for the scopes that name a service', async () => {
    await start(disrupt('s3express'), { subnets: byTag('aws:ec2:subnet', 'DisruptSubnet') })
    const { balancers } = arena.simulator.world
    expect(balancers.fates('198.51.100.10', 80)[0]).toMatchObject({ kind: 'answer', status: 200 })
  })
})

describe('capacity that is not there', () => {
  const capacity = (zones: string) => ({
    dry: {
      actionId: 'aws:ec2:asg-insufficient-instance-capacity-error',
      parameters: { duration: 'PT10M', availabilityZoneIdentifiers: zones },
      targets: { AutoScalingGroups: 'groups' },
    },
  })
  const groups = { groups: byTag('aws:ec2:autoscaling-group', 'IceAsg') }
  const running = () =>
    arena.simulator.world.compute.inRegion('eu-west-1').filter(({ state }) => state === 'running')
  beforeEach(async () => {
    arena = await openSdkArena({ world: 'single-region' })
    const [group] = arena.simulator.world.compute.groups.values()
    await arena.autoScaling.send(
      new CreateOrUpdateTagsCommand({
        Tags: [{ ResourceId: group?.name, ResourceType: 'auto-scaling-group', Key: 'IceAsg', Value: 'yes' }],
      }),
    )
  })
  const grow = async () => {
    const [group] = arena.simulator.world.compute.groups.values()
    await arena.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: group?.name, DesiredCapacity: 8 }),
    )
    arena.advance(60)
  }

  it('keeps a group from growing anywhere, and lets it once the experiment is over', async () => {
    const id = await start(capacity('eu-west-1a,eu-west-1b,eu-west-1c'), groups)
    await grow()
    expect(running()).toHaveLength(6)
    await arena.fis.send(new StopExperimentCommand({ id }))
    arena.advance(180)
    expect(running()).toHaveLength(8)
  })

  it('moves launches to the zones that have it', async () => {
    const before = new Set(running().map(({ id }) => id))
    await start(capacity('eu-west-1a,eu-west-1b'), groups)
    await grow()
    const launched = running().filter(({ id }) => !before.has(id))
    expect(launched.map(({ az }) => az)).toEqual(['eu-west-1c', 'eu-west-1c'])
  })
})

describe('starts of a role that meet no capacity', () => {
  it('fail with a 500 that SDKs retry, in that zone only and for nobody else', async () => {
    arena = await openSdkArena()
    const ice = {
      ice: {
        actionId: 'aws:ec2:api-insufficient-instance-capacity-error',
        parameters: { duration: 'PT10M', availabilityZoneIdentifiers: 'eu-west-1a', percentage: '100' },
        targets: { Roles: 'role' },
      },
    }
    await start(ice, { role: { resourceType: 'aws:iam:role', selectionMode: 'ALL', resourceArns: [ROLE] } })
    const { compute } = arena.simulator.world
    const inZone = (zone: string) => compute.inRegion('eu-west-1').find(({ az }) => az === zone)?.id ?? ''
    const [a, b] = [inZone('eu-west-1a'), inZone('eu-west-1b')]
    compute.stop([a, b], 'test')
    arena.advance(41)
    const { ec2 } = await asScaler()
    await expect(ec2.send(new StartInstancesCommand({ InstanceIds: [a] }))).rejects.toMatchObject({
      name: 'InsufficientInstanceCapacity',
      $metadata: { httpStatusCode: 500 },
    })
    await ec2.send(new StartInstancesCommand({ InstanceIds: [b] }))
    await arena.ec2.send(new StartInstancesCommand({ InstanceIds: [a] }))
  })
})

describe('errors put into the way of a role', () => {
  it('fail the operations that are named, in the service that is named, until the experiment ends', async () => {
    arena = await openSdkArena()
    const inject = {
      inject: {
        actionId: 'aws:fis:inject-api-unavailable-error',
        parameters: { duration: 'PT1M', service: 'ec2', operations: 'DescribeInstances', percentage: '100' },
        targets: { Roles: 'role' },
      },
    }
    await start(inject, {
      role: { resourceType: 'aws:iam:role', selectionMode: 'ALL', resourceArns: [ROLE] },
    })
    const { ec2 } = await asScaler()
    const describeAll = new DescribeInstancesCommand({})
    await expect(ec2.send(describeAll)).rejects.toMatchObject({
      name: 'Unavailable',
      $metadata: { httpStatusCode: 503 },
    })
    await ec2.send(new DescribeSubnetsCommand({}))
    await arena.ec2.send(describeAll)
    arena.advance(60)
    await ec2.send(describeAll)
  })
})

describe('an assertion about alarms', () => {
  const assertion = (alarmStates: string) => ({
    steady: {
      actionId: 'aws:cloudwatch:assert-alarm-state',
      parameters: { alarmArns: ALARM, alarmStates },
    },
    wait: { actionId: 'aws:fis:wait', parameters: { duration: 'PT1M' }, startAfter: ['steady'] },
  })

  it('lets the experiment go on if the alarms are as they should be, and fails it otherwise', async () => {
    arena = await openSdkArena()
    const good = await start(assertion('OK'), {})
    expect((await show(good))?.actions?.['wait']?.state?.status).toBe('running')
    const { cloudWatch } = arena.clients({ region: 'eu-central-1' })
    await cloudWatch.send(
      new SetAlarmStateCommand({
        AlarmName: 'checkout-availability',
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'test',
      }),
    )
    const bad = await start(assertion('ALARM'), {})
    arena.advance(30)
    const failed = await show(bad)
    expect(failed?.state).toMatchObject({ status: 'failed', reason: expect.stringContaining('not ALARM') })
    expect(failed?.actions?.['wait']?.state?.status).toBe('cancelled')
  })
})

describe('the power interruption of a zone, as AWS describes it', () => {
  it('runs with what the world has and skips what it has not', async () => {
    arena = await openSdkArena()
    const { Subnets = [] } = await arena.ec2.send(new DescribeSubnetsCommand({}))
    const inZone = Subnets.find(({ AvailabilityZone }) => AvailabilityZone === 'eu-west-1b')?.SubnetId ?? ''
    const tag = (Resources: string[], Key: string) =>
      arena.ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: 'yes' }] }))
    await tag([inZone], 'DisruptSubnet')
    const instances = arena.simulator.world.compute.inRegion('eu-west-1')
    await tag(
      instances.map(({ id }) => id),
      'AzImpairmentPower',
    )
    const zone = 'eu-west-1b'
    const duration = { duration: 'PT30M' }
    const power = {
      ...byTag('aws:ec2:instance', 'AzImpairmentPower'),
      filters: [
        { path: 'State.Name', values: ['running'] },
        { path: 'Placement.AvailabilityZone', values: [zone] },
      ],
    }
    const id = await start(
      {
        stop: {
          actionId: 'aws:ec2:stop-instances',
          parameters: { startInstancesAfterDuration: 'PT30M', completeIfInstancesTerminated: 'true' },
          targets: { Instances: 'power' },
        },
        launches: {
          actionId: 'aws:ec2:api-insufficient-instance-capacity-error',
          parameters: { ...duration, availabilityZoneIdentifiers: zone, percentage: '100' },
          targets: { Roles: 'role' },
        },
        network: {
          actionId: 'aws:network:disrupt-connectivity',
          parameters: { duration: 'PT2M', scope: 'all' },
          targets: { Subnets: 'subnets' },
        },
        database: { actionId: 'aws:rds:failover-db-cluster', targets: { Clusters: 'clusters' } },
        cache: {
          actionId: 'aws:elasticache:replicationgroup-interrupt-az-power',
          parameters: duration,
          targets: { ReplicationGroups: 'caches' },
        },
        volumes: {
          actionId: 'aws:ebs:pause-volume-io',
          parameters: duration,
          targets: { Volumes: 'volumes' },
          startAfter: ['stop'],
        },
      },
      {
        power,
        role: { resourceType: 'aws:iam:role', selectionMode: 'ALL', resourceArns: [ROLE] },
        subnets: byTag('aws:ec2:subnet', 'DisruptSubnet', { availabilityZoneIdentifier: zone }),
        clusters: byTag('aws:rds:cluster', 'DisruptRds', { writerAvailabilityZoneIdentifiers: zone }),
        caches: byTag('aws:elasticache:replicationgroup', 'ElasticacheImpact', {
          availabilityZoneIdentifier: zone,
        }),
        volumes: {
          ...byTag('aws:ec2:ebs-volume', 'ApiPauseVolume'),
          selectionMode: 'COUNT(1)',
          filters: [{ path: 'Attachments.DeleteOnTermination', values: ['false'] }],
        },
      },
      true,
    )
    const statuses = async () =>
      Object.fromEntries(
        Object.entries((await show(id))?.actions ?? {}).map(([name, { state }]) => [name, state?.status]),
      )
    const running = { stop: 'running', launches: 'running', network: 'running' }
    const skipped = { database: 'skipped', cache: 'skipped' }
    expect(await statuses()).toEqual({ ...running, ...skipped, volumes: 'pending' })
    arena.advance(180)
    expect(await statuses()).toMatchObject({ network: 'completed', stop: 'running' })
    const down = instances.filter(({ az }) => az === zone).map(({ id: one }) => one)
    const { compute } = arena.simulator.world
    expect(down.map((one) => compute.instances.get(one)?.state)).toEqual(['stopped', 'stopped'])
    arena.advance(1_800)
    expect((await show(id))?.state?.status).toBe('completed')
    expect(await statuses()).toMatchObject({ volumes: 'skipped', launches: 'completed' })
    expect(down.map((one) => compute.instances.get(one)?.state)).toEqual(['running', 'running'])
  })
})
