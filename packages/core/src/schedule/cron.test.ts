import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { formatInstant, platformInstant, type PlatformInstant } from '../time/instant.ts'
import { parseCron, type Cron } from './cron.ts'
import { occurrencesAfter } from './occurrences.ts'

function read(text: string): Cron {
  const result = parseCron(text)
  if (!result.ok) throw new Error(`${text}: ${result.problem}`)
  return result.cron
}

const instant = (text: string): PlatformInstant => platformInstant(Date.parse(text) * 1000)

function next(text: string, zone: string, after: string, count: number): readonly string[] {
  const found: string[] = []
  for (const at of occurrencesAfter(read(text), zone, instant(after))) {
    found.push(formatInstant(at).replace(':00.000000Z', 'Z'))
    if (found.length === count) break
  }
  return found
}

describe('a cron expression', () => {
  it.each([
    ['0 10 * * tue', 'UTC', ['2026-11-24T10:00Z', '2026-12-01T10:00Z']],
    ['*/20 9-10 * * *', 'UTC', ['2026-11-22T09:00Z', '2026-11-22T09:20Z']],
    ['0 9 1,15 * *', 'UTC', ['2026-12-01T09:00Z', '2026-12-15T09:00Z']],
    ['0 9 L * ?', 'UTC', ['2026-11-30T09:00Z', '2026-12-31T09:00Z']],
    ['0 9 ? * friL', 'UTC', ['2026-11-27T09:00Z', '2026-12-25T09:00Z']],
    ['0 9 * * mon#2', 'UTC', ['2026-12-14T09:00Z', '2027-01-11T09:00Z']],
    ['0 9 * JAN-MAR FRI-SUN', 'UTC', ['2027-01-01T09:00Z', '2027-01-02T09:00Z']],
    ['0 0 29 2 *', 'UTC', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['0 0 13 * 5', 'UTC', ['2026-11-27T00:00Z', '2026-12-04T00:00Z']],
    ['5/20 0 * * 7', 'UTC', ['2026-11-22T00:05Z', '2026-11-22T00:25Z']],
    ['@weekly', 'Europe/Berlin', ['2026-11-21T23:00Z', '2026-11-28T23:00Z']],
  ])('%s in %s comes as people expect', (text, zone, expected) => {
    expect(next(text, zone, '2026-11-21T15:00:00Z', 2)).toEqual(expected)
  })

  it.each([
    ['0 10 * *', /five fields.*has 4; for example 0 10 \* \* tue/],
    ['0 0 10 * * tue', /five fields.*has 6/],
    ['', /has 0/],
    ['60 * * * *', /the minute "60" is none; it is 0 to 59/],
    ['* * * * tues', /the day of week "tues" is none; it is 0 to 7, or sun to sat/],
    ['* 22-4 * * *', /the hour 22-4 runs backwards; write 22-23,0-4/],
    ['*/0 * * * *', /steps by 0/],
    ['0 0 30 2 *', /no month has such a day/],
    ['0 0 * * 1,,2', /the day of week "" is none/],
    ['1-2-3 * * * *', /is none/],
    ['@reboot', /@reboot is not known; write one of @hourly/],
  ])('%s is refused with what to write instead', (text, problem) => {
    const result = parseCron(text)
    expect(result.ok ? '' : result.problem).toMatch(problem)
  })
})

describe('when clocks change', () => {
  it.each([
    [
      'in a gap it runs at the first instant after it',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'two times of one gap are one run',
      '0,30 2,3 * * *',
      'America/New_York',
      '2027-03-14T06:00:00Z',
      ['2027-03-14T07:00Z', '2027-03-14T07:30Z'],
    ],
    [
      'a time shown twice runs once',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'also when one looks between the two',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-25T00:45:00Z',
      ['2026-10-26T01:30Z'],
    ],
    [
      'half an hour is skipped',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00Z',
      ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
    [
      'half an hour comes twice',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T00:00:00Z',
      ['2026-04-04T14:45Z', '2026-04-05T15:15Z'],
    ],
    [
      'a whole day is skipped',
      '0 9 * * *',
      'Pacific/Apia',
      '2011-12-29T12:00:00Z',
      ['2011-12-29T19:00Z', '2011-12-30T10:00Z', '2011-12-30T19:00Z'],
    ],
    [
      'midnight itself is skipped',
      '0 0 * * *',
      'Africa/Cairo',
      '2026-04-23T12:00:00Z',
      ['2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ],
  ] as const)('%s', (_, text, zone, after, expected) => {
    expect(next(text, zone, after, expected.length)).toEqual(expected)
  })
})

/** Every minute of the wall clock, asked of Temporal: shares nothing with what it checks but the rule. */
function walked(text: string, zone: string, from: Temporal.PlainDateTime, days: number): readonly string[] {
  const [minutes = '', hours = '', , , weekdays = ''] = text.split(' ')
  const has = (list: string, value: number) => list === '*' || list.split(',').map(Number).includes(value)
  const seen = new Set<number>()
  for (let n = 0; n < days * 1440; n += 5) {
    const local = from.add({ minutes: n })
    if (!has(minutes, local.minute) || !has(hours, local.hour) || !has(weekdays, local.dayOfWeek % 7))
      continue
    const zoned = local.toZonedDateTime(zone)
    const isShown = zoned.toPlainDateTime().equals(local)
    const gap = local.toZonedDateTime(zone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')
    seen.add((isShown ? zoned : (gap ?? zoned)).epochMilliseconds)
  }
  return [...seen].sort((a, b) => a - b).map((millis) => new Date(millis).toISOString())
}

describe('against Temporal', () => {
  const random = seeded(20261121)
  const pick = (max: number, count: number, step = 1) =>
    [...new Set(Array.from({ length: count }, () => Math.floor((random() * max) / step) * step))]
      .sort((a, b) => a - b)
      .join(',')

  it.each(
    ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'].flatMap((zone) =>
      [0, 1, 2].map((round) => [zone, round] as const),
    ),
  )('%s, round %i: the same occurrences around changes of clocks', (zone) => {
    const text = `${pick(60, 4, 5)} ${pick(5, 3)} * * ${random() < 0.5 ? '*' : pick(7, 4)}`
    const anchor =
      zone === 'Pacific/Apia'
        ? '2011-12-28T00:00'
        : [
            '2026-03-27T00:00',
            '2026-10-23T00:00',
            '2026-04-03T00:00',
            '2026-10-02T00:00',
            '2026-10-30T00:00',
          ][Math.floor(random() * 5)]
    const from = Temporal.PlainDateTime.from(anchor ?? '2026-03-27T00:00')
    const expected = walked(text, zone, from, 5)
    const start = from.toZonedDateTime(zone).epochMilliseconds * 1000 - 1_000_000
    const found: string[] = []
    for (const at of occurrencesAfter(read(text), zone, platformInstant(start))) {
      if (found.length >= expected.length) break
      found.push(new Date(at / 1000).toISOString())
    }
    expect(found, `${text} in ${zone}`).toEqual(expected)
  })
})

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
