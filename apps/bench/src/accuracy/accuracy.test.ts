import { beforeAll, describe, expect, it } from 'vitest'
import { figuresOf } from './accuracy.ts'
import { scoreSeed, type Scored } from './score-many.ts'

const FIRST = 1001
const DRILLS = 12

describe('a few of the drills that the accuracy bench plays', () => {
  const scored: Scored[] = []
  beforeAll(async () => {
    for (let seed = FIRST; seed < FIRST + DRILLS; seed++) scored.push(await scoreSeed(seed))
  })
  const valueOf = (name: string) => [...figuresOf(scored)].find(({ figure }) => figure === name)?.value

  it('contain the truth in every interval from probes, with no wrong verdict and every lost write told', () => {
    expect(valueOf('inside-probes')).toBe(100)
    expect(valueOf('wrong-verdicts')).toBe(0)
    expect(valueOf('data-loss-exact')).toBe(100)
  })

  it.each([
    'alarm-as-onset',
    'always-inconclusive',
    'undo-as-recovery',
    'truth-from-probes',
    'clocks-ignored',
  ])('catch an estimator that reports %s', (name) => {
    expect(valueOf(`control-${name}-right`)).toBeLessThan(95)
  })

  it('play the same for the same seed', async () => {
    const [first] = scored
    expect(await scoreSeed(FIRST)).toEqual(first)
  })
})
