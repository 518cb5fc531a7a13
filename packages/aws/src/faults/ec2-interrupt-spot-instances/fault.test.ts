import { afterEach, expect, it } from 'vitest'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createEc2InterruptSpotInstances } from './fault.ts'

const KEY = 'run_x/interrupt/1'
const NAME = 'ec2-interrupt-spot-instances'
const half = injectStep(NAME, { tags: { service: 'checkout' }, choose: { mode: 'percent', percent: 50 } })

let account: SimulatedAccount
afterEach(async () => account.close())

it('is in only once the notice has run out, and out when the group has made up for every one', async () => {
  account = await simulatedAccount({}, 7, 'spot-fleet')
  const driver = createEc2InterruptSpotInstances(account.clients)
  const plan = storedPlan(valueOf(await driver.plan(half, 1, account.context)))
  expect(plan.targets).toHaveLength(3)
  const { handle } = valueOf(await driver.apply(half, plan, KEY, account.context))
  const live = stored(driver.undo(half, plan, KEY, account.environment), handle)
  account.advance(110)
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['requested'])
  account.advance(40)
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['injected'])
  valueOf(await driver.recover(live, account.context))
  account.advance(300)
  expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['replaced'])
})

it('is not planned for instances that were not bought on the spot market', async () => {
  account = await simulatedAccount({}, 7, 'single-region')
  const driver = createEc2InterruptSpotInstances(account.clients)
  expect(await driver.plan(half, 1, account.context)).toMatchObject({
    ok: false,
    failure: { code: 'NotReplaceable', message: expect.stringMatching(/is no Spot instance/) },
  })
})

it('is not planned when the step would be over before the interruption', async () => {
  account = await simulatedAccount({}, 7, 'spot-fleet')
  const driver = createEc2InterruptSpotInstances(account.clients)
  const short = { ...half, durationMs: 120_000 }
  expect(await driver.plan(short, 1, account.context)).toMatchObject({ failure: { code: 'StepUnfit' } })
})
