import { describe, expect, it } from 'vitest'
import type { RecordSet } from '../../route53/record-set.ts'
import { shifted } from './weights.ts'

const variants = (...weights: number[]): readonly RecordSet[] =>
  weights.map((Weight, index) => ({
    Name: 'www.example.test.',
    Type: 'A',
    SetIdentifier: 'abc'[index] ?? '',
    Weight,
  }))
const weightsOf = (of: readonly RecordSet[], percent: number) => {
  const done = shifted(of, 'a', percent)
  return done.ok ? done.records.map(({ Weight }) => Weight) : done.problem
}

describe('shifting by weights', () => {
  it.each([
    [[100, 0], 10, [180, 20]],
    [[100, 0], 100, [0, 200]],
    [[1, 0, 0], 50, [100, 50, 50]],
    [[50, 50], 100, [0, 200]],
    [[2, 1, 1], 100, [0, 100, 100]],
    [[255, 255, 0], 50, [50, 150, 0]],
  ])('of %j by %d %% is %j', (before, percent, after) => {
    expect(weightsOf(variants(...before), percent)).toEqual(after)
  })

  it('is word for word what was captured at 0', () => {
    const before = variants(7, 3)
    expect(shifted(before, 'a', 0)).toEqual({ ok: true, records: before })
  })

  it('leaves nobody who had a share without one, short of 100', () => {
    expect(weightsOf(variants(1, 254), 99)).toEqual([1, 200])
  })

  it('refuses what would move nothing', () => {
    expect(weightsOf(variants(1), 50)).toMatch('a is the only A variant')
    expect(weightsOf(variants(0, 5), 50)).toMatch('is sent nothing')
    expect(shifted(variants(1, 1), 'x', 50)).toEqual({ ok: false, problem: 'no A variant is called x' })
  })
})
