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
import { createEc2TerminateInstances } from './fault.ts'

const KEY = 'run_x/terminate/1'
const NAME = 'ec2-terminate-instances'
const onePerGroup = injectStep(NAME, { group: 'web', choose: { mode: 'per-group', count: 1 } })

let account: SimulatedAccount
afterEach(async () => account.close())

async function planned(step = onePerGroup) {
  return createEc2TerminateInstances(account.clients).plan(step, 1, account.context)
}

describe('terminating members of a group that replaces them', () => {
  it('is in when they are on their way out, and out when as many targets of the zone are healthy, by newcomers it names', async () => {
    account = await simulatedAccount({}, 7, 'single-region')
    const driver = createEc2TerminateInstances(account.clients)
    const plan = storedPlan(valueOf(await planned()))
    expect(plan.targets).toHaveLength(1)
    expect(plan.population).toBe(6)
    const { handle } = valueOf(await driver.apply(onePerGroup, plan, KEY, account.context))
    const live = stored(driver.undo(onePerGroup, plan, KEY, account.environment), handle)
    expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['requested'])
    account.advance(20)
    expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['injected'])
    valueOf(await driver.recover(live, account.context))
    account.advance(25)
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['recovering'])
    account.advance(240)
    const [seen] = valueOf(await driver.confirmRecovered(live, account.context)).observations
    expect(seen).toMatchObject({ injection: 'replaced' })
    expect(seen?.seen).toMatch(
      /^(terminated|gone); replaced by i-[0-9a-f]+; \S+ has 2 healthy targets in \S+, had 2$/,
    )
    expect(account.calls('ec2.StartInstances')).toBe(0)
    expect([...account.sim.world.kernel.store.table('fis-templates').values()]).toEqual([])
  })

  it('has its effect once though the answer is lost, and finds it without a handle', async () => {
    account = await simulatedAccount({}, 7, 'single-region')
    const driver = createEc2TerminateInstances(account.clients)
    const plan = storedPlan(valueOf(await planned()))
    account.sim.world.adversity.add({
      operation: 'fis.StartExperiment',
      kind: 'drop',
      probability: 1,
      count: 1,
      delay: 0,
    })
    expect(await driver.apply(onePerGroup, plan, KEY, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'ambiguous' },
    })
    valueOf(await driver.apply(onePerGroup, plan, KEY, account.context))
    account.advance(60)
    const undo = stored(driver.undo(onePerGroup, plan, KEY, account.environment))
    expect(wordsOf(await driver.confirm(undo, account.context))).toEqual(['injected'])
    expect([...account.sim.world.kernel.store.table('fis-experiments').values()]).toHaveLength(1)
  })
})

describe('what nothing would make up for', () => {
  it('is not planned: members of a group that has suspended its processes', async () => {
    account = await simulatedAccount()
    expect(await planned()).toMatchObject({
      ok: false,
      failure: { code: 'NotReplaceable', message: expect.stringMatching(/group web has suspended Launch/) },
    })
    expect(account.sim.world.calls.mutations()).toEqual([])
  })

  it('is not planned: an instance of no group, or of no target group', async () => {
    account = await simulatedAccount({}, 7, 'single-region')
    const { compute, balancers } = account.sim.world
    const all = injectStep(NAME, { tags: { service: 'checkout' } })
    const [first, second] = [...compute.instances.values()]
    balancers.targets.delete(
      [...balancers.targets.entries()].find(([, row]) => row.instanceId === second?.id)?.[0] ?? '',
    )
    expect(await planned(all)).toMatchObject({
      failure: { code: 'NotReplaceable', message: expect.stringMatching(/is in no target group/) },
    })
    compute.tag(first?.id ?? '', { 'aws:autoscaling:groupName': null })
    expect(await planned(all)).toMatchObject({
      failure: { code: 'NotReplaceable', message: expect.stringMatching(/is in no Auto Scaling group/) },
    })
  })
})
