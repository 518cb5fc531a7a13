import type { InjectStep } from '@firedrill/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { injectStep, simulatedAccount, valueOf, type SimulatedAccount } from '../testing/simulated-account.ts'
import { createEc2StopInstances } from '../faults/ec2-stop-instances/fault.ts'

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

const stop = (count: number, parameters: InjectStep['parameters'] = {}) =>
  injectStep(
    'ec2-stop-instances',
    { tags: { service: 'checkout' }, choose: { mode: 'count', count } },
    { parameters },
  )
const plan = async (step: InjectStep) =>
  valueOf(await createEc2StopInstances(account.clients).plan(step, 1, account.context))

it('says nothing of survivors when nobody said how many are needed', async () => {
  expect(await plan(stop(2))).not.toHaveProperty('survivors')
})

it('counts the healthy ones that are left beside the targets', async () => {
  expect((await plan(stop(2, { survivorsMin: 4 }))).survivors).toEqual({
    healthy: 4,
    needed: 4,
    where: 'primary',
  })
})

it('counts in another Region when the survivors live there, and only what is healthy', async () => {
  const elsewhere = stop(6, { survivorsMin: 3, survivorsRegion: 'standby' })
  expect((await plan(elsewhere)).survivors).toEqual({ healthy: 3, needed: 3, where: 'standby' })
  const [one] = [...account.sim.world.compute.instances.values()].filter(
    ({ region }) => region === 'eu-central-1',
  )
  account.sim.world.compute.tag(one?.id ?? '', { service: null })
  expect((await plan(elsewhere)).survivors).toEqual({ healthy: 2, needed: 3, where: 'standby' })
})

it('does not resolve when the survivors’ Region is none of the environment', async () => {
  const driver = createEc2StopInstances(account.clients)
  const step = stop(1, { survivorsMin: 1, survivorsRegion: 'nowhere' })
  expect(await driver.plan(step, 1, account.context)).toMatchObject({
    ok: false,
    failure: { code: 'EnvironmentUnfit' },
  })
})

it('says what fault and undo need of the quotas, the same each time', async () => {
  const [first, again] = [await plan(stop(6)), await plan(stop(6))]
  expect(first.demands?.map(({ quota, fault, undo, limit }) => [quota, fault, undo, limit])).toEqual([
    ['FIS experiments active at once', 1, 0, 5],
    ['FIS actions beside each other', 2, 0, 10],
    ['EC2 instances started at once', 0, 6, 1000],
  ])
  expect(again.demands).toEqual(first.demands)
})

it('names every target with a protected tag', async () => {
  const { touch } = account.environment
  const environment = { ...account.environment, touch: { ...touch, protectedTags: { service: 'checkout' } } }
  const driver = createEc2StopInstances(account.clients)
  const found = valueOf(await driver.plan(stop(2), 1, { ...account.context, environment }))
  expect(found.unfit).toHaveLength(2)
  expect(found.unfit[0]).toMatchObject({
    guardrail: 'protected-tags',
    reason: 'carries service=checkout, which the environment protects',
  })
})
