import { expect, it } from 'vitest'
import { worldInstant } from '../time/instant.ts'
import type { Sample } from './interval.ts'
import { looksOfSamples } from './look.ts'

const START = 1_767_225_600_000_000

function samplesAt(seconds: readonly number[]): readonly Sample[] {
  return seconds.map((second) => {
    const start = worldInstant(START + Math.round(second * 1_000_000))
    const end = worldInstant(start + 50_000)
    return { probe: 'front', vantage: 'here', start, end, outcome: 'good' }
  })
}

const spacing = (seconds: readonly number[]) => looksOfSamples(samplesAt(seconds), 1000).changeMicros

it('a probe that is good by luck takes as long as probes were apart, a period at most', () => {
  const slots = Array.from({ length: 200 }, (_, slot) => 0.866 * slot + 0.2165 * ((slot * 0.618) % 1))
  expect(spacing(slots)).toBeGreaterThan(860_000)
  expect(spacing(slots)).toBeLessThan(872_000)
  // Probes that were lost leave wide gaps, which say nothing of how they are made.
  expect(spacing(slots.filter((_, slot) => slot % 10 !== 3 && (slot < 50 || slot > 90)))).toBeLessThan(
    872_000,
  )
  expect(spacing(slots.map((start) => start * 1.3))).toBe(1_000_000)
  expect(spacing([1])).toBe(1_000_000)
})
