import { StopInstancesCommand } from '@aws-sdk/client-ec2'
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
import { createEc2StopInstances } from './fault.ts'

const KEY = 'run_x/stop-web/1'
const step = injectStep('ec2-stop-instances', { tags: { service: 'checkout' } })

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

const aws = () =>
  valueOf(account.clients.get({ environment: account.environment, region: 'primary', purpose: 'observe' }))
const driverOf = () => createEc2StopInstances(account.clients)

async function planned(of = step, seed = 1) {
  return storedPlan(valueOf(await driverOf().plan(of, seed, account.context)))
}

function states() {
  return [...account.sim.world.compute.instances.values()]
    .filter(({ region }) => region === 'eu-west-1')
    .map(({ state }) => state)
}

function drop(operation: string, count = 1) {
  account.sim.world.adversity.add({ operation, kind: 'drop', probability: 1, count, delay: 0 })
}

describe('planning', () => {
  it('resolves the running instances of the Region, with zone and healthy targets of each', async () => {
    const plan = await planned()
    expect(plan.targets).toHaveLength(6)
    expect(plan.population).toBe(6)
    expect(plan.unfit).toEqual([])
    expect(plan.targets[0]?.id).toMatch(/^arn:aws:ec2:eu-west-1:111122223333:instance\/i-/)
    expect(new Set(plan.targets.map(({ zone }) => zone))).toEqual(
      new Set(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']),
    )
    const { targetGroups } = plan.capture as unknown as { targetGroups: { healthy: { zone: string }[] }[] }
    expect(targetGroups).toHaveLength(1)
    expect(targetGroups[0]?.healthy.filter(({ zone }) => zone === 'eu-west-1a')).toHaveLength(2)
    expect(account.sim.world.calls.mutations()).toEqual([])
  })

  it('chooses the same instances for the same seed, and others for another', async () => {
    const two = injectStep('ec2-stop-instances', {
      tags: { service: 'checkout' },
      choose: { mode: 'count', count: 2 },
    })
    const ids = async (seed: number) => (await planned(two, seed)).targets.map(({ id }) => id).join()
    expect(await ids(5)).toBe(await ids(5))
    const several = await Promise.all([1, 2, 3, 4, 5, 6].map(ids))
    expect(new Set(several).size).toBeGreaterThan(1)
  })

  it('limits the choice to a zone given by name or by id', async () => {
    const byName = await planned(
      injectStep('ec2-stop-instances', { tags: { service: 'checkout' }, zones: ['eu-west-1b'] }),
    )
    expect(byName.targets.map(({ zone }) => zone)).toEqual(['eu-west-1b', 'eu-west-1b'])
    expect(byName.population).toBe(2)
  })

  it('names what is registered beside the targets, healthy or not, and counts what is healthy in their zone', async () => {
    const inZone = injectStep('ec2-stop-instances', {
      tags: { service: 'checkout' },
      zones: ['eu-west-1a'],
      choose: { mode: 'count', count: 1 },
    })
    const whole = await planned(inZone)
    const beside = whole.surroundings ?? []
    expect(beside).toHaveLength(5)
    expect(beside).not.toContain(whole.targets[0]?.id)
    expect(Object.values(whole.standing ?? {})).toEqual([2])
    const { targetGroups } = whole.capture as unknown as Readonly<{
      targetGroups: readonly Readonly<{ healthy: readonly Readonly<{ id: string; zone: string }>[] }>[]
    }>
    const other = targetGroups[0]?.healthy.find(
      ({ id, zone }) => zone === 'eu-west-1a' && !whole.targets[0]?.id.endsWith(id),
    )
    await aws().ec2.send(new StopInstancesCommand({ InstanceIds: [other?.id ?? ''] }))
    account.advance(120)
    // A plan that is made while somebody else's fault is in still knows that it is there, and that less stands.
    const broken = await planned(inZone)
    expect(broken.surroundings).toEqual(beside)
    expect(Object.values(broken.standing ?? {})).toEqual([1])
  })

  it('names every instance that lacks a required tag or is exempt', async () => {
    const [first, second] = [...account.sim.world.compute.instances.values()].filter(
      ({ region }) => region === 'eu-west-1',
    )
    account.sim.world.compute.tag(first?.id ?? '', { ChaosReady: null })
    account.sim.world.compute.tag(second?.id ?? '', { ChaosExempt: 'true' })
    const { unfit } = await planned()
    expect(unfit.map(({ guardrail }) => guardrail)).toEqual(['tags', 'tags'])
    expect(unfit.map(({ reason }) => reason).toSorted()).toEqual([
      'has no tag ChaosReady=true, which the environment requires',
      'is exempt: ChaosExempt=true',
    ])
  })

  it('fails when more are asked for than match, and when FIS could not hold the duration', async () => {
    const tooMany = injectStep('ec2-stop-instances', { choose: { mode: 'count', count: 7 } })
    expect(await driverOf().plan(tooMany, 1, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid', code: 'TooFewMatch' },
    })
    const tooShort = injectStep('ec2-stop-instances', {}, { durationMs: 30_000 })
    expect(await driverOf().plan(tooShort, 1, account.context)).toMatchObject({
      ok: false,
      failure: { code: 'StepUnfit' },
    })
  })

  it('matches nothing with a tag value that only a wildcard would match', async () => {
    const plan = await planned(injectStep('ec2-stop-instances', { tags: { service: 'check*' } }))
    expect(plan.targets).toEqual([])
  })
})

describe('a whole drill', () => {
  it('is requested, injected and, once taken out, restored with as many healthy targets as before', async () => {
    const driver = driverOf()
    const plan = await planned()
    const undo = driver.undo(step, plan, KEY, account.environment)
    const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
    const live = stored(undo, handle)
    expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['requested'])
    account.advance(20)
    const seen = valueOf(await driver.confirm(live, account.context))
    expect(new Set(seen.observations.map(({ injection }) => injection))).toEqual(new Set(['injected']))
    expect(seen.actedAt).toBeGreaterThan(account.worldNow() - 20_000_000)
    account.advance(60)
    expect(states()).toEqual(Array.from({ length: 6 }, () => 'stopped'))

    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['injected'])
    valueOf(await driver.recover(live, account.context))
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['recovering'])
    account.advance(35)
    const onTheWay = valueOf(await driver.confirmRecovered(live, account.context))
    expect(onTheWay.observations.some(({ seen: words }) => /healthy targets in eu-west-1/.test(words))).toBe(
      true,
    )
    account.advance(120)
    const out = valueOf(await driver.confirmRecovered(live, account.context))
    expect(new Set(out.observations.map(({ injection }) => injection))).toEqual(new Set(['restored']))
    expect(out.observations[0]?.seen).toMatch(
      /^running again; \S+ has 2 healthy targets in eu-west-1[abc], had 2$/,
    )
    expect(account.calls('fis.DeleteExperimentTemplate')).toBe(1)
  })

  it('splits more than five instances over several targets and actions of one experiment', async () => {
    const driver = driverOf()
    const plan = await planned()
    valueOf(await driver.apply(step, plan, KEY, account.context))
    account.advance(30)
    expect(states().filter((state) => state === 'running')).toEqual([])
    const [experiment] = [...account.sim.world.kernel.store.table('fis-experiments').values()]
    expect(Object.keys((experiment as { actions: object }).actions)).toEqual(['stop-1', 'stop-2'])
  })

  it('is withdrawn by FIS itself at the end of its duration', async () => {
    const driver = driverOf()
    const short = injectStep('ec2-stop-instances', { tags: { service: 'checkout' } }, { durationMs: 60_000 })
    const plan = await planned(short)
    const { handle } = valueOf(await driver.apply(short, plan, KEY, account.context))
    const live = stored(driver.undo(short, plan, KEY, account.environment), handle)
    account.advance(300)
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['restored'])
    valueOf(await driver.recover(live, account.context))
    expect(account.calls('fis.StopExperiment')).toBe(0)
    expect(account.calls('ec2.StartInstances')).toBe(0)
  })
})

describe('stop alarms', () => {
  it('have FIS end the experiment and start the instances without us', async () => {
    const driver = driverOf()
    const watched = injectStep(
      'ec2-stop-instances',
      { tags: { service: 'checkout' } },
      { durationMs: 3_600_000, parameters: { stopAlarms: 'checkout-healthy-hosts' } },
    )
    const plan = await planned(watched)
    const { handle } = valueOf(await driver.apply(watched, plan, KEY, account.context))
    const live = stored(driver.undo(watched, plan, KEY, account.environment), handle)
    account.advance(900)
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['restored'])
    expect(account.calls('fis.StopExperiment')).toBe(0)
  })
})

describe('only what was approved', () => {
  const table = (name: string) => account.sim.world.kernel.store.table<Record<string, unknown>>(name)
  const firstOf = (name: string) => [...table(name).entries()][0] ?? ['', {}]

  it('is started: a template that somebody edited is not', async () => {
    const driver = driverOf()
    const plan = await planned()
    drop('fis.CreateExperimentTemplate')
    await driver.apply(step, plan, KEY, account.context)
    const [key, template] = firstOf('fis-templates')
    const { 'instances-2': _, ...fewer } = template['targets'] as Record<string, unknown>
    table('fis-templates').put(key, { ...template, targets: fewer })
    expect(await driver.apply(step, plan, KEY, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict', code: 'TemplateDiffers' },
    })
    expect(account.calls('fis.StartExperiment')).toBe(0)
  })

  it('is confirmed: other resolved targets are a failure that ends the drill', async () => {
    const driver = driverOf()
    const plan = await planned()
    const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
    const live = stored(driver.undo(step, plan, KEY, account.environment), handle)
    account.advance(20)
    const [key, experiment] = firstOf('fis-experiments')
    const resolved = experiment['resolved'] as { arn: string }[]
    table('fis-experiments').put(key, {
      ...experiment,
      resolved: resolved.map((target, index) => (index === 0 ? { ...target, arn: 'arn:aws:ec2:x' } : target)),
    })
    expect(await driver.confirm(live, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid', code: 'ResolvedTargetsDiffer' },
    })
  })
})

describe('lost answers', () => {
  it.each(['fis.CreateExperimentTemplate', 'fis.StartExperiment'])(
    'has its effect exactly once when the reply of %s is dropped',
    async (operation) => {
      const driver = driverOf()
      const plan = await planned()
      const undo = stored(driver.undo(step, plan, KEY, account.environment))
      drop(operation)
      expect(await driver.apply(step, plan, KEY, account.context)).toMatchObject({
        ok: false,
        failure: { kind: 'ambiguous', operation },
      })
      const again = valueOf(await driver.apply(step, plan, KEY, account.context))
      account.advance(20)
      const seen = valueOf(await driver.confirm(undo, account.context))
      expect(seen.handle).toBe(again.handle)
      const made = account.sim.world.calls
        .mutations()
        .filter(({ operation: name }) => name === 'StartExperiment')
      expect(new Set(made.map(({ token }) => token)).size).toBe(1)
      const listed = [...account.sim.world.kernel.store.table('fis-experiments').values()]
      expect(listed).toHaveLength(1)
    },
  )

  it('control: without the key two experiments are started', async () => {
    const driver = driverOf()
    const plan = await planned()
    valueOf(await driver.apply(step, plan, KEY, account.context))
    valueOf(await driver.apply(step, plan, `${KEY}/other`, account.context))
    expect([...account.sim.world.kernel.store.table('fis-experiments').values()]).toHaveLength(2)
  })

  it('finds and undoes an experiment whose id nobody wrote down', async () => {
    const driver = driverOf()
    const plan = await planned()
    const undo = stored(driver.undo(step, plan, KEY, account.environment))
    drop('fis.StartExperiment')
    await driver.apply(step, plan, KEY, account.context)
    account.advance(30)
    expect(wordsOf(await driver.confirm(undo, account.context))).toEqual(['injected'])
    valueOf(await driver.recover(undo, account.context))
    account.advance(180)
    expect(wordsOf(await driver.confirmRecovered(undo, account.context))).toEqual(['restored'])
  })

  it('says that nothing happened when the crash came between template and start, and undo takes the template away', async () => {
    const driver = driverOf()
    const plan = await planned()
    const undo = stored(driver.undo(step, plan, KEY, account.environment))
    drop('fis.CreateExperimentTemplate')
    await driver.apply(step, plan, KEY, account.context)
    expect(wordsOf(await driver.confirm(undo, account.context))).toEqual(['failed-to-inject'])
    const templates = () => [...account.sim.world.kernel.store.table('fis-templates').values()]
    expect(templates()).toHaveLength(1)
    valueOf(await driver.recover(undo, account.context))
    expect(templates()).toEqual([])
    expect(wordsOf(await driver.confirmRecovered(undo, account.context))).toEqual(['restored'])
  })
})

describe('taking it out', () => {
  it('starts the instances itself when FIS does not answer, and still says that FIS failed', async () => {
    const driver = driverOf()
    const plan = await planned()
    const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
    const live = stored(driver.undo(step, plan, KEY, account.environment), handle)
    account.advance(90)
    account.sim.world.adversity.add({
      operation: 'fis.StopExperiment',
      kind: 'throttle',
      probability: 1,
      count: null,
      delay: 0,
    })
    expect(await driver.recover(live, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'throttled', operation: 'fis.StopExperiment' },
    })
    expect(new Set(states())).toEqual(new Set(['pending']))
  })

  it('undoes the steps of one Region together: one list, one start of all that is stopped, an answer for each', async () => {
    const driver = driverOf()
    const undos = []
    for (const zone of ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']) {
      const inZone = injectStep('ec2-stop-instances', { tags: { service: 'checkout' }, zones: [zone] })
      const plan = await planned(inZone)
      const { handle } = valueOf(await driver.apply(inZone, plan, `${KEY}/${zone}`, account.context))
      undos.push(stored(driver.undo(inZone, plan, `${KEY}/${zone}`, account.environment), handle))
    }
    account.advance(90)
    expect(new Set(states())).toEqual(new Set(['stopped']))
    // FIS is out of reach for one of them: its instances are started, and only this step is told so.
    account.sim.world.adversity.add({
      operation: 'fis.StopExperiment',
      kind: 'throttle',
      probability: 1,
      count: 1,
      delay: 0,
    })
    const listed = account.calls('fis.ListExperimentTemplates')
    const first = (await driver.together?.recover(undos, account.context)) ?? []
    expect(first.map(({ ok }) => ok).filter((ok) => !ok)).toEqual([false])
    expect(account.calls('fis.ListExperimentTemplates') - listed).toBe(1)
    expect(account.calls('ec2.StartInstances')).toBe(1)
    const again = (await driver.together?.recover(undos, account.context)) ?? []
    expect(again.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(account.calls('fis.StopExperiment')).toBe(4)
    account.advance(180)
    for (const undo of undos)
      expect(wordsOf(await driver.confirmRecovered(undo, account.context))).toEqual(['restored'])
    expect([...account.sim.world.kernel.store.table('fis-templates').values()]).toEqual([])
    expect(new Set(undos.map((undo) => driver.together?.key(undo))).size).toBe(1)
  })

  it('never calls an instance restored while FIS may still stop it', async () => {
    const driver = driverOf()
    const plan = await planned()
    const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
    const live = stored(driver.undo(step, plan, KEY, account.environment), handle)
    expect(states()).toContain('running')
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['injected'])
  })

  it('does not call a terminated instance replaced while its group lacks a healthy target', async () => {
    const driver = driverOf()
    const plan = await planned()
    const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
    const live = stored(driver.undo(step, plan, KEY, account.environment), handle)
    account.advance(60)
    const lost = plan.targets[0]?.id.split('/').at(-1) ?? ''
    account.sim.world.compute.terminate([lost], 'test')
    valueOf(await driver.recover(live, account.context))
    account.advance(240)
    const seen = valueOf(await driver.confirmRecovered(live, account.context))
    const words = seen.observations.find(({ target }) => target.endsWith(lost))
    expect(words?.injection).toBe('recovering')
    expect(words?.seen).toMatch(/^terminated; .* has 1 of 2 healthy targets/)
  })

  it('calls a terminated instance replaced, and names the new one, once its group has made up for it', async () => {
    const groups = account.sim.world.kernel.store.table<Record<string, unknown>>('groups')
    const rows = [...groups.entries()]
    for (const [key, group] of rows) groups.put(key, { ...group, replaces: true })
    const driver = driverOf()
    const one = injectStep('ec2-stop-instances', {
      tags: { service: 'checkout' },
      zones: ['eu-west-1a'],
      choose: { mode: 'count', count: 1 },
    })
    const plan = await planned(one)
    const { handle } = valueOf(await driver.apply(one, plan, KEY, account.context))
    const live = stored(driver.undo(one, plan, KEY, account.environment), handle)
    account.advance(600)
    valueOf(await driver.recover(live, account.context))
    account.advance(300)
    const [seen] = valueOf(await driver.confirmRecovered(live, account.context)).observations
    expect(seen).toMatchObject({ injection: 'replaced' })
    expect(seen?.seen).toMatch(/^(terminated|gone); replaced by i-[0-9a-f]+; \S+ has 2 healthy targets/)
  })

  it('asks the group where no load balancer knows the instance: replaced once it is complete, by newcomers it names', async () => {
    const { compute, balancers } = account.sim.world
    for (const [key, group] of compute.groups.entries()) compute.groups.put(key, { ...group, replaces: true })
    for (const key of balancers.targets.keys()) balancers.targets.delete(key)
    const driver = driverOf()
    const one = injectStep('ec2-stop-instances', {
      tags: { service: 'checkout' },
      choose: { mode: 'count', count: 1 },
    })
    const plan = await planned(one)
    const { handle } = valueOf(await driver.apply(one, plan, KEY, account.context))
    const live = stored(driver.undo(one, plan, KEY, account.environment), handle)
    account.advance(60)
    const lost = plan.targets[0]?.id.split('/').at(-1) ?? ''
    for (const [key, group] of compute.groups.entries())
      compute.groups.put(key, { ...group, replaces: false })
    compute.terminate([lost], 'test')
    valueOf(await driver.recover(live, account.context))
    account.advance(60)
    const look = async () => valueOf(await driver.confirmRecovered(live, account.context)).observations[0]
    expect(await look()).toMatchObject({
      injection: 'recovering',
      seen: 'terminated; group web has 5 of 6 members in service',
    })
    for (const [key, group] of compute.groups.entries()) {
      compute.groups.put(key, { ...group, replaces: true, desiredCapacity: group.desiredCapacity - 1 })
      account.sim.world.groups.setDesiredCapacity(key, group.desiredCapacity, 'test')
    }
    account.advance(300)
    const seen = await look()
    expect(seen?.injection).toBe('replaced')
    expect(seen?.seen).toMatch(
      /^(terminated|gone); replaced by i-[0-9a-f]+; group web has 6 of 6 members in service$/,
    )
  })

  it('goes on after a capture that cannot be read only with a failure', async () => {
    const driver = driverOf()
    const plan = await planned()
    const undo = { ...driver.undo(step, plan, KEY, account.environment), capture: { region: 'eu-west-1' } }
    expect(await driver.confirmRecovered(undo, account.context)).toMatchObject({
      ok: false,
      failure: { code: 'CaptureUnreadable' },
    })
  })
})
