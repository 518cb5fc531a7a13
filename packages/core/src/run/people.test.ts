import { describe, expect, it } from 'vitest'
import {
  decidePause,
  decideResolve,
  decideResume,
  decideRetry,
  decideSkip,
  decideTakeOver,
} from './decide-by-person.ts'
import { decideAbort } from './decide.ts'
import { RESOLUTIONS } from './events.ts'
import { evolve } from './evolve.ts'
import { isEnd } from './status.ts'
import { Play, random, scenario, type Fold } from './testing/play.ts'

const SEEDS = 400
const STEPS = 700

/** People who do whatever comes to their mind, and somebody who changes what is not theirs. */
function meddle(run: Play, chance: () => number): void {
  const state = run.current
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(chance() * all.length)]
  const step = pick(['one', 'two']) ?? 'one'
  const target = pick(run.idsOf(step)) ?? 'i-1'
  const what = chance()
  const asked =
    what < 0.02
      ? decidePause(state, 'hold')
      : what < 0.1
        ? decideResume(state, 'go on')
        : what < 0.12
          ? decideSkip(state, scenario, step, 'not needed')
          : what < 0.2
            ? decideRetry(state, scenario, step, 'again')
            : what < 0.23
              ? decideTakeOver(state, 'mine')
              : what < 0.5
                ? decideResolve(state, {
                    step,
                    target,
                    answer: pick(RESOLUTIONS) ?? 'retry',
                    reason: 'because',
                    leave: true,
                  })
                : undefined
  // A person's word for a restoration is only taken when describing confirmed it.
  const isWord = asked?.events.some(
    (event) => event.type === 'target-resolved' && event.data.answer === 'mark-restored',
  )
  if (asked !== undefined && isWord !== true) run.append(asked.events)
  if (chance() < 0.03) run.change(target)
  if (chance() < 0.005) run.append(decideAbort(run.current, 'stop').events)
}

function play(seed: number, fold: Fold = evolve): string | undefined {
  const run = new Play(seed, fold)
  run.refuses = seed % 3 === 0
  const chance = random(seed ^ 0x2545f491)
  for (let count = 0; count < STEPS && !isEnd(run.current.status); count++) {
    run.step()
    meddle(run, chance)
    const broke = run.broke()
    if (broke !== undefined) return `seed ${seed}, event ${run.events.length}: ${broke}`
  }
  return isEnd(run.current.status) ? undefined : `seed ${seed}: stuck in ${run.current.status}`
}

describe('a run in which people meddle', () => {
  it('ends, overwrites nobody’s change unasked, undoes nothing that is in hand, and calls nothing clean that is not', () => {
    const problems = Array.from({ length: SEEDS }, (_, seed) => play(seed)).filter(
      (problem) => problem !== undefined,
    )
    expect(problems).toEqual([])
  })

  it('control: a fold that takes a target a person left for a restored one is caught', () => {
    const kind: Fold = (state, event) => {
      const after = evolve(state, event)
      if (event.type !== 'restoration-observed') return after
      const steps = Object.entries(after.steps).map(([name, step]) => {
        const targets = Object.entries(step.targets).map(([id, target]) => [
          id,
          target.injection === 'left' ? { ...target, injection: 'restored' as const } : target,
        ])
        return [name, { ...step, targets: Object.fromEntries(targets) as typeof step.targets }]
      })
      return { ...after, steps: Object.fromEntries(steps) as typeof after.steps }
    }
    expect(
      Array.from({ length: 300 }, (_, seed) => play(seed, kind)).some((problem) => problem !== undefined),
    ).toBe(true)
  })

  it('control: a fold that forgets who took over is caught undoing what is in a person’s hands', () => {
    const run = new Play(3)
    for (let count = 0; count < 300 && run.current.status !== 'recovering'; count++) run.step()
    run.append(decideTakeOver(run.current, 'mine').events)
    const [step = ''] = Object.keys(run.current.steps)
    run.undo(step)
    expect(run.broke()).toContain('in a person')
  })
})
