import { ApiError, type CreateSchedule } from '@firedrill/contracts'
import { readCalendar } from '@firedrill/scenario-file'
import { buildEnvironment, buildScenario } from '@firedrill/testkit'
import { plusMs } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const DAILY = { kind: 'cron', expression: '30 2 * * *', timeZone: 'Europe/Berlin' } as const

/** Books the drill and a schedule that comes every night. */
async function book(overrides: Partial<CreateSchedule> = {}) {
  const drillId = await api.book()
  return api.client.schedules.create({ drillId, when: DAILY, ...overrides })
}

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof ApiError) || error.problem === undefined)
    throw new Error(`not refused: ${String(error)}`)
  return error.problem
}

function raw(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: unknown) {
  return api.raw(path, {
    method,
    headers: {
      host: `127.0.0.1:${api.port}`,
      authorization: `Bearer ${api.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

const vcalendar = (...lines: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:a', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n')
const YEARLY = vcalendar(
  'DTSTART;VALUE=DATE:20201220',
  'DTEND;VALUE=DATE:20210103',
  'RRULE:FREQ=YEARLY',
  'SUMMARY:Year end',
)

describe('schedules', () => {
  it('201: a drill is booked for its wall clock, with defaults, and listed', async () => {
    const made = await book()
    expect(made).toMatchObject({
      title: buildScenario().title,
      missed: { policy: 'skip' },
      enabled: true,
      version: 1,
    })
    expect(await api.client.schedules.list()).toEqual([made])
    const upcoming = await api.client.schedules.occurrences(made.id)
    expect(upcoming).toHaveLength(10)
    expect(upcoming[0]?.at).toBe(made.nextAt)
    expect(
      upcoming.every(({ local, timeZone }) => local.endsWith('T02:30') && timeZone === 'Europe/Berlin'),
    ).toBe(true)
  })

  it('400: what can never come is refused, each with its place', async () => {
    const drillId = await api.book()
    const create = (when: unknown) =>
      refusal(api.client.schedules.create({ drillId, when } as CreateSchedule))
    const wrong = await create({ kind: 'cron', expression: '61 * * * *', timeZone: 'Europe/Berln' })
    expect(wrong.code).toBe('request-invalid')
    expect(wrong.problems.map(({ path, message }) => `${path} ${message}`)).toEqual([
      expect.stringContaining('body/when/expression the minute "61" is none'),
      expect.stringContaining('body/when/timeZone is no time zone'),
    ])
    expect((await create({ kind: 'once', local: '2020-01-01T00:00', timeZone: 'UTC' })).detail).toContain(
      'has passed',
    )
    expect(await api.client.schedules.list()).toEqual([])
  })

  it('404: neither a drill nor a schedule of nobody', async () => {
    const missing = 'drl_01jz0000000000000000000000'
    expect((await refusal(api.client.schedules.create({ drillId: missing, when: DAILY }))).code).toBe(
      'not-found',
    )
    expect((await refusal(api.client.schedules.get('sch_x'))).code).toBe('not-found')
  })

  it('403: until sign-in is configured nothing but a sandbox is booked', async () => {
    const drillId = await api.book()
    const about = {
      teamId: 'default',
      actor: { kind: 'person', id: 'x', name: 'X' },
      origin: 'file',
      source: 'x',
    } as const
    const cloud = buildEnvironment({
      environmentKind: 'cloud',
      aws: { ...buildEnvironment().aws, endpoint: 'aws', credentials: { source: 'profile', profile: 'p' } },
    })
    await api.stores.definitions.put({
      ...about,
      kind: 'environment',
      name: cloud.name,
      hash: 'f'.repeat(64),
      compiled: cloud,
    })
    expect((await refusal(api.client.schedules.create({ drillId, when: DAILY }))).code).toBe('sandbox-only')
  })

  it('412, 428: a change names the version it is made of; of two one holds', async () => {
    const made = await book()
    const path = `/v1/schedules/${made.id}`
    expect((await raw('GET', path)).headers['etag']).toBe('"1"')
    const terms = { when: DAILY, title: 'nightly' }
    const blind = await raw('PUT', path, {}, terms)
    expect([blind.status, (JSON.parse(blind.body) as { code: string }).code]).toEqual([
      428,
      'version-missing',
    ])
    const changed = await raw('PUT', path, { 'if-match': '"1"' }, terms)
    expect([changed.status, changed.headers['etag']]).toEqual([200, '"2"'])
    for (const [method, address, body] of [
      ['PUT', path, terms],
      ['POST', `${path}/pause`, {}],
      ['DELETE', path, undefined],
    ] as const) {
      const late = await raw(method, address, { 'if-match': '"1"' }, body)
      expect([late.status, (JSON.parse(late.body) as { code: string }).code]).toEqual([
        412,
        'changed-meanwhile',
      ])
    }
    expect(await api.client.schedules.get(made.id)).toMatchObject({
      title: 'nightly',
      enabled: true,
      version: 2,
    })
  })

  it('is paused, resumed and removed', async () => {
    const made = await book()
    const paused = await api.client.schedules.pause(made.id, 1)
    expect(paused).toMatchObject({ enabled: false, nextAt: null, version: 2 })
    const resumed = await api.client.schedules.resume(made.id, 2)
    expect(resumed).toMatchObject({ enabled: true, nextAt: made.nextAt, version: 3 })
    await api.client.schedules.remove(made.id, 3)
    expect(await api.client.schedules.list()).toEqual([])
  })

  it('a preview stores nothing, and says what clocks do to a time', async () => {
    await api.book()
    const preview = (local: string) =>
      api.client.schedules.preview({
        scenario: buildScenario().name,
        environment: buildEnvironment().name,
        when: { kind: 'once', local, timeZone: 'Europe/Berlin' },
      })
    expect(await preview('2040-03-25T02:30')).toMatchObject([
      { local: '2040-03-25T03:00', note: expect.stringContaining('clocks go forward to 03:00') as string },
    ])
    expect(await preview('2040-10-28T02:30')).toMatchObject([
      { local: '2040-10-28T02:30', note: expect.stringContaining('comes twice') as string },
    ])
    expect(await api.client.schedules.list()).toEqual([])
  })
})

describe('the calendar', () => {
  const at = (text: string) => Date.parse(text) * 1000
  const year = new Date().getUTCFullYear() + 1

  it('shows booked drills, freezes, and what is in the way', async () => {
    const made = await book({ title: 'nightly' })
    await api.client.schedules.create({
      drillId: made.drillId,
      when: { ...DAILY, expression: '31 2 24 12 *' },
    })
    const imported = await api.client.calendar.import('company', {
      source: YEARLY,
      timeZone: 'Europe/Berlin',
    })
    expect(imported).toMatchObject({ name: 'company', environment: null, events: 1 })
    const { entries, freezes } = await api.client.calendar.range(
      at(`${year}-12-19T00:00Z`),
      at(`${year}-12-25T00:00Z`),
    )
    expect(freezes).toMatchObject([{ reason: 'Year end', source: 'company', environment: null }])
    expect(entries.map(({ conflicts }) => conflicts.map(({ kind }) => kind).join(' '))).toEqual([
      '',
      'freeze',
      'freeze',
      'freeze',
      'freeze',
      'freeze overlap',
      'freeze overlap',
    ])
    await api.client.calendar.remove('company')
    expect(
      (await api.client.calendar.range(at(`${year}-12-19T00:00Z`), at(`${year}-12-25T00:00Z`))).freezes,
    ).toEqual([])
  })

  it('keeps what became of occurrences, with the run as it is now, after the schedule is gone', async () => {
    const made = await book()
    const id = await api.startRun()
    const now = await api.stores.runs.now()
    const occurrence = {
      scheduleId: made.id as never,
      teamId: 'default',
      drillId: made.drillId as never,
      reason: '',
    }
    await api.stores.schedules.settle(
      { id: made.id as never, version: 1 },
      [
        { ...occurrence, at: plusMs(now, -60_000), outcome: 'started', runId: id },
        { ...occurrence, at: plusMs(now, -120_000), outcome: 'missed', reason: 'its time had passed' },
      ],
      undefined,
    )
    await api.client.schedules.remove(made.id, 1)
    const { entries } = await api.client.calendar.range(plusMs(now, -3_600_000), now)
    expect(entries).toMatchObject([
      { state: 'missed', run: null, reason: 'its time had passed' },
      { state: 'started', run: { id, status: 'booked' }, title: buildScenario().title },
    ])
  })

  it('is shown on a run when a freeze began while it was under way, and only then', async () => {
    const id = await api.startRun()
    const begins = new Date(Date.now() + 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
    const freeze = (from: string) => vcalendar(`DTSTART:${from}Z`, 'DURATION:P1D', 'SUMMARY:Launch')
    await api.client.calendar.import('long-ago', { source: freeze('20200101T000000') })
    await api.client.calendar.import('before', {
      source: freeze(new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')),
    })
    await api.client.calendar.import('soon', { source: freeze(begins) })
    await expect
      .poll(async () => (await api.client.runs.get(id)).freezes.map(({ source }) => source), {
        timeout: 5000,
        interval: 100,
      })
      .toEqual(['soon'])
  })

  it('422: a file with problems is imported not at all, and each problem has its line', async () => {
    await api.client.calendar.import('company', { source: YEARLY, timeZone: 'UTC' })
    const bad = vcalendar('DTSTART;VALUE=DATE:20201220', 'RRULE:FREQ=HOURLY')
    const problem = await refusal(api.client.calendar.import('company', { source: bad, timeZone: 'UTC' }))
    expect([problem.code, problem.problems[0]?.line]).toEqual(['definition-invalid', 5])
    expect((await api.client.calendar.imported())[0]?.events).toBe(1)
    const nowhere = await refusal(api.client.calendar.import('x', { source: YEARLY, environment: 'mars' }))
    expect(nowhere.code).toBe('not-found')
  })

  it('is a feed that calendar programs read: escaped, folded, stable identities', async () => {
    const made = await book({
      title: 'nightly, with; ünïcode — and a title that is long enough to be folded twice over here',
    })
    const feed = await api.client.calendar.feed()
    const lines = feed.split('\r\n')
    expect(Math.max(...lines.map((line) => new TextEncoder().encode(line).length))).toBeLessThanOrEqual(75)
    const read = readCalendar(feed)
    if (!read.ok) throw new Error('the feed does not read')
    expect(read.events.length).toBeGreaterThan(180)
    expect(read.events[0]).toMatchObject({
      uid: `${made.id}-${made.nextAt}@firedrill`,
      summary: `Drill: ${made.title}`,
      startWall: (made.nextAt ?? 0) / 1_000_000,
      timeZone: 'UTC',
    })
    expect((await raw('GET', '/v1/calendar.ics')).headers['content-type']).toBe(
      'text/calendar; charset=utf-8',
    )
  })

  it('400: does not begin after its end, nor last for years', async () => {
    expect((await refusal(api.client.calendar.range(2, 1))).code).toBe('request-invalid')
    expect((await refusal(api.client.calendar.range(0, at('2030-01-01T00:00Z')))).code).toBe(
      'request-invalid',
    )
  })
})
