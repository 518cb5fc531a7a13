import { describe, expect, it } from 'vitest'
import { choose } from './choose.ts'

const population = Array.from({ length: 40 }, (_, index) => `i-${String(index).padStart(2, '0')}`)
const pick = (from: readonly string[], how: Parameters<typeof choose>[2], seed = 1) => {
  const choice = choose(from, { idOf: (id) => id }, how, seed)
  if (!choice.ok) throw new Error(choice.problem)
  return choice.chosen
}

describe('a seeded choice', () => {
  it('does not depend on the order in which the population was listed', () => {
    const how = { mode: 'count', count: 7 } as const
    expect(pick(population.toReversed(), how, 42)).toEqual(pick(population, how, 42))
  })

  it('takes each item once, and each with the same chance', () => {
    const counts = new Map(population.map((id) => [id, 0]))
    for (let seed = 0; seed < 4000; seed++) {
      const chosen = pick(population, { mode: 'count', count: 10 }, seed)
      expect(new Set(chosen).size).toBe(10)
      for (const id of chosen) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    // Expected 1000 each; five standard deviations of a binomial are 137.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(137)
  })

  it('rounds a percentage down, to nothing if need be', () => {
    expect(pick(population.slice(0, 5), { mode: 'percent', percent: 50 })).toHaveLength(2)
    expect(pick(population.slice(0, 5), { mode: 'percent', percent: 10 })).toEqual([])
    expect(pick(population, { mode: 'percent', percent: 100 })).toEqual(population)
  })

  it('takes all of them when asked to, and never fewer than asked for', () => {
    expect(pick(population, { mode: 'all' })).toEqual(population)
    expect(choose(population, { idOf: (id) => id }, { mode: 'count', count: 41 }, 1).ok).toBe(false)
  })

  it('takes so many of every group, and none of what belongs to no group', () => {
    const groupOf = (id: string) => (id < 'i-10' ? null : `group-${id.slice(2, 3)}`)
    const perGroup = (count: number, seed = 3) =>
      choose(population, { idOf: (id) => id, groupOf }, { mode: 'per-group', count }, seed)
    const choice = perGroup(2)
    if (!choice.ok) throw new Error(choice.problem)
    const groups = Map.groupBy(choice.chosen, groupOf)
    expect([...groups].map(([name, members]) => [name, members.length])).toEqual([
      ['group-1', 2],
      ['group-2', 2],
      ['group-3', 2],
    ])
    expect(perGroup(2)).toEqual(choice)
    expect(perGroup(11)).toMatchObject({ ok: false, problem: expect.stringMatching(/11 of group group-1/) })
    const places = Array.from({ length: 20 }, (_, seed) => perGroup(1, seed)).map((one) =>
      one.ok ? new Set(one.chosen.map((id) => id.slice(3))).size : 0,
    )
    expect(Math.max(...places)).toBe(3)
  })
})
