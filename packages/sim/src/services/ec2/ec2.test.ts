import {
  CreateTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeRegionsCommand,
  DescribeTagsCommand,
  paginateDescribeInstances,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2'
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
beforeEach(async () => {
  arena = await openSdkArena()
})
afterEach(() => arena.close())

async function instances(filters: readonly { Name: string; Values: string[] }[] = []): Promise<Instance[]> {
  const answer = await arena.ec2.send(new DescribeInstancesCommand({ Filters: [...filters] }))
  return (answer.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])
}

async function ids(): Promise<string[]> {
  return (await instances()).map(({ InstanceId }) => InstanceId ?? '')
}

describe('DescribeInstances', () => {
  it('lists the instances of the signed Region only, with state, place, addresses and tags', async () => {
    const all = await instances()
    expect(all).toHaveLength(6)
    const [first] = all
    expect(first).toMatchObject({ InstanceType: 'm5.large', State: { Code: 16, Name: 'running' } })
    expect(first?.InstanceId).toMatch(/^i-[0-9a-f]{17}$/)
    expect(first?.Placement?.AvailabilityZone).toMatch(/^eu-west-1[abc]$/)
    expect(first?.PrivateIpAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    expect(first?.LaunchTime?.getTime()).toBeLessThanOrEqual(arena.now().getTime())
    expect(first?.Tags).toContainEqual({ Key: 'ChaosReady', Value: 'true' })
  })

  it('joins filters by AND, the values of one filter by OR, and knows wildcards', async () => {
    const inTwoZones = await instances([
      { Name: 'tag:ChaosReady', Values: ['true'] },
      { Name: 'availability-zone', Values: ['eu-west-1a', 'eu-west-1b'] },
    ])
    expect(inTwoZones).toHaveLength(4)
    expect(await instances([{ Name: 'tag:service', Values: ['check*'] }])).toHaveLength(6)
    expect(await instances([{ Name: 'tag:service', Values: ['billing'] }])).toHaveLength(0)
    await expect(instances([{ Name: 'no-such-filter', Values: ['x'] }])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
  })

  it('pages with tokens that neither skip nor repeat', async () => {
    const pages: number[] = []
    const seen: string[] = []
    for await (const page of paginateDescribeInstances({ client: arena.ec2, pageSize: 5 }, {})) {
      const found = (page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])
      pages.push(found.length)
      seen.push(...found.map(({ InstanceId }) => InstanceId ?? ''))
    }
    expect(pages).toEqual([5, 1])
    expect(seen).toEqual(await ids())
    const tooSmall = arena.ec2.send(new DescribeInstancesCommand({ MaxResults: 2 }))
    await expect(tooSmall).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })

  it('fails the whole call for one bad id', async () => {
    const [good = ''] = await ids()
    const describeThese = (bad: string) =>
      arena.ec2.send(new DescribeInstancesCommand({ InstanceIds: [good, bad] }))
    await expect(describeThese('i-0123456789abcdef0')).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      message: "The instance ID 'i-0123456789abcdef0' does not exist",
      $metadata: { httpStatusCode: 400 },
    })
    await expect(describeThese('nonsense')).rejects.toMatchObject({ name: 'InvalidInstanceID.Malformed' })
  })
})

describe('stopping and starting', () => {
  it('takes an instance through stopping to stopped and back to running, in world time', async () => {
    const [id = ''] = await ids()
    const stopped = await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    expect(stopped.StoppingInstances?.[0]).toMatchObject({
      InstanceId: id,
      PreviousState: { Code: 16, Name: 'running' },
      CurrentState: { Code: 64, Name: 'stopping' },
    })
    await expect(arena.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'IncorrectInstanceState',
    })
    arena.advance(45)
    expect(await instances([{ Name: 'instance-state-name', Values: ['stopped'] }])).toMatchObject([
      { InstanceId: id, StateReason: { Code: 'Client.UserInitiatedShutdown' } },
    ])
    const started = await arena.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))
    expect(started.StartingInstances?.[0]?.CurrentState).toEqual({ Code: 0, Name: 'pending' })
    arena.advance(35)
    expect(await instances([{ Name: 'instance-state-name', Values: ['running'] }])).toHaveLength(6)
  })

  it('changes nothing when a stopped instance is stopped again, on a dry run, or when one id is bad', async () => {
    const [id = '', other = ''] = await ids()
    const dryRun = arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id], DryRun: true }))
    await expect(dryRun).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    })
    const oneBad = arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id, 'i-0123456789abcdef0'] }))
    await expect(oneBad).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' })
    expect(await instances([{ Name: 'instance-state-name', Values: ['running'] }])).toHaveLength(6)
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [other] }))
    arena.advance(45)
    const again = await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [other] }))
    expect(again.StoppingInstances?.[0]).toMatchObject({
      PreviousState: { Name: 'stopped' },
      CurrentState: { Name: 'stopped' },
    })
  })

  it('may be answered from before the latest change, as by an eventually consistent read', async () => {
    const [id = ''] = await ids()
    const { adversity } = arena.simulator.world
    adversity.add({ operation: 'ec2.DescribeInstances', kind: 'stale', probability: 1, count: 2, delay: 0 })
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    const stopping = [{ Name: 'instance-state-name', Values: ['stopping'] }]
    expect(await instances(stopping)).toHaveLength(0)
    arena.advance(6)
    expect(await instances(stopping)).toHaveLength(1)
  })

  it('terminates idempotently, keeps the terminated instance visible for a while, and refuses to start it', async () => {
    const [id = ''] = await ids()
    await arena.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    arena.advance(60)
    const again = await arena.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    expect(again.TerminatingInstances?.[0]?.CurrentState?.Name).toBe('terminated')
    await expect(arena.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'IncorrectInstanceState',
    })
    expect(await ids()).toContain(id)
    arena.advance(3_700)
    expect(await ids()).not.toContain(id)
  })
})

describe('the rest of EC2', () => {
  it('shows only running instances in DescribeInstanceStatus unless asked for all', async () => {
    const [id = ''] = await ids()
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    arena.advance(45)
    const running = await arena.ec2.send(new DescribeInstanceStatusCommand({}))
    expect(running.InstanceStatuses).toHaveLength(5)
    const all = await arena.ec2.send(new DescribeInstanceStatusCommand({ IncludeAllInstances: true }))
    expect(all.InstanceStatuses?.find(({ InstanceId }) => InstanceId === id)).toMatchObject({
      InstanceState: { Name: 'stopped' },
      InstanceStatus: { Status: 'not-applicable' },
    })
  })

  it('keeps a rebooting instance running', async () => {
    const [id = ''] = await ids()
    await arena.ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }))
    expect(await instances([{ Name: 'instance-state-name', Values: ['running'] }])).toHaveLength(6)
    expect(arena.simulator.world.compute.instances.get(id)?.appUp).toBe(false)
  })

  it('sets tags that filters and DescribeTags see at once', async () => {
    const [id = ''] = await ids()
    await arena.ec2.send(
      new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'ChaosExempt', Value: 'true' }] }),
    )
    expect(await instances([{ Name: 'tag-key', Values: ['ChaosExempt'] }])).toMatchObject([
      { InstanceId: id },
    ])
    const tags = await arena.ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['ChaosExempt'] }] }),
    )
    expect(tags.Tags).toEqual([
      { ResourceId: id, ResourceType: 'instance', Key: 'ChaosExempt', Value: 'true' },
    ])
  })

  it('names the zones of the Region and the Regions of the partition', async () => {
    const zones = await arena.ec2.send(new DescribeAvailabilityZonesCommand({}))
    expect(zones.AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
    ])
    const regions = await arena.ec2.send(new DescribeRegionsCommand({ RegionNames: ['eu-central-1'] }))
    expect(regions.Regions).toMatchObject([{ RegionName: 'eu-central-1' }])
  })
})

describe('load balancers and groups', () => {
  it('follows a stopped instance from healthy to unhealthy in target health', async () => {
    const { LoadBalancers = [] } = await arena.elbv2.send(new DescribeLoadBalancersCommand({}))
    expect(LoadBalancers).toMatchObject([
      { LoadBalancerName: 'checkout-primary', Type: 'application', State: { Code: 'active' } },
    ])
    const { TargetGroups = [] } = await arena.elbv2.send(
      new DescribeTargetGroupsCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
    )
    const [group] = TargetGroups
    expect(group).toMatchObject({ HealthCheckIntervalSeconds: 10, UnhealthyThresholdCount: 2 })
    const health = async () =>
      (await arena.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: group?.TargetGroupArn })))
        .TargetHealthDescriptions ?? []
    const before = await health()
    expect(before.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(Array(6).fill('healthy'))
    const id = before[0]?.Target?.Id ?? ''
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    arena.advance(60)
    expect((await health()).find(({ Target }) => Target?.Id === id)?.TargetHealth?.State).not.toBe('healthy')
    await expect(
      arena.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:aws:nothing' })),
    ).rejects.toMatchObject({ name: 'TargetGroupNotFoundException' })
  })

  it('lists the members of an Auto Scaling group with their zones', async () => {
    const { AutoScalingGroups = [] } = await arena.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
    expect(AutoScalingGroups).toHaveLength(1)
    expect(AutoScalingGroups[0]).toMatchObject({ AutoScalingGroupName: 'web', DesiredCapacity: 6 })
    expect(AutoScalingGroups[0]?.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual(
      Array(6).fill('InService'),
    )
    const none = await arena.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['other'] }),
    )
    expect(none.AutoScalingGroups).toEqual([])
  })
})
