import { describe, expect, it } from 'vitest'
import { compare } from './compare.ts'
import { medianInterval, medianOf, type Bounds } from './order-interval.ts'
import { chanceOfRankingAsHigh } from './rank-sum.ts'
import { summarise } from './summarise.ts'

/** mulberry32: the same seed gives the same worlds. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A true value of a source with a long tail, and an interval around it that is not symmetric. */
function drawn(random: () => number, scale = 1): Readonly<{ truth: number; bounds: Bounds }> {
  const truth = scale * (60 - 30 * Math.log(1 - random()))
  const isCensored = random() < 0.05
  const lo = Math.max(0, truth - 10 * random())
  return { truth, bounds: { lo, hi: isCensored ? null : truth + 10 * random() } }
}

const many = (random: () => number, n: number, scale = 1) =>
  Array.from({ length: n }, () => drawn(random, scale))
const contains = ({ lo, hi }: Bounds, value: number) => value >= lo && (hi === null || value <= hi)

describe('the chance of ranking as high', () => {
  it('is that of counting every way to deal the values out, ties and infinities included', () => {
    const random = seeded(1)
    for (let n = 0; n < 200; n++) {
      const value = () => (random() < 0.1 ? Infinity : Math.floor(random() * 6))
      const a = Array.from({ length: 1 + Math.floor(random() * 5) }, value)
      const b = Array.from({ length: 1 + Math.floor(random() * 5) }, value)
      expect(chanceOfRankingAsHigh(b, a)).toBeCloseTo(byCounting(b, a), 12)
    }
  })

  it('takes no approximation for what it is not: both ways of reckoning meet where they change over', () => {
    const random = seeded(2)
    for (const shift of [0, 0.1, 0.3]) {
      const values = (n: number, by: number) => Array.from({ length: n }, () => random() + by)
      const [a, b] = [values(50, 0), values(50, shift)]
      const exact = chanceOfRankingAsHigh(b, a)
      const nearby = chanceOfRankingAsHigh([...b, 0.5], [...a, 0.5])
      expect(Math.abs(exact - nearby)).toBeLessThan(0.02)
    }
  })
})

/** The same by trying every choice of as many values as `b` has. */
function byCounting(b: readonly number[], a: readonly number[]): number {
  const all = [...b, ...a]
  const rank = (value: number) =>
    all.filter((one) => one < value).length + (all.filter((one) => one === value).length + 1) / 2
  const ranks = all.map(rank)
  const observed = ranks.slice(0, b.length).reduce((sum, one) => sum + one, 0)
  let [ways, asHigh] = [0, 0]
  for (let choice = 0; choice < 2 ** all.length; choice++) {
    const chosen = ranks.filter((_, i) => (choice >> i) % 2 === 1)
    if (chosen.length !== b.length) continue
    ways++
    if (chosen.reduce((sum, one) => sum + one, 0) >= observed) asHigh++
  }
  return asHigh / ways
}

describe('a summary', () => {
  it('bounds the median and the worst of the true values, whatever they are', () => {
    const random = seeded(3)
    for (let n = 0; n < 2000; n++) {
      const runs = many(random, 1 + Math.floor(random() * 12))
      const { median, worst } = summarise(
        runs.map(({ bounds }, i) => ({ run: `run_${i}`, verdict: 'held', observed: bounds })),
      )
      const truths = runs.map(({ truth }) => truth)
      expect(median !== undefined && contains(median, medianOf(truths))).toBe(true)
      expect(worst !== undefined && contains(worst, Math.max(...truths))).toBe(true)
    }
  })

  it('holds the median of the source in at least the share it promises; the middles alone, control, do not', () => {
    const random = seeded(4)
    const sourceMedian = 60 + 30 * Math.log(2)
    let [held, heldByMiddles, tries] = [0, 0, 0]
    for (; tries < 3000; tries++) {
      const runs = many(random, 6 + Math.floor(random() * 10)).map(({ bounds }) => bounds)
      const found = medianInterval(runs, 0.95)
      if (found !== undefined && contains(found.bounds, sourceMedian)) held++
      const middles = runs.map(({ lo, hi }) => (hi === null ? lo : (lo + hi) / 2))
      const near = medianOf(middles)
      if (Math.abs(near - sourceMedian) <= 5) heldByMiddles++
    }
    expect(held / tries).toBeGreaterThanOrEqual(0.95)
    expect(heldByMiddles / tries).toBeLessThan(0.9)
    expect(
      medianInterval(
        many(random, 5).map(({ bounds }) => bounds),
        0.95,
      ),
    ).toBeUndefined()
  })

  it('counts runs without a figure, and leaves out what was not run', () => {
    const found = summarise([
      { run: 'a', verdict: 'held', observed: { lo: 1, hi: 3 } },
      { run: 'b', verdict: 'inconclusive' },
      { run: 'c', verdict: 'deviated', observed: { lo: 9, hi: null } },
      { run: 'd', verdict: 'inconclusive', observed: { lo: 4, hi: 6 } },
      { run: 'e', verdict: 'not-run' },
    ])
    expect(found).toEqual({
      runs: 4,
      held: 1,
      deviated: 1,
      inconclusive: 2,
      measured: 3,
      median: { lo: 4, hi: 6 },
      worst: { lo: 9, hi: null },
      worstRun: 'c',
    })
    expect(summarise([])).toEqual({ runs: 0, held: 0, deviated: 0, inconclusive: 0, measured: 0 })
  })
})

describe('a comparison', () => {
  /** How often two sets of intervals are called different. */
  function called(
    scale: number,
    judge: (before: readonly Bounds[], after: readonly Bounds[]) => boolean,
  ): number {
    const random = seeded(5)
    let count = 0
    for (let n = 0; n < 1500; n++) {
      const size = 4 + Math.floor(random() * 8)
      const bounds = (by: number) => many(random, size, by).map((one) => one.bounds)
      if (judge(bounds(1), bounds(scale))) count++
    }
    return count / 1500
  }
  const isDifferent = (before: readonly Bounds[], after: readonly Bounds[]) =>
    compare(before, after)?.difference !== 'none-shown'

  it('calls at most one in twenty pairs of the same source different', () => {
    expect(called(1, isDifferent)).toBeLessThanOrEqual(0.05)
  })

  it('control: comparing by eye, median beside median, calls most of them different', () => {
    const byEye = (before: readonly Bounds[], after: readonly Bounds[]) =>
      medianOf(after.map(({ lo }) => lo)) > 1.05 * medianOf(before.map(({ lo }) => lo))
    expect(called(1, byEye)).toBeGreaterThan(0.25)
  })

  it('sees a source that takes twice as long in most pairs', () => {
    expect(called(2, isDifferent)).toBeGreaterThan(0.6)
  })

  it('says which way, how sure and by how much, and the opposite the other way round', () => {
    const before = [10, 11, 12, 13, 14].map((lo) => ({ lo, hi: lo + 2 }))
    const after = [20, 21, 22, 23, 24].map((lo) => ({ lo, hi: lo + 2 }))
    const found = compare(before, after)
    expect(found).toMatchObject({ difference: 'longer', shift: { lo: 8, hi: 12 } })
    // One of the 252 ways to deal ten values out ranks as high; twice that, for both directions.
    expect(found?.confidence).toBeCloseTo(1 - 2 / 252, 12)
    expect(compare(after, before)).toMatchObject({ difference: 'shorter', shift: { lo: -12, hi: -8 } })
    expect(compare(before, before)?.difference).toBe('none-shown')
    expect(compare(before, [])).toBeUndefined()
  })

  it('says nothing from intervals that overlap, and nothing of how much from figures without an upper bound', () => {
    const wide = (lo: number) => ({ lo, hi: lo + 30 })
    expect(compare([10, 11, 12, 13, 14].map(wide), [20, 21, 22, 23, 24].map(wide))?.difference).toBe(
      'none-shown',
    )
    const censored = [100, 101, 102, 103, 104].map((lo) => ({ lo, hi: null }))
    const found = compare(
      [10, 11, 12, 13, 14].map((lo) => ({ lo, hi: lo + 1 })),
      censored,
    )
    expect(found).toMatchObject({ difference: 'longer', shift: { hi: null } })
    expect(compare(censored, censored)).toMatchObject({
      difference: 'none-shown',
      shift: { lo: null, hi: null },
    })
  })

  it('never changes its mind when an interval gets tighter around the same values', () => {
    const random = seeded(6)
    for (let n = 0; n < 300; n++) {
      const [a, b] = [many(random, 6), many(random, 6, 1 + random() * 2)]
      const loose = compare(
        a.map(({ bounds }) => bounds),
        b.map(({ bounds }) => bounds),
      )
      const exact = (runs: typeof a) => runs.map(({ truth }) => ({ lo: truth, hi: truth }))
      const tight = compare(exact(a), exact(b))
      if (loose !== undefined && loose.difference !== 'none-shown')
        expect(tight?.difference).toBe(loose.difference)
    }
  })
})
