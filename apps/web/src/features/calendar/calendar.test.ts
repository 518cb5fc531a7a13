import { describe, expect, test } from 'vitest'
import { calendar, TOLD_MONTH } from '../../../test/story/calendar.ts'
import { readCalendarSearch } from './calendar-search.ts'
import { monthKey, monthOf } from './month.ts'
import { presentMonth, presentTroubles } from './present.ts'

const DAY = 86_400_000_000

describe('a month', () => {
  test.each([
    ['2026-12', 5, '2026-11-30', '2027-01-03'],
    ['2027-02', 4, '2027-02-01', '2027-02-28'],
    ['2028-02', 5, '2028-01-31', '2028-03-05'],
    ['2026-08', 6, '2026-07-27', '2026-09-06'],
  ])('%s is %i whole weeks, from %s to %s', (key, weeks, first, last) => {
    const month = monthOf(key, 'UTC')
    const days = month.weeks.flat()
    expect([month.weeks.length, days[0]?.key, days.at(-1)?.key]).toEqual([weeks, first, last])
    expect(
      days.every((day, n) => day.to - day.from === DAY && day.from === (days[0]?.from ?? 0) + n * DAY),
    ).toBe(true)
    expect(days.filter(({ isOutside }) => !isOutside)[0]?.number).toBe(1)
  })

  test('leads to the one before and after it, over the end of the year', () => {
    expect(monthOf('2026-12', 'UTC')).toMatchObject({
      before: '2026-11',
      after: '2027-01',
      name: 'December 2026',
    })
    expect(monthOf('2026-01', 'UTC')).toMatchObject({ before: '2025-12', after: '2026-02' })
    expect(monthKey(Date.UTC(2026, 11, 31, 23) * 1000, 'UTC')).toBe('2026-12')
    expect(readCalendarSearch({ month: '2026-13' })).toEqual({})
  })

  test('holds every entry on its day, and a freeze on each day it touches, with its edges', () => {
    const month = monthOf(TOLD_MONTH, 'UTC')
    const cells = presentMonth(month, calendar(0, Number.MAX_SAFE_INTEGER), 'UTC').flat()
    const day = (key: string) => cells.find((cell) => cell.key === key)
    expect(cells.flatMap(({ entries }) => entries)).toHaveLength(10)
    expect(day('2026-12-15')?.entries.map(({ time, flag }) => `${time} ${flag}`)).toEqual([
      '09:00 overlaps',
      '09:05 overlaps',
    ])
    expect(day('2026-12-11')?.freezes).toMatchObject([{ edge: 'from 16:00 until 20:00', where: 'sandbox' }])
    expect(day('2026-12-19')?.freezes).toMatchObject([{ edge: 'from 23:00', where: 'all environments' }])
    expect(day('2026-12-25')?.freezes).toMatchObject([{ edge: '' }])
    expect(cells.filter(({ isToday }) => isToday).map(({ key }) => key)).toEqual(['2026-12-09'])
    expect(day('2026-12-01')?.entries[0]).toMatchObject({ word: { word: 'held' }, remarks: [] })
  })

  test('tells in full what was missed or refused, and what is in the way', () => {
    const rows = presentTroubles(calendar(0, Number.MAX_SAFE_INTEGER).entries, 'UTC')
    expect(rows.map(({ word, remarks }) => `${word.word}: ${remarks.length}`)).toEqual([
      'missed: 1',
      'refused: 1',
      'booked: 1',
      'booked: 1',
      'booked: 1',
      'booked: 2',
      'booked: 1',
    ])
    expect(rows[0]?.remarks[0]).toContain('2 h 4 min')
  })
})
