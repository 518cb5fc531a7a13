import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { platformInstant } from '../time/instant.ts'
import { formatWall, parseWall } from '../time/time-zone.ts'
import type { CalendarEvent, Recurrence } from './calendar-event.ts'
import { freezesIn, freezesOf } from './freeze.ts'
import { beginnings } from './recurrence.ts'

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const wall = (text: string) => parseWall(text) ?? Number.NaN

const RULE: Recurrence = {
  frequency: 'daily',
  interval: 1,
  weekStart: 1,
  months: [],
  monthDays: [],
  weekdays: [],
  positions: [],
}

const event = (overrides: Partial<CalendarEvent> = {}): CalendarEvent => ({
  uid: 'a',
  summary: 'year end',
  timeZone: 'Europe/Berlin',
  startWall: wall('2026-12-20T00:00'),
  length: { unit: 'days', days: 14 },
  extraWalls: [],
  exceptWalls: [],
  ...overrides,
})

/** The same rule as text, for the library of the people who wrote Thunderbird's calendar. */
function ruleText(rule: Recurrence): string {
  const parts = [
    `FREQ=${rule.frequency.toUpperCase()}`,
    `INTERVAL=${rule.interval}`,
    `WKST=${DAYS[rule.weekStart]}`,
  ]
  if (rule.count !== undefined) parts.push(`COUNT=${rule.count}`)
  if (rule.months.length > 0) parts.push(`BYMONTH=${rule.months.join(',')}`)
  if (rule.monthDays.length > 0) parts.push(`BYMONTHDAY=${rule.monthDays.join(',')}`)
  if (rule.weekdays.length > 0)
    parts.push(`BYDAY=${rule.weekdays.map(({ weekday, nth }) => `${nth ?? ''}${DAYS[weekday]}`).join(',')}`)
  if (rule.positions.length > 0) parts.push(`BYSETPOS=${rule.positions.join(',')}`)
  return parts.join(';')
}

function theirs(rule: Recurrence, start: string, to: string): readonly string[] {
  const iterator = ICAL.Recur.fromString(ruleText(rule)).iterator(ICAL.Time.fromDateTimeString(`${start}:00`))
  const found: string[] = []
  for (let n = 0; n < 3000; n++) {
    const time = iterator.next()
    if (time === null || time === undefined) break
    const text = time.toString().slice(0, 16)
    if (text > to) break
    found.push(text)
  }
  return found
}

describe('a rule of recurrence', () => {
  const rules: readonly (readonly [string, Partial<Recurrence>, string])[] = [
    ['every third day', { interval: 3 }, '2026-01-05T09:00'],
    [
      'weekdays of every other week',
      { frequency: 'weekly', interval: 2, weekdays: [{ weekday: 1 }, { weekday: 5 }] },
      '2026-01-05T09:00',
    ],
    [
      'weeks that begin on Sunday',
      { frequency: 'weekly', interval: 2, weekStart: 0, weekdays: [{ weekday: 0 }, { weekday: 3 }] },
      '2026-01-04T09:00',
    ],
    ['the 31st, in months that have one', { frequency: 'monthly' }, '2026-01-31T22:00'],
    ['the last day of the month', { frequency: 'monthly', monthDays: [-1] }, '2026-01-31T00:00'],
    ['the second Tuesday', { frequency: 'monthly', weekdays: [{ weekday: 2, nth: 2 }] }, '2026-01-13T18:00'],
    [
      'the last Friday of a quarter',
      { frequency: 'monthly', interval: 3, weekdays: [{ weekday: 5, nth: -1 }] },
      '2026-03-27T18:00',
    ],
    [
      'the last working day',
      { frequency: 'monthly', weekdays: [1, 2, 3, 4, 5].map((weekday) => ({ weekday })), positions: [-1] },
      '2026-01-30T18:00',
    ],
    ['a day of every year', { frequency: 'yearly' }, '2026-12-20T00:00'],
    [
      'the fourth Thursday of November',
      { frequency: 'yearly', months: [11], weekdays: [{ weekday: 4, nth: 4 }] },
      '2026-11-26T00:00',
    ],
    [
      'a number of times',
      { frequency: 'weekly', count: 5, weekdays: [{ weekday: 1 }, { weekday: 2 }] },
      '2026-01-05T09:00',
    ],
    [
      'Friday the 13th',
      { frequency: 'monthly', weekdays: [{ weekday: 5 }], monthDays: [13] },
      '2026-02-13T00:00',
    ],
    ['days of summer', { months: [6, 7], monthDays: [1, 15] }, '2026-06-01T00:00'],
  ]
  it.each(rules)('%s comes as it does in ical.js', (_, overrides, start) => {
    const rule = { ...RULE, ...overrides }
    const to = '2032-12-31T23:59'
    const ours = [...beginnings(event({ startWall: wall(start), recurrence: rule }), wall(start), wall(to))]
    const expected = theirs(rule, start, to)
    expect(expected.length).toBeGreaterThan(1)
    expect(ours.map(formatWall)).toEqual(expected)
  })

  it.each(rules)('%s is the same when one looks from the middle', (_, overrides, start) => {
    const rule = { ...RULE, ...overrides }
    const one = event({ startWall: wall(start), recurrence: rule })
    const [from, to] = [wall('2029-06-15T00:00'), wall('2032-12-31T23:59')]
    const whole = [...beginnings(one, wall(start), to)].filter((begins) => begins >= from)
    expect([...beginnings(one, from, to)].filter((begins) => begins >= from)).toEqual(whole)
  })
})

it('leaves out dates that a calendar does not have, as RFC 5545 says; ical.js moves 29 February', () => {
  const rule = { ...RULE, frequency: 'yearly' } as const
  const one = event({ startWall: wall('2024-02-29T00:00'), recurrence: rule })
  const found = [...beginnings(one, one.startWall, wall('2032-12-31T00:00'))]
  expect(found.map(formatWall)).toEqual(['2024-02-29T00:00', '2028-02-29T00:00', '2032-02-29T00:00'])
})

describe('freezes of a calendar', () => {
  const range = (from: string, to: string) =>
    [platformInstant(Date.parse(from) * 1000), platformInstant(Date.parse(to) * 1000)] as const
  const spans = (events: readonly CalendarEvent[], from: string, to: string) =>
    freezesOf({ name: 'company', events }, ...range(from, to)).map((freeze) =>
      [freeze.from, freeze.to].map((at) => new Date(at / 1000).toISOString().slice(0, 16)).join(' to '),
    )

  it('begin and end at midnights of their zone, also across a change of clocks', () => {
    const spring = event({ startWall: wall('2026-03-28T00:00'), length: { unit: 'days', days: 2 } })
    expect(spans([spring], '2026-03-01T00:00Z', '2026-04-01T00:00Z')).toEqual([
      '2026-03-27T23:00 to 2026-03-29T22:00',
    ])
  })

  it('are found when one looks into their middle, years later, and not a moment after their end', () => {
    const yearly = event({ recurrence: { ...RULE, frequency: 'yearly' } })
    expect(spans([yearly], '2030-12-25T00:00Z', '2030-12-25T00:01Z')).toEqual([
      '2030-12-19T23:00 to 2031-01-02T23:00',
    ])
    expect(spans([yearly], '2031-01-02T23:00Z', '2031-01-02T23:01Z')).toEqual([])
  })

  it('leave out what is excepted and add what is added', () => {
    const weekly = event({
      startWall: wall('2026-12-01T09:00'),
      length: { unit: 'seconds', seconds: 3600 },
      recurrence: { ...RULE, frequency: 'weekly', count: 3 },
      exceptWalls: [wall('2026-12-08T09:00')],
      extraWalls: [wall('2026-12-09T09:00')],
    })
    expect(spans([weekly], '2026-11-01T00:00Z', '2027-02-01T00:00Z')).toEqual([
      '2026-12-01T08:00 to 2026-12-01T09:00',
      '2026-12-09T08:00 to 2026-12-09T09:00',
      '2026-12-15T08:00 to 2026-12-15T09:00',
    ])
  })

  it('hold in the environment they were imported for, or in all', () => {
    const [from, to] = range('2026-12-24T00:00Z', '2026-12-25T00:00Z')
    const calendar = (environment?: string) => ({
      teamId: 'team',
      name: 'company',
      ...(environment === undefined ? {} : { environment }),
      events: [event()],
      source: '',
      at: from,
      actor: { kind: 'person', id: 'usr_ada', name: 'Ada' } as const,
    })
    const own = { name: 'shop', freezes: [{ from, to, reason: 'mine' }] }
    const sources = (environment?: string) =>
      freezesIn(own, [calendar(environment)], from, to).map(({ source }) => source)
    expect(sources()).toEqual(['company', 'environment'])
    expect(sources('shop')).toEqual(['company', 'environment'])
    expect(sources('bank')).toEqual(['environment'])
  })
})
