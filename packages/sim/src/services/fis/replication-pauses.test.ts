import { expect, it } from 'vitest'
import { transitGatewaysOf, volumesOf } from '../ec2/attached-resources.ts'
import type { StoreKeeper } from '../../world/store-model.ts'
import { openBareWorld, type BareWorld } from '../../testing/bare-world.ts'
import { AwsFault } from '../../wire/aws-fault.ts'
import type { WireStructure } from '../../wire/wire-value.ts'

const paused = ({ world }: BareWorld): readonly boolean[] =>
  [...world.stores.replicas.values()].map(({ isPaused }) => isPaused)

/** Runs one action on its targets and returns the experiment's id once the action has begun. */
function start(bare: BareWorld, action: object, target: object): string {
  const must = (answer: WireStructure | AwsFault): WireStructure => {
    if (answer instanceof AwsFault) throw answer
    return answer
  }
  const made = must(
    bare.call('fis', 'CreateExperimentTemplate', {
      clientToken: 'template',
      description: 'cut',
      roleArn: 'arn:aws:iam::111122223333:role/Drill',
      stopConditions: [{ source: 'none' }],
      targets: { target: { selectionMode: 'ALL', ...target } },
      actions: { action },
    }),
  )
  const experimentTemplateId = (made['experimentTemplate'] as WireStructure)['id'] as string
  const started = must(bare.call('fis', 'StartExperiment', { clientToken: 'start', experimentTemplateId }))
  bare.advance(15)
  return (started['experiment'] as WireStructure)['id'] as string
}

const crossRegion = (region: string) => ({
  actionId: 'aws:network:route-table-disrupt-cross-region-connectivity',
  parameters: { duration: 'PT5M', region },
  targets: { Subnets: 'target' },
})
const throughGateway = (region: string) => ({
  actionId: 'aws:network:transit-gateway-disrupt-cross-region-connectivity',
  parameters: { duration: 'PT5M', region },
  targets: { TransitGateways: 'target' },
})
const gateway = (bare: BareWorld) => {
  const [id = ''] = transitGatewaysOf(bare.world, 'eu-west-1').map((one) => one.id)
  bare.call('ec2', 'CreateTags', { ResourceId: [id], Tag: [{ Key: 'Disrupt', Value: 'Allowed' }] })
  return { resourceType: 'aws:ec2:transit-gateway', resourceTags: { Disrupt: 'Allowed' } }
}
const keptBy = (keeper: StoreKeeper): BareWorld => {
  const bare = openBareWorld(1, 'pilot-light')
  const { stores } = bare.world.stores
  for (const [name, store] of stores.entries()) stores.put(name, { ...store, runsOnHosts: false, keeper })
  return bare
}
const subnets = {
  resourceType: 'aws:ec2:subnet',
  parameters: { availabilityZoneIdentifier: 'eu-west-1a' },
}

it('keeps stores on hosts from following into the Region that is cut off, and lets them catch up afterwards', () => {
  const bare = openBareWorld(1, 'pilot-light')
  start(bare, crossRegion('us-east-1'), subnets)
  expect(paused(bare)).toEqual([false])
  const cut = openBareWorld(1, 'pilot-light')
  const id = start(cut, crossRegion('eu-central-1'), subnets)
  expect(cut.world.impairments.cutsRegions('eu-west-1', 'eu-central-1')).toBe(true)
  expect(paused(cut)).toEqual([true])
  cut.call('fis', 'StopExperiment', { id })
  expect(paused(cut)).toEqual([false])
})

it('pauses a global table only some time after the action began, and not what somebody else has paused', () => {
  const action = {
    actionId: 'aws:dynamodb:global-table-pause-replication',
    parameters: { duration: 'PT10M' },
    targets: { Tables: 'target' },
  }
  const resourceArns = ['arn:aws:dynamodb:eu-west-1:111122223333:table/orders']
  const table = { resourceType: 'aws:dynamodb:global-table', resourceArns }
  const open = (): BareWorld => keptBy('dynamodb')
  const bare = open()
  start(bare, action, table)
  expect(paused(bare)).toEqual([false])
  bare.advance(240)
  expect(paused(bare)).toEqual([true])
  bare.advance(600)
  expect(paused(bare)).toEqual([false])
  const byHand = open()
  byHand.world.stores.setPaused('orders', 'eu-central-1', true, 'by hand')
  start(byHand, action, table)
  byHand.advance(900)
  expect(paused(byHand)).toEqual([true])
})

it('cuts hosts off through their transit gateway as through their routes, found by a tag that was put on it', () => {
  const bare = openBareWorld(1, 'pilot-light')
  const id = start(bare, throughGateway('eu-central-1'), gateway(bare))
  expect(paused(bare)).toEqual([true])
  bare.call('fis', 'StopExperiment', { id })
  expect(paused(bare)).toEqual([false])
})

it('pauses a bucket on its way to the Region that is named, and a cluster that spans Regions', () => {
  const bucket = (region: string) => ({
    actionId: 'aws:s3:bucket-pause-replication',
    parameters: { duration: 'PT40M', region },
    targets: { Buckets: 'target' },
  })
  const byName = (resourceType: string) => ({ resourceType, resourceTags: { Name: 'orders' } })
  const elsewhere = keptBy('s3')
  start(elsewhere, bucket('us-east-1'), byName('aws:s3:bucket'))
  elsewhere.advance(1_300)
  expect(paused(elsewhere)).toEqual([false])
  const there = keptBy('s3')
  start(there, bucket('eu-central-1'), byName('aws:s3:bucket'))
  expect(paused(there)).toEqual([false])
  there.advance(1_300)
  expect(paused(there)).toEqual([true])
  there.advance(1_200)
  expect(paused(there)).toEqual([false])
  const cluster = keptBy('memorydb')
  const action = {
    actionId: 'aws:memorydb:multi-region-cluster-pause-replication',
    parameters: { duration: 'PT5M' },
    targets: { MultiRegionClusters: 'target' },
  }
  start(cluster, action, byName('aws:memorydb:multi-region-cluster'))
  cluster.advance(31)
  expect(paused(cluster)).toEqual([true])
})

it('lets requests wait for a disk that does not answer, until the balancer no longer sends any there', () => {
  const bare = openBareWorld(1, 'no-failover')
  const { balancers, compute } = bare.world
  const [victim] = compute.inRegion('eu-west-1')
  const volume = volumesOf(bare.world, 'eu-west-1').find(
    ({ instance, isRoot }) => instance.id === victim?.id && !isRoot,
  )
  bare.call('ec2', 'CreateTags', {
    ResourceId: [volume?.id ?? ''],
    Tag: [{ Key: 'ApiPauseVolume', Value: 'yes' }],
  })
  const id = start(
    bare,
    {
      actionId: 'aws:ebs:pause-volume-io',
      parameters: { duration: 'PT30M' },
      targets: { Volumes: 'target' },
    },
    {
      resourceType: 'aws:ec2:ebs-volume',
      resourceTags: { ApiPauseVolume: 'yes' },
      filters: [{ path: 'Attachments.DeleteOnTermination', values: ['false'] }],
    },
  )
  const met = () =>
    balancers
      .fates('198.51.100.10', 80)
      .map((fate) => (fate.kind === 'answer' ? String(fate.status) : fate.kind))
      .toSorted()
  const stateOf = () =>
    [...balancers.targets.values()].find(({ instanceId }) => instanceId === victim?.id)?.state
  expect(met()).toEqual(['200', '200', '200', '200', '200', '504'])
  bare.advance(60)
  expect(stateOf()).toBe('unhealthy')
  expect(met()).toEqual(['200', '200', '200', '200', '200'])
  bare.call('fis', 'StopExperiment', { id })
  bare.advance(60)
  expect(stateOf()).toBe('healthy')
})
