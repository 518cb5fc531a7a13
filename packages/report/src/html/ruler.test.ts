import { describe, expect, it } from 'vitest'
import { ruler } from './ruler.ts'

const us = (seconds: number) => Math.round(seconds * 1_000_000)
const LINE = 74

function caps(lo: number, hi: number | null): readonly number[] {
  const { markup } = ruler({
    objective: 'o',
    kind: 'recovery-time',
    maxMicros: us(300),
    verdict: 'held',
    observed: { lo, hi },
    method: '',
    reason: '',
  })
  return [...markup.matchAll(/class="cap" x1="([\d.]+)%" x2="\1%"/g)].map((match) => Number(match[1]))
}

describe('an interval on its ruler', () => {
  it('is a pair of caps at its bounds', () => {
    expect(caps(us(75), us(150))).toEqual([18.5, 37])
  })

  it('never touches or crosses the objective’s line from the side it is on', () => {
    for (let offset = 1; offset < 400_000; offset += 997) {
      for (const cap of caps(us(290), us(300) - offset)) expect(cap).toBeLessThan(LINE)
      for (const cap of caps(us(300) + offset, us(310))) expect(cap).toBeGreaterThan(LINE)
    }
  })

  it('that has no upper bound ends in an arrow, never in a cap', () => {
    expect(caps(us(75), null)).toEqual([18.5])
  })

  it('far over the objective keeps an arrow at the edge instead of leaving the picture', () => {
    expect(caps(us(900), us(910))).toEqual([])
    expect(
      ruler({
        objective: 'o',
        kind: 'k',
        maxMicros: us(300),
        verdict: 'deviated',
        observed: { lo: us(900), hi: us(910) },
        method: '',
        reason: '',
      }).markup,
    ).toContain('m-8-5 6 5-6 5')
  })

  it('that was not observed says so, to the eye and to a screen reader', () => {
    const { markup } = ruler({
      objective: 'recovery',
      kind: 'k',
      maxMicros: us(300),
      verdict: 'inconclusive',
      method: '',
      reason: '',
    })
    expect(markup).toContain('aria-label="recovery: not observed, objective 5 min"')
    expect(markup).toContain('>not observed<')
  })
})
