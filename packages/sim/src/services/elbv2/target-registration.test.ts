import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

const BALANCER = '198.51.100.10'

let arena: SdkArena
beforeAll(async () => {
  arena = await openSdkArena()
})
afterAll(() => arena.close())

const group = (): string =>
  [...arena.simulator.world.balancers.targetGroups.values()].find(({ region }) => region === 'eu-west-1')
    ?.arn ?? ''
const ids = (region = 'eu-west-1'): string[] =>
  arena.simulator.world.compute.inRegion(region).map(({ id }) => id)
const change = (Command: typeof RegisterTargetsCommand | typeof DeregisterTargetsCommand, of: string[]) =>
  arena.elbv2.send(new Command({ TargetGroupArn: group(), Targets: of.map((Id) => ({ Id })) }))
const states = async (): Promise<Record<string, string>> => {
  const { TargetHealthDescriptions = [] } = await arena.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: group() }),
  )
  return Object.fromEntries(
    TargetHealthDescriptions.map(({ Target, TargetHealth }) => [Target?.Id ?? '', TargetHealth?.State ?? '']),
  )
}
const status = (): number | string => {
  const outcome = arena.simulator.world.balancers.request(BALANCER, 80, arena.simulator.world.now())
  return outcome.kind === 'answer' ? outcome.status : outcome.kind
}

it('drains a target for five minutes, and serves nobody once all of them are out', async () => {
  const all = ids()
  await change(DeregisterTargetsCommand, all)
  expect(Object.values(await states())).toEqual(all.map(() => 'draining'))
  expect(status()).toBe(503)
  arena.advance(301)
  expect(await states()).toEqual({})
})

it('takes targets that come back when they pass their checks, and leaves those alone that are there', async () => {
  const [first = '', ...rest] = ids()
  await change(RegisterTargetsCommand, [first, ...rest])
  expect((await states())[first]).toBe('initial')
  arena.advance(30)
  expect(Object.values(await states())).toEqual(ids().map(() => 'healthy'))
  expect(status()).toBe(200)
  await change(RegisterTargetsCommand, [first])
  expect((await states())[first]).toBe('healthy')
})

it('keeps a target that was registered again while it drained', async () => {
  const [first = ''] = ids()
  await change(DeregisterTargetsCommand, [first])
  arena.advance(100)
  await change(RegisterTargetsCommand, [first])
  arena.advance(260)
  expect((await states())[first]).toBe('healthy')
})

it('registers all or none, and says which it could not take and why', async () => {
  const [first = '', second = ''] = ids()
  await change(DeregisterTargetsCommand, [first])
  arena.advance(301)
  await expect(change(RegisterTargetsCommand, [first, ...ids('eu-central-1')])).rejects.toMatchObject({
    name: 'InvalidTargetException',
    message: expect.stringContaining(ids('eu-central-1')[0] ?? '') as unknown,
  })
  arena.simulator.world.compute.stop([second], 'test')
  await expect(change(RegisterTargetsCommand, [first, second])).rejects.toMatchObject({
    message: expect.stringMatching(/not in a running state.*'i-/) as unknown,
  })
  expect(await states()).not.toHaveProperty(first)
})
