import { expect, it } from 'vitest'
import { marginPercentOf, type OutcomeObjective } from './outcome.ts'

const objective = (maxMicros: number, observed?: OutcomeObjective['observed']): OutcomeObjective => ({
  objective: 'recovery',
  kind: 'recovery-time',
  maxMicros,
  verdict: 'held',
  ...(observed === undefined ? {} : { observed }),
})

it('the margin is that of the objective with least left, by its upper bound, and negative beyond it', () => {
  expect(marginPercentOf([objective(100, { lo: 10, hi: 40 }), objective(200, { lo: 0, hi: 150 })])).toBe(25)
  expect(marginPercentOf([objective(100, { lo: 120, hi: 150 })])).toBe(-50)
})

it('the margin is not known when nothing was seen, or when anything that was has no end', () => {
  expect(marginPercentOf([])).toBeNull()
  expect(marginPercentOf([objective(100)])).toBeNull()
  expect(
    marginPercentOf([objective(100, { lo: 10, hi: 40 }), objective(100, { lo: 10, hi: null })]),
  ).toBeNull()
  expect(marginPercentOf([objective(100, { lo: 10, hi: 40 }), objective(100)])).toBe(60)
})
