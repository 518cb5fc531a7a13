import { expect, test } from 'vitest'
import { axisDistance, duration, limit } from './duration.ts'
import { shortInterval } from './interval.ts'
import { clockTime } from './time.ts'

test('a running time is cut, never rounded up', () => {
  expect(duration(59_999_999)).toBe('59.9 s')
  expect(duration(447_960_000)).toBe('7 min 27.9 s')
  expect(duration(79_800_000_000, 0)).toBe('22 h 10 min')
})

test('limits and distances are written as people say them', () => {
  expect([30, 90, 300, 450].map((seconds) => limit(seconds * 1_000_000))).toEqual([
    '30 s',
    '90 s',
    '5 min',
    '7 min 30 s',
  ])
  expect([30, 60, 90].map((seconds) => axisDistance(seconds * 1_000_000))).toEqual([
    '30 s',
    '1 min',
    '1 min 30 s',
  ])
})

test('bounds keep their side when there is little room', () => {
  expect(shortInterval({ lo: 59_960_000, hi: null })).toBe('> 59.9 s')
  expect(shortInterval({ lo: 0, hi: 1_010_000 })).toBe('≤ 1.1 s')
})

test('a clock time is cut to its digits', () => {
  const at = Date.UTC(2026, 10, 19, 14, 2, 11) * 1000 + 999_999
  expect([clockTime(at, 'UTC', 0), clockTime(at, 'UTC'), clockTime(at, 'UTC', 3)]).toEqual([
    '14:02:11',
    '14:02:11.9',
    '14:02:11.999',
  ])
})
