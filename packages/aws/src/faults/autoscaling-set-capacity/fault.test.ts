import type { InjectStep, UndoPlan } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createAutoScalingSetCapacity } from './fault.ts'

const stepOf = (capacity: number, targets: Partial<InjectStep['targets']> = {}) =>
  injectStep(
    'autoscaling-set-capacity',
    { region: 'standby', group: 'web', ...targets },
    { parameters: { capacity } },
  )

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount({}, 7, 'weighted-standby')
})
afterEach(async () => account.close())

const driverOf = () => createAutoScalingSetCapacity(account.clients)
const groupKey = () =>
  [...account.sim.world.compute.groups.keys()].find((key) => key.includes('central')) ?? ''
const desired = () => account.sim.world.compute.groups.get(groupKey())?.desiredCapacity

async function asked(capacity: number): Promise<UndoPlan> {
  const driver = driverOf()
  const step = stepOf(capacity)
  const plan = storedPlan(valueOf(await driver.plan(step, 1, account.context)))
  const undo = driver.undo(step, plan, 'k', account.environment)
  const { handle } = valueOf(await driver.apply(step, plan, 'k', account.context))
  return stored(undo, handle)
}

describe('scaling a group out', () => {
  it('is done when its load balancers call as many healthy, not when the group was told', async () => {
    const undo = await asked(5)
    expect(desired()).toBe(5)
    expect(wordsOf(await driverOf().confirm(undo, account.context))).toEqual(['requested'])
    account.advance(180)
    expect(wordsOf(await driverOf().confirm(undo, account.context))).toEqual(['injected'])
  })

  it('comes back to what it had, and is verified by describing', async () => {
    const undo = await asked(5)
    account.advance(180)
    expect(wordsOf(await driverOf().confirmRecovered(undo, account.context))).toEqual(['injected'])
    valueOf(await driverOf().recover(undo, account.context))
    expect(wordsOf(await driverOf().confirmRecovered(undo, account.context))).toEqual(['recovering'])
    account.advance(60)
    expect(wordsOf(await driverOf().confirmRecovered(undo, account.context))).toEqual(['replaced'])
    expect(desired()).toBe(2)
  })

  it('does not overwrite a number that somebody else set, unless a person says so', async () => {
    const undo = await asked(5)
    account.sim.world.groups.setDesiredCapacity(groupKey(), 7, 'somebody')
    expect(await driverOf().recover(undo, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    })
    expect(wordsOf(await driverOf().confirmRecovered(undo, account.context))).toEqual(['unknown'])
    const overwrite = undo.targets.map(({ id }) => id)
    valueOf(
      await driverOf().recover({ ...undo, decided: { left: [], untouched: [], overwrite } }, account.context),
    )
    expect(desired()).toBe(2)
  })

  it('does not set a number over one that somebody else set since it was planned, and sees its own again', async () => {
    const driver = driverOf()
    const plan = storedPlan(valueOf(await driver.plan(stepOf(4), 1, account.context)))
    account.sim.world.groups.setDesiredCapacity(groupKey(), 6, 'somebody')
    expect(await driver.apply(stepOf(4), plan, 'k', account.context)).toMatchObject({
      failure: { kind: 'conflict', code: 'CapacityChanged' },
    })
    account.sim.world.groups.setDesiredCapacity(groupKey(), 4, 'an attempt whose answer was lost')
    valueOf(await driver.apply(stepOf(4), plan, 'k', account.context))
    expect(account.calls('autoscaling.SetDesiredCapacity')).toBe(0)
  })

  it('says that the group is gone instead of guessing', async () => {
    const undo = await asked(5)
    account.sim.world.compute.groups.delete(groupKey())
    for (const look of ['confirm', 'confirmRecovered', 'recover'] as const)
      expect(await driverOf()[look](undo, account.context)).toMatchObject({
        failure: { kind: 'not-found', code: 'NoGroup' },
      })
  })

  it.each([
    ['more than the group may have', stepOf(9), /8 instances at most/],
    ['no more than it has', stepOf(2), /has 2 instances already/],
    ['a group that does not grow', stepOf(8, { region: 'primary' }), /has suspended Launch/],
    ['a group that is not there', stepOf(3, { group: 'nobody' }), /does not exist/],
  ])('refuses %s', async (_, step, why) => {
    const planned = await driverOf().plan(step, 1, account.context)
    expect(planned).toMatchObject({ ok: false, failure: { message: expect.stringMatching(why) as string } })
    expect(account.sim.world.calls.mutations()).toEqual([])
  })
})
