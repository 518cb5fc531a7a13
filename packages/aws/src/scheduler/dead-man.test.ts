import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import { DEAD_MAN_APART_MS, plusMs, type DeadMan, type FaultDriver, type UndoPlan } from '@firedrill/core'
import { buildEnvironment } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRoute53RemoveRecord } from '../faults/route53-remove-record/fault.ts'
import { scheduledUndo } from '../faults/route53-remove-record/scheduled-undo.ts'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  type SimulatedAccount,
} from '../testing/simulated-account.ts'
import { createSchedulerDeadMan } from './dead-man.ts'
import { javaSpelling } from './undo-calls.ts'

const ROLE = 'arn:aws:iam::111122223333:role/firedrill-dead-man'
const NAME = 'checkout.larkspur.example'
const KEY = 'key of the step'

let account: SimulatedAccount
let driver: FaultDriver
let deadMan: DeadMan
beforeEach(async () => {
  const open = await simulatedAccount()
  const aws = { ...open.environment.aws, schedulerRoleArn: ROLE }
  const environment = { ...open.environment, deadMan: 'aws-scheduler' as const, aws }
  account = { ...open, environment, context: { ...open.context, environment } }
  // Nobody looks at the users here, and they are most of a world's work.
  const { populations } = account.sim.world.populations
  for (const name of populations.keys()) populations.delete(name)
  driver = createRoute53RemoveRecord(account.clients)
  if (driver.deadMan === undefined) throw new Error('the fault has a dead man')
  deadMan = driver.deadMan
})
afterEach(async () => account.close())

const step = () => injectStep('route53-remove-record', { zone: 'public', record: NAME })
const aws = () =>
  valueOf(
    account.clients.get({
      environment: account.environment,
      region: account.environment.homeRegion,
      purpose: 'observe',
    }),
  )

async function records() {
  const HostedZoneId = account.environment.hostedZones['public']?.id
  const { ResourceRecordSets } = await aws().route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }))
  return (ResourceRecordSets ?? []).filter(({ Name }) => Name === `${NAME}.`)
}

async function planned() {
  const plan = storedPlan(valueOf(await driver.plan(step(), 1, account.context)))
  return { plan, undo: stored(driver.undo(step(), plan, KEY, account.environment)) }
}

const order = (seconds: number) => ({
  firesAt: plusMs(account.worldNow(), seconds * 1000),
  apartMs: DEAD_MAN_APART_MS,
  tryForMs: 120_000,
  about: 'run 7, step break',
})
const arm = async (undo: UndoPlan, seconds = 600) =>
  valueOf(await deadMan.arm(undo, order(seconds), account.context))
const schedules = async () => (await aws().scheduler.send(new ListSchedulesCommand({}))).Schedules ?? []
const byScheduler = () =>
  account.sim.world.calls.mutations().filter(({ userAgent }) => userAgent === 'Amazon EventBridge Scheduler')

describe('the dead man of a removed record', () => {
  it('puts back field by field what was removed, though nobody is left, and takes itself away', async () => {
    const before = await records()
    const { plan, undo } = await planned()
    await arm(undo)
    valueOf(await driver.apply(step(), plan, KEY, account.context))
    expect(await records()).toEqual([])
    account.advance(599)
    expect(await records()).toEqual([])
    account.advance(62)
    expect(before.length).toBeGreaterThan(1)
    expect(await records()).toEqual(before)
    expect(await schedules()).toEqual([])
    expect(byScheduler()).toMatchObject([{ outcome: 'ok', summary: expect.stringContaining(ROLE) as string }])
    const { undoHandle = '' } = valueOf(await driver.recover(undo, account.context))
    account.advance(70)
    const seen = valueOf(await driver.confirmRecovered({ ...undo, undoHandle }, account.context))
    expect(new Set(seen.observations.map(({ injection }) => injection))).toEqual(new Set(['restored']))
  })

  it('without it the records stay away', async () => {
    const { plan } = await planned()
    valueOf(await driver.apply(step(), plan, KEY, account.context))
    account.advance(1200)
    expect(await records()).toEqual([])
  })

  it('that comes while all is as it was changes nothing', async () => {
    const before = await records()
    const { undo } = await planned()
    await arm(undo, 60)
    account.advance(400)
    expect(byScheduler().every(({ outcome }) => outcome === 'InvalidChangeBatch')).toBe(true)
    expect(byScheduler()).not.toEqual([])
    expect(await records()).toEqual(before)
  })

  it('is one schedule however often it is told, moved where the time is another, and gone when called off', async () => {
    const { undo } = await planned()
    const booked = deadMan.book(undo, account.environment)
    const first = await arm(undo)
    account.advance(5)
    await arm(undo, 900)
    const [only, ...others] = await schedules()
    expect(others).toEqual([])
    expect(booked).toEqual({ ok: true, schedules: [`${aws().region}/${only?.Name}`] })
    expect(first.seen).toContain(only?.Name)
    const moved = await aws().scheduler.send(new GetScheduleCommand({ Name: only?.Name }))
    expect(moved.ScheduleExpression).not.toBe(first.seen.split(' ')[1])
    const calls = account.calls('scheduler.UpdateSchedule') + account.calls('scheduler.CreateSchedule')
    expect(calls).toBe(2)
    expect(valueOf(await deadMan.release(undo, account.context)).seen).toContain('deleted')
    expect(await schedules()).toEqual([])
    expect(valueOf(await deadMan.release(undo, account.context)).seen).toContain('not there any more')
  })

  it('that somebody changed is told anew', async () => {
    const { undo } = await planned()
    await arm(undo)
    const [only] = await schedules()
    const {
      $metadata: _,
      Arn: __,
      CreationDate: ___,
      LastModificationDate: ____,
      ...found
    } = await aws().scheduler.send(new GetScheduleCommand({ Name: only?.Name }))
    await aws().scheduler.send(new UpdateScheduleCommand({ ...found, State: 'DISABLED' } as never))
    await arm(undo)
    const again = await aws().scheduler.send(new GetScheduleCommand({ Name: only?.Name }))
    expect(again.State).toBe('ENABLED')
    await aws().scheduler.send(new DeleteScheduleCommand({ Name: only?.Name }))
  })

  it('that the account refuses is a failure, and never taken for told', async () => {
    const { undo } = await planned()
    const foreign = { ...account.environment.aws, schedulerRoleArn: 'arn:aws:iam::999988887777:role/x' }
    const context = { ...account.context, environment: { ...account.environment, aws: foreign } }
    const refused = await deadMan.arm(undo, order(600), context)
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'invalid', code: 'ValidationException' } })
    const rule = {
      operation: 'scheduler.CreateSchedule',
      kind: 'drop',
      probability: 1,
      count: 1,
      delay: 0,
    } as const
    account.sim.world.adversity.add(rule)
    const dropped = await deadMan.arm(undo, order(600), account.context)
    expect(dropped).toMatchObject({ ok: false, failure: { kind: 'ambiguous' } })
    await arm(undo)
    expect(await schedules()).toHaveLength(1)
  })

  it('control: in the words of the API itself it would not be accepted', async () => {
    const { undo } = await planned()
    const literal = createSchedulerDeadMan(account.clients, (plan, environment) => {
      const worked = scheduledUndo(plan, environment)
      if (!worked.ok) return worked
      const spelled = JSON.stringify(worked.calls)
        .replaceAll('"Ttl"', '"TTL"')
        .replaceAll('"DnsName"', '"DNSName"')
      return { ok: true, calls: JSON.parse(spelled) as typeof worked.calls }
    })
    const answer = await literal.arm(undo, order(600), account.context)
    expect(answer).toMatchObject({ ok: false, failure: { code: 'ValidationException' } })
  })

  it('stands in the plan with what it needs, in such an environment alone', async () => {
    const { plan } = await planned()
    expect(plan.permissions).toEqual(expect.arrayContaining(['scheduler:CreateSchedule', 'iam:PassRole']))
    expect(plan.calls.join('\n')).toContain(`iam PassRole of ${ROLE} to scheduler.amazonaws.com`)
    const { deadMan: _, ...environment } = account.environment
    const plain = valueOf(await driver.plan(step(), 1, { ...account.context, environment }))
    expect([...plain.permissions, ...plain.calls].join('\n')).not.toMatch(/scheduler/)
  })
})

it('members are spelled as the SDK for Java spells them', () => {
  const record = { TTL: 60, AliasTarget: { DNSName: 'x', HostedZoneId: 'TTL' }, list: [{ AWSRegion: 1 }] }
  expect(javaSpelling(record)).toEqual({
    Ttl: 60,
    AliasTarget: { DnsName: 'x', HostedZoneId: 'TTL' },
    list: [{ AwsRegion: 1 }],
  })
})

it('what cannot be read is no schedule, and says why', () => {
  const undo = { capture: {}, key: KEY } as unknown as UndoPlan
  expect(scheduledUndo(undo, buildEnvironment())).toMatchObject({ ok: false })
})
