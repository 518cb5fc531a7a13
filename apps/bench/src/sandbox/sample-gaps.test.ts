import { expect, test } from 'vitest'
import { longestGaps } from './sample-gaps.ts'

type Point = Parameters<typeof longestGaps>[0][number]['points'][number]

const good = (start: number): Point => ({ start, end: start, good: 1, bad: 0, unusable: 0, slowestMicros: 0 })
const unusable = (start: number, end: number, detail: string): Point => ({
  ...good(start),
  end,
  good: 0,
  unusable: 1,
  detail,
})

function gapOf(points: readonly Point[]) {
  const lane = { probe: 'p', vantage: 'v', good: 0, bad: 0, unusable: 0, points: [...points] }
  return longestGaps([lane], { from: 0, to: 10 })[0]
}

test('the longest stretch between two samples is a gap, at the ends of the range too', () => {
  expect(gapOf([good(1), good(2), good(7), good(9)])).toEqual({ lane: 'p/v', micros: 5, from: 2 })
  expect(gapOf([good(8)])).toMatchObject({ micros: 8, from: 0 })
  expect(gapOf([])).toMatchObject({ micros: 10 })
})

test('a late prober was there; one that says nothing usable for another reason was not', () => {
  expect(gapOf([good(1), unusable(2, 8, 'late: 6 not started'), good(9)])).toMatchObject({ micros: 1 })
  expect(gapOf([good(1), unusable(2, 8, 'prober failed'), good(9)])).toMatchObject({ micros: 8 })
})
