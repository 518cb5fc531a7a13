import { describe, expect, it } from 'vitest'
import type { Bounds } from './order-interval.ts'
import { regressionOf, regressionOfPairs } from './regression.ts'
import { chanceOfLeaningUp } from './signed-rank.ts'

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

describe('a regression in pairs', () => {
  // Chance spreads recoveries over 47 to 70 s, far too wide for five and five; a pair meets the same chance.
  const paired = (random: () => number, slower: number, isAlike: boolean) =>
    Array.from({ length: 5 }, () => {
      const before = 47 + 23 * random()
      const now = (isAlike ? before : 47 + 23 * random()) * slower
      return { before: around(random, before, 3), now: around(random, now, 3) }
    })
  const flagged = (seed: number, slower: number, isAlike: boolean) => {
    const random = randomOf(seed)
    return shareOf(() => regressionOfPairs(paired(random, slower, isAlike), MAX_PERCENT).outcome)
  }

  it('flags a recovery slower by a fifth in 95 % of trials of five, no change in none, however wide chance spreads', () => {
    expect(flagged(3, 1.2, true)).toBeGreaterThanOrEqual(0.95)
    expect(flagged(4, 1, true)).toBe(0)
  })

  it('control: the same without pairs is hardly ever flagged', () => {
    const random = randomOf(3)
    const unpaired = () => {
      const pairs = paired(random, 1.2, true)
      return regressionOf(
        pairs.map(({ before }) => before),
        pairs.map(({ now }) => now),
        MAX_PERCENT,
      ).outcome
    }
    expect(shareOf(unpaired)).toBeLessThan(0.6)
  })

  it('flags a change that is far beyond everything before in most pairs and missing in one', () => {
    // Four of five pairs jump far beyond everything before; the fifth shows nothing, so that the signed rank alone is silent.
    const pairs = [50, 51, 52, 53, 90].map((lo, i) => ({
      before: seconds(lo, lo + 1),
      now: i === 4 ? seconds(90, 91) : seconds(lo + 60, lo + 61),
    }))
    expect(chanceOfLeaningUp(pairs.map(({ before, now }) => now.lo - (before.hi ?? 0)))).toBeGreaterThan(
      1 / 32,
    )
    expect(regressionOfPairs(pairs, MAX_PERCENT).outcome).toBe('regressed')
  })

  it('flags no change in 5 % of trials at most where chance fell differently all the same', () => {
    expect(flagged(5, 1, false)).toBeLessThanOrEqual(0.05)
  })

  it.each([
    [[3, 1, 2, 5, 4]],
    [[3, -1, 2, 2, -4, 0]],
    [[-1, -1, 1, 1, Number.NEGATIVE_INFINITY]],
    [[0, 0, 0]],
    [[]],
  ])('reckons the chance of %j as counting all signs does', (differences: readonly number[]) => {
    const size = (value: number) => Math.abs(value)
    const ranks = differences.map(
      (a) =>
        differences.filter((b) => size(b) < size(a)).length +
        (differences.filter((b) => size(b) === size(a)).length + 1) / 2,
    )
    const sumOf = (isUp: (i: number) => boolean) =>
      ranks.reduce((sum, rank, i) => sum + (isUp(i) ? rank : 0), 0)
    const observed = sumOf((i) => (differences[i] ?? 0) > 0)
    const all = Array.from({ length: 2 ** ranks.length }, (_, signs) =>
      sumOf((i) => ((signs >> i) & 1) === 1),
    )
    expect(chanceOfLeaningUp(differences)).toBe(all.filter((sum) => sum >= observed).length / all.length)
  })

  it('bounds the change by the ends of the intervals', () => {
    const pair = { before: seconds(98, 102), now: seconds(118, 122) }
    const { changePercent, changeBetween, chance } = regressionOfPairs(
      Array.from({ length: 5 }, () => pair),
      MAX_PERCENT,
    )
    expect(changePercent).toBe(20)
    // The rank sum, one way in 252, with three eighths of the chance.
    expect(chance).toBeCloseTo(1 / 252 / 0.375)
    expect(changeBetween.lo).toBeCloseTo((100 * 16) / 102)
    expect(changeBetween.hi).toBeCloseTo((100 * 24) / 98)
  })

  it('takes "more than" for the least it can be, and four pairs for too few', () => {
    const open = { before: { lo: 100 * SECOND, hi: null }, now: seconds(300, 310) }
    expect(
      regressionOfPairs(
        Array.from({ length: 5 }, () => open),
        MAX_PERCENT,
      ),
    ).toMatchObject({
      outcome: 'undecided',
      changeBetween: { lo: null },
      chance: 1,
    })
    expect(() =>
      regressionOfPairs(
        Array.from({ length: 4 }, () => open),
        MAX_PERCENT,
      ),
    ).toThrow(RangeError)
  })
})

function around(random: () => number, truth: number, width: number): Bounds {
  const lo = truth - width * random()
  return seconds(lo, lo + width)
}

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
