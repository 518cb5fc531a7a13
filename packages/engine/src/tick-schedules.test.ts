import { AppError, plusMs, REAL_CLOCK, type Actor, type Schedule, type ScheduleTerms } from '@firedrill/core'
import {
  buildEnvironment,
  buildScenario,
  manualTime,
  memoryHints,
  memoryStores,
  seededIds,
  seededRandom,
} from '@firedrill/testkit'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createApplyDefinition } from './apply-definition.ts'
import { createScheduleUseCases } from './schedule-use-cases.ts'
import { createStartRun } from './start-run.ts'
import { createTickSchedules } from './tick-schedules.ts'

const ADA: Actor = { kind: 'person', id: 'usr_ada', name: 'Ada' }
const TEAM = 'default'
const DAY_MS = 86_400_000
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
const late = { policy: 'run-once-late', graceMs: 3_600_000 } as const

/** A platform with one drill and a schedule that comes every day, at a time of day that is `inMs` from now. */
async function lab(terms: Partial<ScheduleTerms> = {}, sandboxOnly = true) {
  const time = manualTime()
  const stores = memoryStores(time.now)
  const ids = seededIds(5)
  const hints = memoryHints()
  const ports = { ...stores, hints, ids, random: seededRandom(1), clockOf: async () => REAL_CLOCK }
  const apply = createApplyDefinition({ ...stores, sha256 })
  const about = { teamId: TEAM, actor: ADA, origin: 'file', source: 'x' } as const
  await apply({ ...about, kind: 'scenario', compiled: buildScenario() })
  await apply({ ...about, kind: 'environment', compiled: buildEnvironment() })
  const drill = await stores.drills.book({
    id: ids.mint('drill'),
    teamId: TEAM,
    title: 'daily',
    scenario: buildScenario().name,
    environment: buildEnvironment().name,
    createdBy: ADA,
  })
  const useCases = createScheduleUseCases(ports)
  const minute = (Math.floor(time.now() / 60_000_000) + 10) % 1440
  const daily: ScheduleTerms = {
    title: 'daily',
    when: { kind: 'cron', expression: `${minute % 60} ${Math.floor(minute / 60)} * * *`, timeZone: 'UTC' },
    missed: { policy: 'skip' },
    enabled: true,
    ...terms,
  }
  const schedule = await useCases.createSchedule({
    teamId: TEAM,
    actor: ADA,
    drillId: drill.id,
    terms: daily,
  })
  const failures: unknown[] = []
  const worker = (change: Partial<Parameters<typeof createTickSchedules>[0]> = {}) =>
    createTickSchedules({
      ...ports,
      startRun: createStartRun(ports),
      sandboxOnly,
      onFailure: (_, error) => failures.push(error),
      ...change,
    })
  const until = (at: Schedule['nextAt'], extraMs = 0) =>
    time.advance(((at ?? time.now()) - time.now()) / 1000 + extraMs)
  return { time, stores, ports, hints, drill, useCases, schedule, worker, until, failures, tick: worker() }
}
type Lab = Awaited<ReturnType<typeof lab>>

const statuses = async ({ stores }: Lab) =>
  (await stores.runs.list(TEAM)).map(({ state }) => state.status).toReversed()
const outcomes = async ({ stores, time }: Lab) =>
  (
    await stores.schedules.occurrences(TEAM, plusMs(time.now(), -400 * DAY_MS), plusMs(time.now(), DAY_MS))
  ).map(({ outcome }) => outcome)

describe('a schedule', () => {
  it('starts its drill at its time, once, and goes on to the next', async () => {
    const one = await lab()
    await one.tick()
    expect(await statuses(one)).toEqual([])
    await one.until(one.schedule.nextAt)
    expect([await one.tick(), await one.tick()]).toEqual([1, 0])
    const [run] = await one.stores.runs.list(TEAM)
    expect(run?.state.scheduled).toEqual({ schedule: one.schedule.id, at: one.schedule.nextAt })
    expect(await one.stores.runs.events(run?.id ?? ('' as never), 0, 1)).toMatchObject([
      { actor: { kind: 'system', name: 'schedule daily' } },
    ])
    expect(one.hints.sent).toHaveLength(1)
    const [kept] = await one.stores.schedules.list(TEAM)
    expect(kept?.nextAt).toBe(plusMs(one.schedule.nextAt ?? one.time.now(), DAY_MS))
  })

  it('makes one run for an occurrence however many workers look at once', async () => {
    const one = await lab()
    await one.until(one.schedule.nextAt)
    await Promise.all(Array.from({ length: 8 }, () => one.worker()()))
    expect(await statuses(one)).toEqual(['booked'])
    expect(await outcomes(one)).toEqual(['started'])
  })

  it('is not started twice by a worker that dies after the start and before the record', async () => {
    const one = await lab()
    await one.until(one.schedule.nextAt)
    const settle = () => Promise.reject(new Error('killed'))
    await one.worker({ schedules: { ...one.stores.schedules, settle } })()
    expect([await statuses(one), await outcomes(one)]).toEqual([['booked'], []])
    await one.tick()
    expect([await statuses(one), await outcomes(one)]).toEqual([['booked'], ['started']])
  })

  it('control: without the key of the occurrence it would be', async () => {
    const one = await lab()
    await one.until(one.schedule.nextAt)
    const forgetful: ReturnType<typeof createStartRun> = (drill, actor, { sandboxOnly }) =>
      createStartRun(one.ports)(drill, actor, { sandboxOnly })
    const settle = () => Promise.reject(new Error('killed'))
    await one.worker({ startRun: forgetful, schedules: { ...one.stores.schedules, settle } })()
    await one.worker({ startRun: forgetful })()
    expect(await statuses(one)).toEqual(['booked', 'booked'])
  })

  it('records every occurrence of days of silence as missed, in the list of runs', async () => {
    const one = await lab()
    await one.until(one.schedule.nextAt, 3 * DAY_MS - 3_600_000)
    await one.tick()
    expect(await statuses(one)).toEqual(['missed', 'missed', 'missed'])
    expect(await outcomes(one)).toEqual(['missed', 'missed', 'missed'])
    const [run] = await one.stores.runs.list(TEAM)
    expect(run?.state.refusal).toContain('the schedule skips what is missed')
    expect(await one.stores.runs.due(9)).toEqual([])
  })

  it('that runs late starts the newest within its grace and misses the others', async () => {
    const one = await lab({ missed: late })
    await one.until(one.schedule.nextAt, 2 * DAY_MS + 600_000)
    await one.tick()
    expect(await statuses(one)).toEqual(['missed', 'missed', 'booked'])
  })

  it('is refused while the last run of the drill is not over, and starts again when it is', async () => {
    const one = await lab()
    await one.until(one.schedule.nextAt)
    await one.tick()
    await one.time.advance(DAY_MS)
    await one.tick()
    expect(await statuses(one)).toEqual(['booked', 'refused'])
    const [refused, first] = await one.stores.runs.list(TEAM)
    expect(refused?.state.refusal).toBe(`run ${first?.id} of the same drill is not over`)
    await one.stores.runs.append(first?.id ?? ('' as never), { kind: 'open' }, ADA, () => [
      { type: 'status-changed', data: { from: 'booked', to: 'cancelled', why: 'enough' } },
    ])
    await one.time.advance(DAY_MS)
    await one.tick()
    expect(await outcomes(one)).toEqual(['started', 'refused', 'started'])
  })

  it('is refused, with a run that says so, while the halt is set', async () => {
    const one = await lab({ missed: late })
    await one.stores.halt.set(ADA, 'storm')
    await one.until(one.schedule.nextAt)
    await one.tick()
    expect(await statuses(one)).toEqual(['refused'])
    expect((await one.stores.runs.list(TEAM))[0]?.state.refusal).toContain('storm')
  })

  it('is tried again as long as it is in time, then missed', async () => {
    const one = await lab()
    const away = one.worker({
      startRun: () => Promise.reject(new Error('the clock of the environment is away')),
    })
    await one.until(one.schedule.nextAt)
    await away()
    expect([await outcomes(one), one.failures.length]).toEqual([[], 1])
    await one.tick()
    expect(await outcomes(one)).toEqual(['started'])
    await one.time.advance(DAY_MS)
    await away()
    await one.time.advance(61_000)
    await away()
    expect(await outcomes(one)).toEqual(['started', 'missed'])
  })

  it('whose drill may not start here is refused as a start by hand is', async () => {
    const one = await lab()
    const startRun = () => Promise.reject(new AppError('sandbox-only', 'not a sandbox'))
    await one.until(one.schedule.nextAt)
    await one.worker({ startRun })()
    expect(await outcomes(one)).toEqual(['refused'])
  })

  it('does not come while it is paused, and does not catch up when it goes on', async () => {
    const one = await lab()
    const { schedule, useCases } = one
    const change = (version: number, enabled: boolean) =>
      useCases.changeSchedule({
        teamId: TEAM,
        actor: ADA,
        id: schedule.id,
        version,
        terms: { ...schedule, enabled },
      })
    await change(1, false)
    await one.until(schedule.nextAt, DAY_MS + 5000)
    await one.tick()
    const resumed = await change(2, true)
    await one.tick()
    expect(await statuses(one)).toEqual([])
    expect(resumed.nextAt).toBe(plusMs(schedule.nextAt ?? one.time.now(), 2 * DAY_MS))
  })

  it('that can never come is not booked, and two changes of one version do not both hold', async () => {
    const one = await lab()
    const { schedule, useCases, drill } = one
    const asker = { teamId: TEAM, actor: ADA }
    const past = { ...schedule, when: { kind: 'once', local: '2020-01-01T00:00', timeZone: 'UTC' } } as const
    await expect(useCases.createSchedule({ ...asker, drillId: drill.id, terms: past })).rejects.toMatchObject(
      {
        code: 'request-invalid',
        message: expect.stringContaining('has passed') as string,
      },
    )
    await useCases.changeSchedule({
      ...asker,
      id: schedule.id,
      version: 1,
      terms: { ...schedule, title: 'mine' },
    })
    await expect(useCases.removeSchedule({ ...asker, id: schedule.id, version: 1 })).rejects.toMatchObject({
      code: 'changed-meanwhile',
    })
  })
})
