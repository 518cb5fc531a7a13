import type { StepPlan, UndoPlan } from '@firedrill/core'
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
import { submit } from '../../route53/change-batch.ts'
import { createRoute53ShadowName } from './fault.ts'

const NAME = 'dynamodb.eu-west-1.amazonaws.com'
const stepOf = (name = NAME) =>
  injectStep('route53-shadow-name', { tags: { service: 'checkout' } }, { parameters: { name } })

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

const driverOf = () => createRoute53ShadowName(account.clients)
const zones = () => [...account.sim.world.dns.zones.values()].filter(({ vpcs }) => vpcs !== undefined)
const healthy = () =>
  [...account.sim.world.balancers.targets.values()].filter(
    ({ state, targetGroupArn }) => state === 'healthy' && targetGroupArn.includes('eu-west-1'),
  ).length

let planned: StepPlan

async function lost(): Promise<UndoPlan> {
  const driver = driverOf()
  planned = valueOf(await driver.plan(stepOf(), 1, account.context))
  const plan = storedPlan(planned)
  const undo = driver.undo(stepOf(), plan, 'k', account.environment)
  const { handle } = valueOf(await driver.apply(stepOf(), plan, 'k', account.context))
  account.advance(120)
  return stored(undo, handle)
}

describe('losing a name that others own', () => {
  it('is an empty private zone in the VPC: what needs the name fails, and is back a minute after it is gone', async () => {
    expect(healthy()).toBe(6)
    const undo = await lost()
    expect(zones().map(({ name }) => name)).toEqual([`${NAME}.`])
    expect(wordsOf(await driverOf().confirm(undo, account.context))).toEqual(['injected'])
    expect(healthy()).toBe(0)
    const recovered = valueOf(await driverOf().recover(undo, account.context))
    account.advance(180)
    expect(wordsOf(await driverOf().confirmRecovered({ ...undo, ...recovered }, account.context))).toEqual([
      'restored',
    ])
    expect([zones(), healthy()]).toEqual([[], 6])
  })

  it('control: does nothing to what needs another name', async () => {
    const driver = driverOf()
    const step = stepOf('kinesis.eu-west-1.amazonaws.com')
    const plan = storedPlan(valueOf(await driver.plan(step, 1, account.context)))
    valueOf(await driver.apply(step, plan, 'k', account.context))
    account.advance(120)
    expect(healthy()).toBe(6)
  })

  it('is done once although the answer was lost, and found by its key', async () => {
    account.sim.world.adversity.add({
      operation: 'route53.CreateHostedZone',
      kind: 'drop',
      probability: 1,
      count: 1,
      delay: 0,
    })
    const driver = driverOf()
    const plan = storedPlan(valueOf(await driver.plan(stepOf(), 1, account.context)))
    const undo = driver.undo(stepOf(), plan, 'k', account.environment)
    expect(await driver.apply(stepOf(), plan, 'k', account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'ambiguous' },
    })
    expect(valueOf(await driver.confirm(undo, account.context)).handle).toBeDefined()
    expect(await driver.apply(stepOf(), plan, 'k', account.context)).toMatchObject({ ok: true })
    expect(zones()).toHaveLength(1)
  })

  it('is never called back before every name server is known to have it, or has had the time', async () => {
    const undo = await lost()
    const recovered = valueOf(await driverOf().recover(undo, account.context))
    const told = { ...undo, ...recovered }
    expect(wordsOf(await driverOf().confirmRecovered(told, account.context))).toEqual(['recovering'])
    // Whoever does not know the change, as after a lost answer or from a kit, has time alone to go by.
    valueOf(await driverOf().recover(undo, account.context))
    account.advance(600)
    const [seen] = valueOf(await driverOf().confirmRecovered(undo, account.context)).observations
    expect(seen).toMatchObject({ injection: 'recovering', settles: { afterMs: 120_000 } })
    expect(wordsOf(await driverOf().confirmRecovered(told, account.context))).toEqual(['restored'])
  })

  it('says for how long the name is remembered as lost, also where that could not be shortened', async () => {
    account.sim.world.adversity.add({
      operation: 'route53.ChangeResourceRecordSets',
      kind: 'drop',
      probability: 1,
      count: 1,
      delay: 0,
    })
    const undo = await lost()
    const wordsOfSeen = async (of: UndoPlan) =>
      valueOf(await driverOf().confirm(of, account.context)).observations.map(({ seen }) => seen)
    expect(await wordsOfSeen(undo)).toEqual([expect.stringContaining('remembered for 900 s')])
    const again = valueOf(await driverOf().apply(stepOf(), storedPlan(planned), 'k', account.context))
    expect(await wordsOfSeen(stored(undo, again.handle))).toEqual([
      expect.stringContaining('remembered for 60 s'),
    ])
  })

  it('deletes nothing that somebody has put into the zone, unless a person says so', async () => {
    const undo = await lost()
    const aws = valueOf(
      account.clients.get({ environment: account.environment, region: 'standby', purpose: 'observe' }),
    )
    const record = { Name: `${NAME}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '198.51.100.9' }] }
    const change = [{ action: 'CREATE', record }] as const
    valueOf(await submit(aws, zones()[0]?.id ?? '', change, 'somebody', account.context.signal))
    account.advance(120)
    expect(await driverOf().recover(undo, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    })
    expect(wordsOf(await driverOf().confirmRecovered(undo, account.context))).toEqual(['unknown'])
    const overwrite = undo.targets.map(({ id }) => id)
    const decided = { left: [], untouched: [], overwrite }
    valueOf(await driverOf().recover({ ...undo, decided }, account.context))
    expect(zones()).toEqual([])
  })

  it('changes nothing when it is planned, and refuses a name that has a private zone already', async () => {
    await lost()
    const before = account.sim.world.calls.mutations().length
    expect(await driverOf().plan(stepOf(), 1, account.context)).toMatchObject({
      ok: false,
      failure: { code: 'StepUnfit' },
    })
    expect(await driverOf().plan(stepOf('com'), 1, account.context)).toMatchObject({ ok: false })
    expect(account.sim.world.calls.mutations()).toHaveLength(before)
  })
})
