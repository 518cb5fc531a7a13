import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createEc2RebootInstances } from './fault.ts'

const KEY = 'run_x/reboot/1'
const step = injectStep('ec2-reboot-instances', { tags: { service: 'checkout' }, zones: ['euw1-az1'] })

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

async function started() {
  const driver = createEc2RebootInstances(account.clients)
  const plan = storedPlan(valueOf(await driver.plan(step, 1, account.context)))
  const undo = driver.undo(step, plan, KEY, account.environment)
  const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
  return { driver, plan, live: stored(undo, handle) }
}

it('is in when FIS has rebooted every target, and out when all of them serve again', async () => {
  const { driver, plan, live } = await started()
  expect(plan.targets.map(({ zone }) => zone)).toEqual(['eu-west-1a', 'eu-west-1a'])
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['requested'])
  account.advance(20)
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['injected'])
  const rebooted = [...account.sim.world.compute.instances.values()].filter(({ appUp }) => !appUp)
  expect(rebooted.map(({ az }) => az)).toEqual(['eu-west-1a', 'eu-west-1a'])
  account.advance(18)
  expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['recovering'])
  valueOf(await driver.recover(live, account.context))
  account.advance(120)
  const { observations } = valueOf(await driver.confirmRecovered(live, account.context))
  expect(observations.map(({ settles }) => settles?.afterMs)).toEqual([60_000, 60_000])
})

it('is not called in when FIS was kept from beginning', async () => {
  const { driver, live } = await started()
  valueOf(await driver.recover(live, account.context))
  account.advance(60)
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['failed-to-inject'])
  expect([...account.sim.world.compute.instances.values()].every(({ appUp }) => appUp)).toBe(true)
})
