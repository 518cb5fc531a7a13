import { ChangeResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listRecordSets } from '../../route53/list-record-sets.ts'
import type { RecordSet } from '../../route53/record-set.ts'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../../testing/simulated-account.ts'
import { createRoute53RemoveRecord } from './fault.ts'

const KEY = 'run_x/remove-record/1'
const NAME = 'checkout.larkspur.example'
const step = injectStep('route53-remove-record', { zone: 'public', record: NAME })

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

const driverOf = () => createRoute53RemoveRecord(account.clients)
const zoneId = () => account.environment.hostedZones['public']?.id ?? ''
const aws = () =>
  valueOf(account.clients.get({ environment: account.environment, region: 'primary', purpose: 'observe' }))

async function planned(of = step) {
  return storedPlan(valueOf(await driverOf().plan(of, 1, account.context)))
}

async function listed(name = NAME): Promise<readonly RecordSet[]> {
  return valueOf(await listRecordSets(aws(), zoneId(), name, account.context.signal))
}

/** Somebody else's change, made with a client of their own. */
async function change(action: 'CREATE' | 'UPSERT' | 'DELETE', record: ResourceRecordSet) {
  await aws().route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId(),
      ChangeBatch: { Changes: [{ Action: action, ResourceRecordSet: record }] },
    }),
  )
}

function adversity(operation: string, kind: 'drop' | 'fail', count = 1) {
  account.sim.world.adversity.add({ operation, kind, probability: 1, count, delay: 0 })
}

function batches(action: string) {
  return account.sim.world.calls.mutations().filter(
    ({ operation, summary, outcome }) =>
      operation === 'ChangeResourceRecordSets' &&
      summary.includes(`"Action":"${action}"`) &&
      // A batch that deletes and creates the same records only asks for an id.
      !(summary.includes('"Action":"DELETE"') && summary.includes('"Action":"CREATE"')) &&
      outcome === 'ok',
  )
}

async function injected(driver = driverOf()) {
  const plan = await planned()
  const undo = driver.undo(step, plan, KEY, account.environment)
  const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
  return { driver, plan, live: stored(undo, handle) }
}

describe('planning', () => {
  it('captures every variant of the name word for word, and how long its absence will be remembered', async () => {
    const plan = await planned()
    expect(plan.targets.map(({ id }) => id)).toEqual([
      `route53:${zoneId()}/${NAME}/A/primary`,
      `route53:${zoneId()}/${NAME}/A/standby`,
    ])
    expect(plan.capture).toEqual({
      zoneId: zoneId(),
      name: `${NAME}.`,
      records: [...(await listed())],
      negativeTtlSeconds: 60,
    })
    expect(account.sim.world.calls.mutations()).toEqual([])
  })

  it('takes only the variant that the selector names, out of all of the name', async () => {
    const one = injectStep('route53-remove-record', {
      zone: 'public',
      record: 'checkout.larkspur.example',
      recordSet: 'primary',
    })
    const plan = valueOf(await driverOf().plan(one, 1, account.context))
    expect(plan.targets.map(({ id }) => id.split('/').at(-1))).toEqual(['primary'])
    expect(plan.population).toBe(2)
  })

  it('takes only the types that the selector names', async () => {
    await change('CREATE', { Name: NAME, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: '"x"' }] })
    expect((await planned()).targets).toHaveLength(3)
    const onlyText = injectStep('route53-remove-record', {
      zone: 'public',
      record: NAME,
      recordTypes: ['TXT'],
    })
    expect((await planned(onlyText)).targets.map(({ label }) => label)).toEqual([`${NAME} TXT`])
  })

  it('finds a name that is not there to match nothing', async () => {
    const plan = await planned(
      injectStep('route53-remove-record', { zone: 'public', record: 'nobody.larkspur.example' }),
    )
    expect(plan.targets).toEqual([])
  })

  it('never takes the records that hold a zone together, and refuses them when they are named', async () => {
    const apex = injectStep('route53-remove-record', { zone: 'public', record: 'larkspur.example' })
    expect((await planned(apex)).targets.map(({ label }) => label)).toEqual(['larkspur.example TXT'])
    const named = injectStep('route53-remove-record', {
      zone: 'public',
      record: 'larkspur.example',
      recordTypes: ['NS'],
    })
    expect((await planned(named)).unfit).toMatchObject([{ guardrail: 'protected-records' }])
  })

  it('names what the environment protects', async () => {
    const { touch } = account.environment
    const environment = {
      ...account.environment,
      touch: { ...touch, protectedRecords: [NAME.toUpperCase()] },
    }
    const plan = valueOf(await driverOf().plan(step, 1, { ...account.context, environment }))
    expect(plan.unfit).toHaveLength(2)
    expect(plan.unfit[0]).toMatchObject({
      guardrail: 'protected-records',
      reason: 'the environment protects this name',
    })
  })

  it('fails when protections cannot be read: not knowing is a refusal', async () => {
    adversity('route53.ListResourceRecordSetProtections', 'fail')
    expect(await driverOf().plan(step, 1, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'transient', operation: 'route53.ListResourceRecordSetProtections' },
    })
  })

  it('refuses a record outside the zone', async () => {
    const outside = injectStep('route53-remove-record', {
      zone: 'public',
      record: 'checkout.notlarkspur.example',
    })
    expect(await driverOf().plan(outside, 1, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid', code: 'StepUnfit' },
    })
  })
})

describe('a whole drill', () => {
  it('is injected only once every name server has it, and restored field by field', async () => {
    const before = await listed()
    const { driver, live } = await injected()
    expect(await listed()).toEqual([])
    expect(wordsOf(await driver.confirm(live, account.context))).toEqual(['unknown'])
    account.advance(70)
    const seen = valueOf(await driver.confirm(live, account.context))
    expect(seen.observations.map(({ injection }) => injection)).toEqual(['injected', 'injected'])
    expect(seen.actedAt).toBe(account.worldNow() - 70_000_000)

    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['injected'])
    const { undoHandle } = valueOf(await driver.recover(live, account.context))
    const undone = stored({ ...live, ...(undoHandle === undefined ? {} : { undoHandle }) })
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['recovering'])
    account.advance(70)
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['restored'])
    expect(await listed()).toEqual(before)
  })

  it('takes a second undo, and one by another process, as nothing to do', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    const { undoHandle } = valueOf(await driver.recover(live, account.context))
    const other = driverOf()
    const undone = stored({ ...live, ...(undoHandle === undefined ? {} : { undoHandle }) })
    valueOf(await other.recover(undone, account.context))
    expect(batches('CREATE')).toHaveLength(1)
    account.advance(70)
    expect(wordsOf(await other.confirmRecovered(undone, account.context))).toEqual(['restored'])
  })

  it('removes nothing when one of the records changed since planning', async () => {
    const plan = await planned()
    const [first] = await listed()
    await change('UPSERT', { ...(first as ResourceRecordSet), TTL: 31 })
    account.advance(70)
    expect(await driverOf().apply(step, plan, KEY, account.context)).toMatchObject({
      ok: false,
      failure: {
        kind: 'conflict',
        code: 'RecordsChanged',
        message: expect.stringContaining('TTL 31 instead of 30'),
      },
    })
    expect(await listed()).toHaveLength(2)
  })
})

describe('lost answers', () => {
  it('settles a removal whose reply was dropped by listing, and removes once', async () => {
    const driver = driverOf()
    const plan = await planned()
    const undo = stored(driver.undo(step, plan, KEY, account.environment))
    adversity('route53.ChangeResourceRecordSets', 'drop')
    const { handle } = valueOf(await driver.apply(step, plan, KEY, account.context))
    expect(valueOf(await driver.apply(step, plan, KEY, account.context)).handle).toBe(handle)
    expect(batches('DELETE')).toHaveLength(1)
    const seen = valueOf(await driver.confirm(undo, account.context))
    expect(seen.handle).toBe(handle)
    expect(wordsOf({ ok: true, value: seen })).toEqual(['injected'])
  })

  it('waits for Route 53 while the zone is busy with a prior request, and does nothing in the meantime', async () => {
    const plan = await planned()
    await change('CREATE', {
      Name: 'other.larkspur.example',
      Type: 'TXT',
      TTL: 300,
      ResourceRecords: [{ Value: '"x"' }],
    })
    expect(await driverOf().apply(step, plan, KEY, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'throttled', code: 'PriorRequestNotComplete' },
    })
    expect(await listed()).toHaveLength(2)
  })

  it('keeps a removal ambiguous when the reply is lost and the records are still there', async () => {
    const plan = await planned()
    adversity('route53.ChangeResourceRecordSets', 'fail')
    expect(await driverOf().apply(step, plan, KEY, account.context)).toMatchObject({
      ok: false,
      failure: { kind: 'ambiguous' },
    })
  })

  it('puts back once when the reply of the undo is dropped', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    adversity('route53.ChangeResourceRecordSets', 'drop')
    expect(await driver.recover(live, account.context)).toMatchObject({ failure: { kind: 'ambiguous' } })
    account.advance(2)
    const { undoHandle } = valueOf(await driver.recover(live, account.context))
    expect(batches('CREATE')).toHaveLength(1)
    expect(undoHandle).toBeDefined()
    const undone = stored({ ...live, ...(undoHandle === undefined ? {} : { undoHandle }) })
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['recovering'])
    account.advance(70)
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['restored'])
  })
})

describe('somebody else in the zone', () => {
  it('never overwrites a record that somebody put in the way, and says what differs', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    const [primary] = (live.capture as unknown as { records: ResourceRecordSet[] }).records
    const theirs = { ...primary, Name: NAME, Type: 'A' as const, ResourceRecords: [{ Value: '192.0.2.1' }] }
    await change('CREATE', theirs)
    account.advance(70)
    expect(await driver.recover(live, account.context)).toMatchObject({
      ok: false,
      failure: {
        kind: 'conflict',
        code: 'RecordInTheWay',
        message: expect.stringContaining('192.0.2.1 instead of'),
      },
    })
    expect((await listed()).map(({ ResourceRecords }) => ResourceRecords)).toEqual([[{ Value: '192.0.2.1' }]])
    expect(wordsOf(await driver.confirmRecovered(live, account.context))).toEqual(['injected', 'unknown'])
  })

  it('says side by side what was captured, what we made of it and what is there now', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    const [primary] = (live.capture as unknown as { records: ResourceRecordSet[] }).records
    await change('CREATE', { ...primary, ResourceRecords: [{ Value: '192.0.2.1' }] } as ResourceRecordSet)
    const [first] = valueOf(await driver.confirmRecovered(live, account.context)).observations
    expect(first?.foreign).toMatchObject({ ours: 'no such record' })
    expect(first?.foreign?.now).toContain('192.0.2.1')
    expect(first?.foreign?.captured).not.toContain('192.0.2.1')
  })

  it('takes back, keeps or waits, as people decided record by record', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    const before = (live.capture as unknown as { records: ResourceRecordSet[] }).records
    const [primary, standby] = before
    const theirs = { ...primary, ResourceRecords: [{ Value: '192.0.2.1' }] } as ResourceRecordSet
    await change('CREATE', theirs)
    account.advance(70)
    const [first = '', second = ''] = live.targets.map(({ id }) => id)
    const none = { left: [], untouched: [], overwrite: [] }
    const waiting = { ...live, decided: { ...none, untouched: [first], left: [second] } }
    valueOf(await driver.recover(waiting, account.context))
    expect((await listed()).map(({ ResourceRecords }) => ResourceRecords)).toEqual([[{ Value: '192.0.2.1' }]])
    const back = { ...live, decided: { ...none, overwrite: [first], left: [second] } }
    valueOf(await driver.recover(back, account.context))
    expect(await listed()).toEqual([primary])
    expect(standby).toBeDefined()
  })

  it('puts back only what is missing when somebody else put the rest back', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    const [primary] = (live.capture as unknown as { records: ResourceRecordSet[] }).records
    await change('CREATE', primary as ResourceRecordSet)
    account.advance(70)
    const { undoHandle } = valueOf(await driver.recover(live, account.context))
    const undone = stored({ ...live, ...(undoHandle === undefined ? {} : { undoHandle }) })
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['recovering'])
    account.advance(70)
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['restored'])
  })

  it('gives no all-clear for records that are back by a change nobody knows the id of, until time has told', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    for (const record of (live.capture as unknown as { records: ResourceRecordSet[] }).records) {
      await change('CREATE', record)
      account.advance(70)
    }
    const { observations } = valueOf(await driver.confirmRecovered(live, account.context))
    expect(observations.map(({ injection, settles }) => [injection, settles?.afterMs])).toEqual([
      ['recovering', 120_000],
      ['recovering', 120_000],
    ])
  })

  it('control: a record that differs in one value is not restored', async () => {
    const { driver, live } = await injected()
    account.advance(70)
    const { undoHandle = '' } = valueOf(await driver.recover(live, account.context))
    account.advance(70)
    const [first] = await listed()
    await change('UPSERT', { ...(first as ResourceRecordSet), ResourceRecords: [{ Value: '192.0.2.9' }] })
    const undone = { ...live, undoHandle }
    expect(wordsOf(await driver.confirmRecovered(undone, account.context))).toEqual(['restored', 'unknown'])
  })
})
