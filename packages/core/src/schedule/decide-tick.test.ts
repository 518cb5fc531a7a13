import { describe, expect, it } from 'vitest'
import type { DrillId, Id } from '../ids/ids.ts'
import { platformInstant, plusMs, type PlatformInstant } from '../time/instant.ts'
import { decideTick, MISSED_MAX } from './decide-tick.ts'
import { nextOccurrence, occurrencesBetween, scheduleTimeSchema, type Schedule } from './schedule.ts'

const at = (text: string): PlatformInstant => platformInstant(Date.parse(text) * 1000)
const ADA = { kind: 'person', id: 'usr_ada', name: 'Ada' } as const
const FIRST = at('2026-11-24T10:00:00Z')

function schedule(overrides: Partial<Schedule> = {}): Schedule {
  return {
    id: 'sch_1' as Id<'schedule'>,
    teamId: 'team',
    drillId: 'drl_1' as DrillId,
    title: 'weekly',
    when: { kind: 'cron', expression: '0 10 * * *', timeZone: 'UTC' },
    missed: { policy: 'skip' },
    enabled: true,
    version: 1,
    nextAt: FIRST,
    createdAt: at('2026-11-20T00:00:00Z'),
    createdBy: ADA,
    updatedAt: at('2026-11-20T00:00:00Z'),
    updatedBy: ADA,
    ...overrides,
  }
}

const acts = (one: Schedule, now: PlatformInstant) => decideTick(one, now).due.map(({ act }) => act)
const late = { policy: 'run-once-late', graceMs: 3_600_000 } as const

describe('a look at a schedule', () => {
  it('starts what is due, within a minute of its time', () => {
    expect(acts(schedule(), plusMs(FIRST, -1))).toEqual([])
    expect(acts(schedule(), FIRST)).toEqual(['start'])
    expect(acts(schedule(), plusMs(FIRST, 60_000))).toEqual(['start'])
    expect(decideTick(schedule(), FIRST).nextAt).toBe(at('2026-11-25T10:00:00Z'))
  })

  it('misses what it is too late for, and says by how much', () => {
    const [due] = decideTick(schedule(), plusMs(FIRST, 90_000)).due
    expect(due).toMatchObject({ act: 'miss', reason: expect.stringContaining('1 min 30 s') as string })
  })

  it('runs late within its grace, not a millisecond after it', () => {
    expect(acts(schedule({ missed: late }), plusMs(FIRST, 3_600_000))).toEqual(['start'])
    expect(acts(schedule({ missed: late }), plusMs(FIRST, 3_600_001))).toEqual(['miss'])
  })

  it('after days of silence starts one at most, the newest, and records the others', () => {
    const now = at('2026-11-27T10:30:00Z')
    expect(acts(schedule({ missed: late }), now)).toEqual(['miss', 'miss', 'miss', 'start'])
    expect(acts(schedule(), now)).toEqual(['miss', 'miss', 'miss', 'miss'])
    expect(decideTick(schedule(), now).nextAt).toBe(at('2026-11-28T10:00:00Z'))
  })

  it('counts what it does not record: a year of minutes is twenty records and a number', () => {
    const minutely = schedule({ when: { kind: 'cron', expression: '* * * * *', timeZone: 'UTC' } })
    const { due } = decideTick(minutely, at('2026-11-24T11:00:30Z'))
    expect(due).toHaveLength(MISSED_MAX)
    expect(due[0]).toMatchObject({
      act: 'miss',
      reason: expect.stringContaining('and 41 before it') as string,
    })
    expect(due.at(-1)?.act).toBe('start')
    const year = decideTick(minutely, at('2027-11-24T11:00:30Z')).due
    expect(year).toHaveLength(MISSED_MAX)
    expect(year[0]).toMatchObject({ reason: expect.stringMatching(/and \d+ or more before it/) as string })
  })

  it('leaves a paused one alone', () => {
    expect(acts(schedule({ enabled: false }), plusMs(FIRST, 1))).toEqual([])
  })
})

describe('the validity of a schedule', () => {
  const terms = {
    when: { kind: 'cron', expression: '0 10 * * *', timeZone: 'UTC' },
    validFrom: at('2026-11-22T10:00:00Z'),
    validUntil: at('2026-11-24T10:00:00Z'),
  } as const
  it('includes its first instant and excludes its last', () => {
    expect(occurrencesBetween(terms, at('2026-11-01T00:00:00Z'), at('2027-01-01T00:00:00Z'), 9)).toEqual([
      at('2026-11-22T10:00:00Z'),
      at('2026-11-23T10:00:00Z'),
    ])
    expect(nextOccurrence(terms, at('2026-11-23T10:00:00Z'))).toBeUndefined()
  })
  it('of a booking is its one time', () => {
    const when = { kind: 'once', local: '2026-10-25T02:30', timeZone: 'Europe/Berlin' } as const
    expect(nextOccurrence({ when }, at('2026-01-01T00:00:00Z'))).toBe(at('2026-10-25T00:30:00Z'))
    expect(nextOccurrence({ when }, at('2026-10-25T00:30:00Z'))).toBeUndefined()
  })
  it('does not begin with what cannot be read', () => {
    const problems = (value: unknown) =>
      scheduleTimeSchema.safeParse(value).error?.issues.map(({ message }) => message)
    expect(problems({ kind: 'cron', expression: '61 * * * *', timeZone: 'Mars/Olympus' })).toEqual([
      expect.stringContaining('the minute "61" is none'),
      expect.stringContaining('is no time zone'),
    ])
    expect(problems({ kind: 'once', local: 'tomorrow', timeZone: 'UTC' })?.[0]).toContain('2026-12-01T09:00')
  })
})
