import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { firstInstantOf, formatWall, isTimeZone, parseWall, timesShown, wallAt } from './time-zone.ts'

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Cairo',
  'Asia/Kolkata',
  'America/St_Johns',
  'UTC',
] as const

/** What Temporal says: `compatible` is the first of two, and in a gap the instant after it is found by a walk. */
function oracle(zone: string, text: string): number {
  const local = Temporal.PlainDateTime.from(text)
  const zoned = local.toZonedDateTime(zone, { disambiguation: 'compatible' })
  if (zoned.toPlainDateTime().equals(local)) return zoned.epochMilliseconds / 1000
  const before = local.toZonedDateTime(zone, { disambiguation: 'earlier' })
  const transition = before.getTimeZoneTransition('next')
  return (transition?.epochMilliseconds ?? Number.NaN) / 1000
}

describe('a wall-clock time', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00:00Z', 'never'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00Z', 'twice'],
    ['America/New_York', '2027-03-14T02:00', '2027-03-14T07:00:00Z', 'never'],
    ['America/New_York', '2026-11-01T01:59', '2026-11-01T05:59:00Z', 'twice'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30:00Z', 'never'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00Z', 'twice'],
    ['Pacific/Apia', '2011-12-30T09:00', '2011-12-30T10:00:00Z', 'never'],
    ['Asia/Kolkata', '2026-06-01T00:00', '2026-05-31T18:30:00Z', 'once'],
  ] as const)('in %s, %s first comes at %s; the clock shows it %s', (zone, local, instant, shown) => {
    const wall = parseWall(local) ?? Number.NaN
    expect(firstInstantOf(zone, wall)).toBe(Date.parse(instant) / 1000)
    expect(timesShown(zone, wall)).toBe(shown)
  })

  it('agrees with Temporal around every change of clocks of five years, and in between', () => {
    for (const zone of ZONES) {
      let at = Temporal.ZonedDateTime.from(`2009-12-01T00:00[${zone}]`)
      for (let n = 0; n < 12; n++) {
        const next = at.getTimeZoneTransition('next')
        at = next ?? at.add({ months: 5, hours: 7, minutes: 13 })
        for (let minutes = -1500; minutes <= 1500; minutes += 75) {
          const local = at.toPlainDateTime().add({ minutes }).toString({ smallestUnit: 'minute' })
          const wall = parseWall(local) ?? Number.NaN
          expect(firstInstantOf(zone, wall), `${zone} ${local}`).toBe(oracle(zone, local))
        }
      }
    }
  })

  it('of a later time never comes first before that of an earlier one', () => {
    for (const zone of ZONES) {
      const start = parseWall('2026-03-28T00:00') ?? 0
      let last = -Infinity
      for (let wall = start; wall < start + 3 * 86_400; wall += 600) {
        const instant = firstInstantOf(zone, wall)
        expect(instant).toBeGreaterThanOrEqual(last)
        expect(wallAt(zone, instant)).toBeGreaterThanOrEqual(wall)
        last = instant
      }
    }
  })

  it('is read and written as people do, and refused when the calendar has no such day', () => {
    expect(formatWall(parseWall('2028-02-29T23:59') ?? 0)).toBe('2028-02-29T23:59')
    for (const text of ['2027-02-29T00:00', '2027-01-01', '2027-13-01T00:00', '2027-01-01T24:00', 'soon'])
      expect(parseWall(text)).toBeUndefined()
    expect(['Europe/Berlin', 'UTC', 'Europe/Berln', '+01:00', ''].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
