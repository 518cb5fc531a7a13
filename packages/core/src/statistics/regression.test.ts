import { describe, expect, it } from 'vitest'
import type { Bounds } from './order-interval.ts'
import { regressionOf } from './regression.ts'

const SECOND = 1_000_000
const TRIALS = 1000
const MAX_PERCENT = 10
/** Standard deviation of one run to the next, of a recovery of ninety seconds. What can be told depends on it. */
const SPREAD_S = 3

describe('a regression', () => {
  it('with a spread of 3 % flags a recovery slower by a fifth in 95 % of trials of five repeats, no change in 5 % at most', () => {
    const random = randomOf(7)
    const flagged = (slower: number) =>
      shareOf(() => regressionOf(repeats(random, 1), repeats(random, slower), MAX_PERCENT).outcome)
    expect(flagged(1.2)).toBeGreaterThanOrEqual(0.95)
    expect(flagged(1)).toBeLessThanOrEqual(0.05)
  })

  it('with a spread too wide to tell still flags no change in 5 % of trials at most', () => {
    const random = randomOf(9)
    const noisy = () => repeats(random, 1, 4, 20)
    expect(shareOf(() => regressionOf(noisy(), noisy(), MAX_PERCENT).outcome)).toBeLessThanOrEqual(0.05)
  })

  it('control: middles alone flag a change where there is none', () => {
    const random = randomOf(8)
    const wide = (slower: number) => repeats(random, slower, 40, 1)
    const byMiddles = shareOf(() => {
      const { changePercent } = regressionOf(wide(1), wide(1), 1)
      return changePercent !== null && changePercent > 1 ? 'regressed' : 'kept'
    })
    const beyondIntervals = shareOf(() => regressionOf(wide(1), wide(1), 1).outcome)
    expect(byMiddles).toBeGreaterThan(0.2)
    expect(beyondIntervals).toBe(0)
  })

  it('is undecided when the figures are slower but their errors reach the baseline', () => {
    const { outcome, changePercent } = regressionOf([seconds(80, 100)], [seconds(95, 125)], MAX_PERCENT)
    expect([outcome, Math.round(changePercent ?? 0)]).toEqual(['undecided', 22])
  })

  it('of single runs flags only intervals that are apart by more than the percentage', () => {
    expect(regressionOf([seconds(80, 90)], [seconds(98, 104)], MAX_PERCENT).outcome).toBe('undecided')
    expect(regressionOf([seconds(80, 90)], [seconds(100, 104)], MAX_PERCENT)).toMatchObject({
      outcome: 'regressed',
      chance: null,
    })
  })

  it('takes "more than" for the least it can be', () => {
    const censored = { lo: 120 * SECOND, hi: null }
    expect(regressionOf([seconds(80, 90)], [censored], MAX_PERCENT).outcome).toBe('regressed')
    expect(regressionOf([censored], [seconds(300, 310)], MAX_PERCENT).outcome).toBe('undecided')
    expect(regressionOf([censored], [censored], MAX_PERCENT).outcome).toBe('kept')
  })

  it('flags an outage where the baseline had none', () => {
    const none = { lo: 0, hi: 0 }
    expect(regressionOf([none], [seconds(30, 40)], MAX_PERCENT)).toMatchObject({
      outcome: 'regressed',
      changePercent: null,
    })
    expect(regressionOf([none], [none], MAX_PERCENT).outcome).toBe('kept')
  })
})

function shareOf(trial: () => string): number {
  return Array.from({ length: TRIALS }, trial).filter((outcome) => outcome === 'regressed').length / TRIALS
}

/** Five measured recoveries, each an interval of the width with the true length somewhere inside. */
function repeats(random: () => number, slower: number, widthS = 4, spreadS = SPREAD_S): readonly Bounds[] {
  return Array.from({ length: 5 }, () => {
    const truth = (90 + spreadS * normal(random)) * slower
    const lo = truth - widthS * random()
    return seconds(lo, lo + widthS)
  })
}

function seconds(lo: number, hi: number): Bounds {
  return { lo: Math.round(lo * SECOND), hi: Math.round(hi * SECOND) }
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
