import { describe, expect, it } from 'vitest'
import { formatDurationMs, isoDuration, parseDuration } from './duration.ts'
import { platformAt, worldAt } from './environment-clock.ts'
import { formatInstant, platformInstant, worldInstant } from './instant.ts'

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['PT5M', 300_000],
    ['PT1H30S', 3_630_000],
    ['2h', 7_200_000],
    ['1.5s', 1500],
  ])('reads %s as %d ms', (text, ms) => expect(parseDuration(text)).toEqual({ ok: true, ms }))
  it.each(['', '5', 'five minutes', 'P', 'PT', '-3s', '3 s'])(
    'refuses %j and says how to write one',
    (text) => {
      expect(parseDuration(text)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('90s') as string,
      })
    },
  )
  it('writes what people and FIS read', () => {
    expect([
      formatDurationMs(446_600),
      formatDurationMs(59_960),
      formatDurationMs(0),
      formatDurationMs(340),
    ]).toEqual(['7 min 26.6 s', '1 min', '0 ms', '340 ms'])
    expect([isoDuration(300_000), isoDuration(90_000)]).toEqual(['PT5M', 'PT90S'])
  })
})

describe('instants', () => {
  it('agree with the host on days of two centuries', () => {
    for (let day = 0; day < 73_000; day += 7) {
      const millis = day * 86_400_000 + 12_345_678
      expect(formatInstant(platformInstant(millis * 1000 + 9))).toBe(
        new Date(millis).toISOString().replace('Z', '009Z'),
      )
    }
  })
  it('map between the clocks and back without losing a microsecond at rate 1', () => {
    const clock = {
      anchorPlatform: platformInstant(1_000_000),
      anchorWorld: worldInstant(9_000_000),
      rate: 30,
    }
    expect(worldAt(clock, platformInstant(2_000_000))).toBe(39_000_000)
    expect(platformAt(clock, worldInstant(39_000_000))).toBe(2_000_000)
  })
})
