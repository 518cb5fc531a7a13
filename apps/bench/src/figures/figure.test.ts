import { describe, expect, test } from 'vitest'
import { isMet, quantile } from './figure.ts'

describe('figures', () => {
  test('a goal is met at the goal and missed beyond it, in the direction that is better', () => {
    expect(isMet({ value: 10, goal: 10, better: 'lower' })).toBe(true)
    expect(isMet({ value: 10.1, goal: 10, better: 'lower' })).toBe(false)
    expect(isMet({ value: 9, goal: 10, better: 'higher' })).toBe(false)
    expect(isMet({ value: 9, goal: null, better: 'higher' })).toBe(true)
  })

  test('a quantile is a value that was measured, and the last one is never left out', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(quantile(values, 0.5)).toBe(50)
    expect(quantile(values, 0.99)).toBe(99)
    expect(quantile(values.slice(0, 20), 0.99)).toBe(100)
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })
})
