import { describe, expect, test } from 'vitest'
import { detailOf } from '../../../../test/story/tell.ts'
import { closedRun, liveRun } from '../../../../test/story/told-runs.ts'
import { presentObjectives } from './present.ts'
import { OBJECTIVE_AT, rulerOf } from './ruler.ts'

const SECOND = 1_000_000

describe('a ruler', () => {
  test('puts every objective at the same place, whatever its size', () => {
    for (const max of [30, 300, 3600]) {
      const { lo } = rulerOf({ lo: max * SECOND, hi: null }, max * SECOND, null)
      expect(lo).toBeCloseTo(OBJECTIVE_AT)
    }
  })

  test('never draws an interval that decides nothing on one side of its objective', () => {
    const { lo, hi, distance } = rulerOf({ lo: 80 * SECOND, hi: 120 * SECOND }, 100 * SECOND, 'inconclusive')
    expect(lo).toBeLessThan(OBJECTIVE_AT)
    expect(hi).toBeGreaterThan(OBJECTIVE_AT)
    expect(distance).toBeUndefined()
  })

  test('rounds what is to spare down, so that it never seems more', () => {
    expect(rulerOf({ lo: 0, hi: 57_910_000 }, 60 * SECOND, 'held').distance?.text).toBe('2 s to spare')
    expect(rulerOf({ lo: 62_090_000, hi: null }, 60 * SECOND, 'deviated').distance?.text).toBe('2 s over')
  })

  test('an interval beyond its end says so', () => {
    expect(rulerOf({ lo: 200 * SECOND, hi: 210 * SECOND }, 100 * SECOND, 'deviated').isBeyond).toBe(true)
  })
})

describe('an objective', () => {
  test('whose clock runs shows the clock, not a bound: the service may be well already', () => {
    const run = detailOf(liveRun())
    const [recovery] = presentObjectives(run, run.now.worldAt)
    expect(recovery).toMatchObject({
      observed: 'clock at 1 min 15.3 s',
      ruler: { kind: 'clock' },
      word: { word: 'open' },
    })
  })

  test('that was measured shows interval, verdict and reason', () => {
    const run = detailOf(closedRun())
    expect(
      presentObjectives(run, run.now.worldAt).map(({ word, observed }) => [word.word, observed]),
    ).toEqual([
      ['held', '1 min 34.6 s to 1 min 37.1 s'],
      ['inconclusive', '1 min 20 s to 2 min'],
      ['deviated', '1 min 37.3 s to 1 min 40.8 s'],
    ])
  })
})
