import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import type { InjectStep, UndoPlan } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listRecordSets, listZone } from '../../route53/list-record-sets.ts'
import { toSdk, type RecordSet } from '../../route53/record-set.ts'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createRoute53ShiftTraffic } from './fault.ts'

const NAME = 'checkout.larkspur.example'
const stepOf = (percent: number, from = 0, set = 'primary') =>
  injectStep(
    'route53-shift-traffic',
    { zone: 'public', record: NAME, recordTypes: ['A'], recordSet: set },
    { parameters: { percent, from } },
  )

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount({}, 7, 'weighted-standby')
})
afterEach(async () => account.close())

const driverOf = () => createRoute53ShiftTraffic(account.clients)
const zoneId = () => account.environment.hostedZones['public']?.id ?? ''
const aws = () =>
  valueOf(account.clients.get({ environment: account.environment, region: 'standby', purpose: 'observe' }))
const planOf = async (step: InjectStep) =>
  storedPlan(valueOf(await driverOf().plan(step, 1, account.context)))

async function listed(): Promise<readonly RecordSet[]> {
  return valueOf(await listRecordSets(aws(), zoneId(), NAME, account.context.signal))
}
const weights = async () => (await listed()).map(({ Weight }) => Weight)

/** Plans all steps first, as a run does, then does them one after another. */
async function done(...steps: readonly InjectStep[]): Promise<readonly UndoPlan[]> {
  const driver = driverOf()
  const plans = []
  for (const step of steps) plans.push({ step, plan: await planOf(step) })
  const undos: UndoPlan[] = []
  for (const { step, plan } of plans) {
    const key = `run_x/${step.name}/${undos.length}`
    const undo = driver.undo(step, plan, key, account.environment)
    const { handle } = valueOf(await driver.apply(step, plan, key, account.context))
    account.advance(120)
    undos.push(stored(undo, handle))
  }
  return undos
}

async function back(undo: UndoPlan): Promise<readonly string[]> {
  const driver = driverOf()
  const recovered = valueOf(await driver.recover(undo, account.context))
  account.advance(120)
  return wordsOf(await driver.confirmRecovered({ ...undo, ...recovered }, account.context))
}

async function somebodySets(Weight: number) {
  const [record] = await listed()
  if (record === undefined) throw new Error('no record')
  const Changes = [{ Action: 'UPSERT' as const, ResourceRecordSet: toSdk({ ...record, Weight }) }]
  await aws().route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId(), ChangeBatch: { Changes } }),
  )
  account.advance(120)
}

const wholeZone = (parts: Readonly<{ part?: number; parts?: number }>) =>
  injectStep(
    'route53-shift-traffic',
    { zone: 'public', record: '*', recordTypes: ['A'], recordSet: 'primary' },
    { parameters: { percent: 100, ...parts } },
  )
const zoneRecords = async () => valueOf(await listZone(aws(), zoneId(), account.context.signal))
const batches = () =>
  account.sim.world.calls.mutations().filter(({ operation }) => operation === 'ChangeResourceRecordSets')
    .length

/** A second name with the same variants. */
async function addCart() {
  const Changes = (await listed()).map((record) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: toSdk({ ...record, Name: 'cart.larkspur.example.' }),
  }))
  await aws().route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId(), ChangeBatch: { Changes } }),
  )
  account.advance(120)
}

describe('shifting traffic', () => {
  it('goes in steps and comes back in steps, to the very records that were captured', async () => {
    const before = await listed()
    const [tenth, all] = await done(stepOf(10), stepOf(100, 10))
    if (tenth === undefined || all === undefined) throw new Error('two steps')
    expect(await weights()).toEqual([0, 200])
    expect(wordsOf(await driverOf().confirm(all, account.context))).toEqual(['injected'])
    expect(await back(all)).toEqual(['restored'])
    expect(await weights()).toEqual([180, 20])
    expect(await back(tenth)).toEqual(['restored'])
    expect(await listed()).toEqual(before)
  })

  it('changes nothing when it is planned, and says in which plane and Region it will', async () => {
    const plan = await planOf(stepOf(100))
    expect(plan.calls.every((call) => call.includes('(control plane, us-east-1)'))).toBe(true)
    expect(account.sim.world.calls.mutations()).toEqual([])
  })

  it('is done once although the answer was lost', async () => {
    account.sim.world.adversity.add({
      operation: 'route53.ChangeResourceRecordSets',
      kind: 'drop',
      probability: 1,
      count: 1,
      delay: 0,
    })
    const [undo] = await done(stepOf(50))
    expect(wordsOf(await driverOf().confirm(undo ?? ({} as UndoPlan), account.context))).toEqual(['injected'])
    expect(await weights()).toEqual([100, 100])
  })

  it('overwrites nobody: neither on the way out nor on the way back, unless a person says so', async () => {
    const plan = await planOf(stepOf(50))
    await somebodySets(90)
    expect(await driverOf().apply(stepOf(50), plan, 'k', account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    })
    await somebodySets(100)
    const [undo] = await done(stepOf(50))
    if (undo === undefined) throw new Error('one step')
    await somebodySets(77)
    expect(await driverOf().recover(undo, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    })
    expect(wordsOf(await driverOf().confirmRecovered(undo, account.context))).toContain('unknown')
    expect((await weights())[0]).toBe(77)
    const overwrite = undo.targets.map(({ id }) => id)
    expect(await back({ ...undo, decided: { left: [], untouched: [], overwrite } })).toEqual(['restored'])
    expect(await weights()).toEqual([100, 0])
  })

  it('takes every name of a zone that has the variant, in one batch or in parts, and puts all of them back', async () => {
    await addCart()
    const before = await zoneRecords()
    const whole = await done(wholeZone({}))
    expect(whole[0]?.targets).toHaveLength(4)
    expect(await weights()).toEqual([0, 200])
    expect(batches()).toBe(2)
    expect(await back(whole[0] ?? ({} as UndoPlan))).toEqual(['restored'])
    expect(await zoneRecords()).toEqual(before)

    const parts = await done(wholeZone({ part: 1, parts: 2 }), wholeZone({ part: 2, parts: 2 }))
    expect(parts.map(({ targets }) => targets.map(({ label }) => label))).toEqual([
      ['cart.larkspur.example A primary', 'cart.larkspur.example A standby'],
      ['checkout.larkspur.example A primary', 'checkout.larkspur.example A standby'],
    ])
    const taken = (await zoneRecords()).filter(({ Weight }) => Weight === 0)
    expect(taken.map(({ SetIdentifier }) => SetIdentifier)).toEqual(['primary', 'primary'])
    for (const part of parts) expect(await back(part)).toEqual(['restored'])
    expect(await zoneRecords()).toEqual(before)
  })

  it.each([
    ['a variant that is not there', stepOf(50, 0, 'nobody')],
    ['a variant that is sent nothing', stepOf(50, 0, 'standby')],
    ['a step backwards', stepOf(10, 50)],
  ])('refuses %s', async (_, step) => {
    expect(await driverOf().plan(step, 1, account.context)).toMatchObject({
      ok: false,
      failure: { code: 'StepUnfit' },
    })
  })

  it('can be booked with a scheduler of the cloud, as one batch that overwrites nothing', async () => {
    const plan = await planOf(stepOf(50))
    const undo = driverOf().undo(stepOf(50), plan, 'k', account.environment)
    expect(driverOf().deadMan?.book(undo, account.environment)).toMatchObject({ ok: true })
    expect(undo.commands.join()).toContain('change-resource-record-sets')
    expect(undo.commands.join()).not.toContain('UPSERT')
  })
})
