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
import { createAzPowerInterruption } from './fault.ts'

const KEY = 'run_x/lose-zone/1'
const NAME = 'az-power-interruption'
const zoneLoss = (zone = 'euw1-az1', parameters = {}) =>
  injectStep(
    NAME,
    { tags: { service: 'checkout' }, zones: [zone] },
    { durationMs: 600_000, parameters: { networkSeconds: 60, launchRoles: 'scaler', ...parameters } },
  )

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount({}, 7, 'single-region')
})
afterEach(async () => account.close())

async function started(step = zoneLoss()) {
  const driver = createAzPowerInterruption(account.clients)
  const plan = storedPlan(valueOf(await driver.plan(step, 1, account.context)))
  const undo = driver.undo(step, plan, KEY, account.environment)
  const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
  return { driver, plan, live: stored(undo, handle) }
}

const countIn = (zone: string) =>
  [...account.sim.world.compute.instances.values()].filter(({ az, appUp }) => az === zone && appUp).length

it('takes instances, capacity and network of the zone, and nothing elsewhere', async () => {
  const { driver, plan, live } = await started()
  expect(plan.targets.map(({ id, zone }) => [id.split(':')[5]?.split('/')[0], zone])).toEqual([
    ['instance', 'eu-west-1a'],
    ['instance', 'eu-west-1a'],
    ['subnet', 'eu-west-1a'],
    ['autoScalingGroup', undefined],
    ['role/scaler'.split('/')[0], undefined],
  ])
  expect(plan.population).toBe(11)
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['requested'])
  account.advance(20)
  expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['injected'])
  account.advance(180)
  expect([countIn('eu-west-1a'), countIn('eu-west-1b') + countIn('eu-west-1c')]).toEqual([0, 6])
  // The network is back by itself, the power is not.
  expect(wordsOf(await driver.confirmRecovered(live, account.context))).not.toContain('restored')
})

it('is out when the zone serves as before, made up for by the group and seen behind its own network ACL', async () => {
  const { driver, live } = await started()
  account.advance(180)
  valueOf(await driver.recover(live, account.context))
  account.advance(40)
  expect(wordsOf(await driver.confirmRecovered(live, account.context))).toContain('recovering')
  account.advance(900)
  expect(countIn('eu-west-1a')).toBe(2)
  const { observations } = valueOf(await driver.confirmRecovered(live, account.context))
  expect(observations.map(({ injection }) => injection)).toEqual([
    'replaced',
    'replaced',
    'restored',
    'restored',
    'restored',
  ])
})

it('is ended by FIS itself at the end of its duration', async () => {
  const { driver, live } = await started({ ...zoneLoss(), durationMs: 120_000 })
  account.advance(1200)
  expect(wordsOf(await driver.confirmRecovered(live, account.context))).not.toContain('injected')
  expect(account.calls('fis.StopExperiment')).toBe(0)
})

describe('what is not planned', () => {
  const planned = (step = zoneLoss()) =>
    createAzPowerInterruption(account.clients).plan(step, 1, account.context)

  it('is two zones, a part of a zone, and a network that is cut for longer than the rest', async () => {
    const step = zoneLoss()
    const unfit = [
      { ...step, targets: { ...step.targets, zones: [] } },
      { ...step, targets: { ...step.targets, choose: { mode: 'count', count: 1 } as const } },
      { ...step, durationMs: 30_000 },
      zoneLoss('euw1-az1', { networkSeconds: 700 }),
    ]
    for (const one of unfit) expect(await planned(one)).toMatchObject({ failure: { code: 'StepUnfit' } })
    expect(valueOf(await planned(zoneLoss('euw1-az9'))).targets).toEqual([])
  })

  it('is what lacks a tag: a subnet or a group counts as much as an instance', async () => {
    const subnets = account.sim.world.kernel.store.table<Readonly<Record<string, string>>>('subnet-tags')
    for (const id of subnets.keys()) subnets.put(id, {})
    const groups = account.sim.world.compute.groups
    for (const [key, group] of groups.entries()) groups.put(key, { ...group, tags: {} })
    const { unfit } = valueOf(await planned())
    expect(unfit.map(({ target }) => target.split(':')[5]?.split('/')[0])).toEqual([
      'subnet',
      'autoScalingGroup',
    ])
  })
})
