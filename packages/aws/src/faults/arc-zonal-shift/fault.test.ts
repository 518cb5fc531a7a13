import { afterEach, describe, expect, it } from 'vitest'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createArcZonalShift } from './fault.ts'

const KEY = 'run_x/shift/1'
const step = injectStep(
  'arc-zonal-shift',
  { tags: { service: 'checkout' }, zones: ['eu-west-1b'] },
  { durationMs: 600_000 },
)

let account: SimulatedAccount
afterEach(async () => account.close())

async function planned(world = 'single-region', of = step) {
  account = await simulatedAccount({}, 7, world)
  return createArcZonalShift(account.clients).plan(of, 1, account.context)
}

async function started() {
  const plan = storedPlan(valueOf(await planned()))
  const driver = createArcZonalShift(account.clients)
  const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
  return { driver, plan, live: stored(driver.undo(step, plan, KEY, account.environment), handle) }
}

const addresses = () =>
  account.sim.world.dns.answer(0, 'checkout.larkspur.example', 'A').records.map(({ data }) => data)
const drop = (operation: string) =>
  account.sim.world.adversity.add({ operation, kind: 'drop', probability: 1, count: 1, delay: 0 })

describe('a zonal shift', () => {
  it('takes the zone out of the balancer’s name, and is out once no shift is active', async () => {
    const { driver, plan, live } = await started()
    expect(plan.targets).toMatchObject([{ label: 'checkout-primary', zone: 'eu-west-1b' }])
    const seen = valueOf(await driver.confirm(live, account.context))
    expect(seen.observations).toMatchObject([{ injection: 'injected', seen: /away from euw1-az2/ }])
    expect(seen.actedAt).toBe(account.worldNow())
    account.advance(60)
    expect(addresses()).toEqual(['198.51.100.10', '198.51.100.12'])
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['injected'])
    valueOf(await driver.recover(live, account.context))
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['restored'])
    account.advance(60)
    expect(addresses()).toHaveLength(3)
    valueOf(await driver.recover(live, account.context))
    expect(account.calls('arc-zonal-shift.CancelZonalShift')).toBe(1)
  })

  it('expires by itself', async () => {
    const { driver, live } = await started()
    account.advance(660)
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['restored'])
  })

  it('is started once though the answer is lost, and found by its comment', async () => {
    const plan = storedPlan(valueOf(await planned()))
    const driver = createArcZonalShift(account.clients)
    drop('arc-zonal-shift.StartZonalShift')
    expect(await driver.apply(step, plan, KEY, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'ambiguous', operation: 'arc-zonal-shift.StartZonalShift' },
    })
    valueOf(await driver.apply(step, plan, KEY, account.context))
    expect(account.calls('arc-zonal-shift.StartZonalShift')).toBe(1)
    const undo = stored(driver.undo(step, plan, KEY, account.environment))
    const seen = valueOf(await driver.confirm(undo, account.context))
    expect([seen.handle, seen.observations.map(({ injection }) => injection)]).toEqual([
      expect.stringMatching(/^fd-/),
      ['injected'],
    ])
  })

  it('leaves a shift of somebody else alone, and asks about it', async () => {
    const { driver, plan, live } = await started()
    const [row] = [...account.sim.world.zonalShifts.rows.values()]
    if (row !== undefined) account.sim.world.zonalShifts.rows.put(row.id, { ...row, comment: 'mine' })
    expect(await driver.apply(step, plan, KEY, account.context)).toMatchObject({
      failure: { kind: 'conflict', code: 'AlreadyShifted' },
    })
    valueOf(await driver.recover(live, account.context))
    const [seen] = valueOf(await driver.confirmRecovered(live, account.context)).observations
    expect(seen).toMatchObject({ injection: 'unknown', foreign: { captured: 'no shift' } })
    expect(account.calls('arc-zonal-shift.CancelZonalShift')).toBe(0)
    const overwrite = plan.targets.map(({ id }) => id)
    const decided = { left: [], untouched: [], overwrite }
    valueOf(await driver.recover({ ...live, decided }, account.context))
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['restored'])
  })

  it('is never called never put in once it was accepted, though no list shows it', async () => {
    const { driver, live } = await started()
    for (const row of account.sim.world.zonalShifts.rows.values())
      account.sim.world.zonalShifts.rows.put(row.id, { ...row, state: 'CANCELED' })
    expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['unknown'])
    const { handle: _, ...unanswered } = live
    expect(wordsOf(await driver.confirm(unanswered, account.context))).toEqual(['failed-to-inject'])
  })
})

describe('what is not planned', () => {
  it('is a balancer that has not opted in, one that is shifted already, and more than one zone', async () => {
    expect(await planned('no-failover')).toMatchObject({ failure: { code: 'NotManaged' } })
    await account.close()
    const { driver } = await started()
    expect(await driver.plan(step, 1, account.context)).toMatchObject({ failure: { code: 'AlreadyShifted' } })
    const two = { ...step, targets: { ...step.targets, zones: ['eu-west-1a', 'eu-west-1b'] } }
    expect(await driver.plan(two, 1, account.context)).toMatchObject({ failure: { code: 'StepUnfit' } })
    const nowhere = { ...step, targets: { ...step.targets, zones: ['eu-west-1x'] } }
    expect(valueOf(await driver.plan(nowhere, 1, account.context)).targets).toEqual([])
  })
})

it('control: with a wrong secret the service says no, so signatures are looked at', async () => {
  const { environment } = (account = await simulatedAccount({}, 7, 'single-region'))
  const { aws } = environment
  const forged = {
    ...aws,
    credentials: { source: 'static', accessKeyId: 'FIREDRILLSIM', secretAccessKey: 'x' } as const,
  }
  const driver = createArcZonalShift(account.clients)
  const undo = stored({
    ...driver.undo(step, storedPlan(valueOf(await driver.plan(step, 1, account.context))), KEY, environment),
  })
  const context = { ...account.context, environment: { ...environment, aws: forged } }
  expect(await driver.confirm(undo, context)).toMatchObject({ ok: false, failure: { kind: 'denied' } })
})
