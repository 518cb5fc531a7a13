import { describe, expect, it } from 'vitest'
import { worldInstant } from '../time/instant.ts'
import type { ProbeOutcome, Sample } from './interval.ts'
import { steadyState } from './steady-state.ts'

const at = (seconds: number) => worldInstant(Math.round(seconds * 1_000_000))
const window = { from: at(0), to: at(20) }
const scenario = {
  probes: [{ kind: 'tcp' as const, name: 'front', periodMs: 1000, timeoutMs: 500, host: 'a.test', port: 80 }],
  steadyState: { forMs: 20_000, probes: ['front'], successRatioMin: 0.9 },
}
const samples = (outcome: (second: number) => ProbeOutcome, count = 20, vantage = 'a'): Sample[] =>
  Array.from({ length: count }, (_, second) => ({
    probe: 'front',
    vantage,
    start: at(second),
    end: at(second + 0.1),
    outcome: outcome(second),
    ...(outcome(second) === 'bad' ? { detail: 'status 503' } : {}),
  }))

describe('the steady state', () => {
  it('holds when enough of the usable samples are good', () => {
    const state = steadyState(
      samples((second) => (second === 3 ? 'bad' : second === 5 ? 'unusable' : 'good')),
      scenario,
      ['a'],
      window,
    )
    expect(state).toEqual({ holds: true, isKnown: true, seen: 'over 20 s: front from a: 18 of 19 good' })
  })

  it('does not hold when too many failed, and says of what', () => {
    const state = steadyState(
      samples((second) => (second < 5 ? 'bad' : 'good')),
      scenario,
      ['a'],
      window,
    )
    expect(state).toMatchObject({ holds: false, isKnown: true })
    expect(state.seen).toContain('15 of 20 good, 90 % are needed (status 503: 5)')
  })

  it.each([
    ['too few samples', samples(() => 'good', 5)],
    ['too few usable samples', samples((second) => (second % 4 === 0 ? 'good' : 'unusable'))],
    ['none at all', []],
    ['only old ones', samples((second) => (second < 10 ? 'good' : 'unusable'))],
  ])('does not hold with %s: not knowing is a refusal', (_name, given) => {
    expect(steadyState(given, scenario, ['a'], window)).toMatchObject({ holds: false, isKnown: false })
  })

  it('does not hold when one vantage is silent', () => {
    expect(
      steadyState(
        samples(() => 'good'),
        scenario,
        ['a', 'b'],
        window,
      ),
    ).toMatchObject({ holds: false, isKnown: false })
  })

  it('does not hold without anything to judge by', () => {
    expect(steadyState([], scenario, [], window).holds).toBe(false)
  })
})
