import { freezesOf, platformInstant, type CalendarEvent } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '../problem/problems.ts'
import { readCalendar } from './read-calendar.ts'

const file = (...lines: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n')
const event = (...lines: readonly string[]) => ['BEGIN:VEVENT', 'UID:a@example.test', ...lines, 'END:VEVENT']

function events(text: string, timeZone?: string): readonly CalendarEvent[] {
  const read = readCalendar(text, timeZone === undefined ? {} : { timeZone })
  if (!read.ok) throw new Error(formatProblems(read.problems, 'x.ics'))
  return read.events
}

function told(text: string): readonly string[] {
  const read = readCalendar(text)
  return read.ok ? [] : formatProblems(read.problems, 'x.ics').split('\n')
}

function spans(text: string, from: string, to: string, timeZone?: string): readonly string[] {
  const range = [from, to].map((at) => platformInstant(Date.parse(at) * 1000))
  return freezesOf(
    { name: 'x', events: events(text, timeZone) },
    range[0] ?? platformInstant(0),
    range[1] ?? platformInstant(0),
  ).map(
    (freeze) =>
      `${[freeze.from, freeze.to].map((at) => new Date(at / 1000).toISOString().slice(0, 16)).join(' to ')} ${freeze.reason}`,
  )
}

describe('a calendar file', () => {
  it('of whole days is read in the zone it is imported for, and recurs', () => {
    const text = file(
      ...event(
        'DTSTART;VALUE=DATE:20261220',
        'DTEND;VALUE=DATE:20270103',
        'RRULE:FREQ=YEARLY',
        'SUMMARY:Year end\\, all\r\n  teams',
      ),
    )
    expect(spans(text, '2027-12-24', '2027-12-25', 'Europe/Berlin')).toEqual([
      '2027-12-19T23:00 to 2028-01-02T23:00 Year end, all teams',
    ])
  })

  it('as Outlook writes it: a zone by its Windows name, folded lines, alarms, a byte order mark', () => {
    const text = `\uFEFF${file(
      'BEGIN:VTIMEZONE',
      'TZID:W. Europe Standard Time',
      'BEGIN:STANDARD',
      'DTSTART:16011028T030000',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'END:STANDARD',
      'END:VTIMEZONE',
      ...event(
        'DTSTART;TZID="W. Europe Standard Time":20260707T180000',
        'DTEND;TZID=W. Europe Standard Time:20260707T200000',
        'RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260721T160000Z',
        'SUMMARY;LANGUAGE=en:Release',
        'BEGIN:VALARM',
        'TRIGGER:-PT15M',
        'DURATION:PT1M',
        'END:VALARM',
      ),
    )}`
    expect(spans(text, '2026-07-01', '2026-09-01')).toEqual([
      '2026-07-07T16:00 to 2026-07-07T18:00 Release',
      '2026-07-14T16:00 to 2026-07-14T18:00 Release',
      '2026-07-21T16:00 to 2026-07-21T18:00 Release',
    ])
  })

  it('with exceptions: one left out, one moved, one cancelled', () => {
    const text = file(
      'X-WR-TIMEZONE:America/New_York',
      ...event(
        'DTSTART:20261103T090000',
        'DURATION:PT2H',
        'RRULE:FREQ=DAILY;COUNT=5',
        'EXDATE:20261104T140000Z',
        'SUMMARY:Close',
      ),
      ...event(
        'RECURRENCE-ID:20261105T090000',
        'DTSTART:20261105T150000',
        'DURATION:PT1H',
        'SUMMARY:Close, later',
      ),
      ...event(
        'RECURRENCE-ID;VALUE=DATE:20261106',
        'DTSTART:20261106T090000',
        'DURATION:PT2H',
        'STATUS:CANCELLED',
      ),
    )
    expect(spans(text, '2026-11-01', '2026-12-01')).toEqual([
      '2026-11-03T14:00 to 2026-11-03T16:00 Close',
      '2026-11-05T20:00 to 2026-11-05T21:00 Close, later',
      '2026-11-07T14:00 to 2026-11-07T16:00 Close',
    ])
  })

  it('is refused whole when any event cannot be read: line, what is wrong, what to do', () => {
    expect(
      told(
        file(
          ...event('DTSTART;VALUE=DATE:20261232'),
          ...event('DTSTART;VALUE=DATE:20261224'),
          ...event('DTSTART:20261224T100000Z'),
          ...event('DTSTART:20261224T100000Z', 'DTEND:20261224T090000Z'),
          ...event('DTSTART;TZID=Mars/Olympus:20261224T100000', 'DURATION:PT1H'),
          ...event('DTSTART:20261224T100000Z', 'DURATION:one hour'),
          ...event('DTSTART:20261224T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=HOURLY'),
          ...event('DTSTART:20261224T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;BYDAY=-1FR'),
          ...event('DTSTART:20261224T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY;BYWEEKNO=20'),
          ...event('DURATION:PT1H'),
          'nonsense',
        ),
      ),
    ).toEqual([
      'x.ics:5:20: "20261232" is no date of the calendar (DTSTART)',
      '    For example: 20261224, or 20261224T180000Z.',
      'x.ics:9:20: a date begins at another instant in every time zone, and the file names none (DTSTART)',
      '    Import it with a zone: --zone Europe/Berlin.',
      'x.ics:13:9: the event has no length, so it would freeze nothing (DTSTART)',
      '    Give it DTEND or DURATION.',
      'x.ics:18:7: the event ends before it begins (DTEND)',
      '    DTEND is later than DTSTART.',
      'x.ics:22:27: there is no time zone named Mars/Olympus (DTSTART)',
      '    Export the calendar with names such as Europe/Berlin, or with times in UTC.',
      'x.ics:28:10: "one hour" is no length of time (DURATION)',
      '    For example: P14D, or PT90M.',
      'x.ics:34:7: a rule recurs daily, weekly, monthly, yearly, not "HOURLY" (RRULE)',
      '    For example: FREQ=YEARLY.',
      'x.ics:40:7: -1FR counts weekdays of a month, but the rule is weekly (RRULE)',
      '    Write FR.',
      'x.ics:46:7: BYWEEKNO in a rule is not read (RRULE)',
      '    Freezes recur by FREQ, INTERVAL, COUNT, UNTIL, WKST, BYDAY, BYMONTH, BYMONTHDAY, BYSETPOS; write what remains as single events.',
      'x.ics:48:7: the event has no DTSTART (BEGIN)',
      '    Write when it begins.',
      'x.ics:52:1: this is no property: nonsense',
      '    A property is written NAME:VALUE.',
    ])
  })

  it.each([
    ['', 'this is no iCalendar file'],
    ['<html>', 'this is no iCalendar file'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224T100000Z\nDURATION:PT1H', 'BEGIN:VCALENDAR has no end'],
    ['BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR', 'END:VEVENT ends nothing that is open'],
  ])('%j is told for what it is', (text, message) => {
    expect(told(text).join('\n')).toContain(message)
  })

  it('bent at random is read or refused with a place, never worse', () => {
    const text = file(
      ...event(
        'DTSTART;TZID=Europe/Berlin:20261103T090000',
        'DURATION:PT2H',
        'RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=5',
        'EXDATE;TZID=Europe/Berlin:20261110T090000',
      ),
    )
    let state = 7
    const random = (max: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % max
    }
    for (let n = 0; n < 1500; n++) {
      const at = random(text.length)
      const bent = `${text.slice(0, at)}${[':', ';', '=', ',', '\n', ' ', '-', '9', 'Z', ''][random(10)]}${text.slice(at + random(4))}`
      const read = readCalendar(bent)
      if (read.ok) freezesOf({ name: 'x', events: read.events }, platformInstant(0), platformInstant(4e15))
      else expect(read.problems.every(({ line }) => line >= 1)).toBe(true)
    }
  })
})
