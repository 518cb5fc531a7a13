import {
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  ModifyInstanceAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
beforeEach(async () => {
  arena = await openSdkArena()
})
afterEach(() => arena.close())

const idsIn = (zone: string) =>
  arena.simulator.world.compute.inRegion('eu-west-1').flatMap(({ id, az }) => (az === zone ? [id] : []))

const unavailable = { name: 'Unavailable', $metadata: { httpStatusCode: 503 } }

it('cannot describe instances while a zone is down, save for calls that name those of other zones only', async () => {
  const describe = (InstanceIds?: string[]) =>
    arena.ec2.send(new DescribeInstancesCommand(InstanceIds ? { InstanceIds } : {}))
  const { places } = arena.simulator.world
  places.setZone('eu-west-1a', true, 'test')
  await expect(describe()).rejects.toMatchObject(unavailable)
  const filtered = { Filters: [{ Name: 'availability-zone', Values: ['eu-west-1b'] }] }
  await expect(arena.ec2.send(new DescribeInstancesCommand(filtered))).rejects.toMatchObject(unavailable)
  await expect(arena.ec2.send(new DescribeInstanceStatusCommand({}))).rejects.toMatchObject(unavailable)
  await expect(describe([...idsIn('eu-west-1a'), ...idsIn('eu-west-1b')])).rejects.toMatchObject(unavailable)
  expect((await describe(idsIn('eu-west-1b'))).Reservations).toHaveLength(2)
  const { AvailabilityZones = [] } = await arena.ec2.send(new DescribeAvailabilityZonesCommand({}))
  expect(AvailabilityZones.map(({ State }) => State)).toEqual(['impaired', 'available', 'available'])
  places.setZone('eu-west-1a', false, 'test')
  expect((await describe()).Reservations).toHaveLength(6)
})

it('has no control plane in a Region that is down, and all the others', async () => {
  arena.simulator.world.places.setRegion('eu-west-1', true, 'test')
  await expect(arena.ec2.send(new DescribeAvailabilityZonesCommand({}))).rejects.toMatchObject(unavailable)
  const elsewhere = arena.clients({ region: 'eu-central-1' })
  expect((await elsewhere.ec2.send(new DescribeInstancesCommand({}))).Reservations).toHaveLength(3)
  expect((await arena.route53.send(new ListHostedZonesCommand({}))).HostedZones).toHaveLength(1)
})

it('terminates all but the zones of protected instances, and fails the call all the same', async () => {
  const [guarded = '', neighbour = ''] = idsIn('eu-west-1a')
  const [other = ''] = idsIn('eu-west-1b')
  await arena.ec2.send(
    new ModifyInstanceAttributeCommand({ InstanceId: guarded, DisableApiTermination: { Value: true } }),
  )
  await expect(
    arena.ec2.send(new TerminateInstancesCommand({ InstanceIds: [guarded, neighbour, other] })),
  ).rejects.toMatchObject({ name: 'OperationNotPermitted' })
  const stateOf = (id: string) => arena.simulator.world.compute.instances.get(id)?.state
  expect([guarded, neighbour, other].map(stateOf)).toEqual(['running', 'running', 'shutting-down'])
})
