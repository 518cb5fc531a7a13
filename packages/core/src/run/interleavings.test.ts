import { describe, expect, it } from 'vitest'
import { journalProblem } from '../journal/envelope.ts'
import type { WorldInstant } from '../time/instant.ts'
import { decideAbort, decideExpiry } from './decide.ts'
import { evolve } from './evolve.ts'
import type { RunState } from './state.ts'
import { isEnd } from './status.ts'
import { digest, Play, random, type Fold } from './testing/play.ts'

/** Plays one seed to its end; answers the first broken promise. */
function play(seed: number, fold: Fold = evolve): string | undefined {
  const run = new Play(seed, fold)
  const chance = random(seed ^ 0x5bd1e995)
  for (let count = 0; count < 600 && !isEnd(run.current.status); count++) {
    run.step()
    if (chance() < 0.02) run.append(decideAbort(run.current, 'somebody said stop').events)
    if (chance() < 0.02) run.append(decideExpiry(run.current, 'past its expiry').events)
    const broke = run.broke()
    if (broke !== undefined) return `seed ${seed}, event ${run.events.length}: ${broke}`
  }
  if (!isEnd(run.current.status)) return `seed ${seed}: stuck in ${run.current.status}`
  return journalProblem(run.events, digest)
}

const SEEDS = 2000

describe('a run under crashes, aborts and expiries', () => {
  it('ends, and never calls anything clean that is still broken', () => {
    const problems = Array.from({ length: SEEDS }, (_, seed) => play(seed)).filter(
      (problem) => problem !== undefined,
    )
    expect(problems).toEqual([])
  })

  it('control: a fold that takes an accepted undo for a verified one is caught', () => {
    const believing: Fold = (state, event) => {
      const after = evolve(state, event)
      if (event.type !== 'recovery-accepted') return after
      const { step } = event.data as { step: string }
      const before = after.steps[step]
      if (before === undefined) return after
      const targets = Object.fromEntries(
        Object.keys(before.targets).map((id) => [id, { injection: 'restored' as const, seen: 'accepted' }]),
      )
      return { ...after, steps: { ...after.steps, [step]: { ...before, targets } } }
    }
    const problems = Array.from({ length: 200 }, (_, seed) => play(seed, believing)).filter(
      (problem) => problem !== undefined,
    )
    expect(problems.length).toBeGreaterThan(0)
  })

  it('control: a fold that forgets a dead man leaves it in the account, which is caught', () => {
    const forgetting: Fold = (state, event) => {
      const after = evolve(state, event)
      if (event.type !== 'recovery-requested') return after
      const steps = { ...after.steps }
      for (const [name, step] of Object.entries(after.steps)) {
        const { deadMan: _, ...rest } = step
        steps[name] = rest
      }
      return { ...after, steps }
    }
    const problems = Array.from({ length: 50 }, (_, seed) => play(seed, forgetting))
    expect(problems.find((problem) => problem?.includes('not called off'))).toBeDefined()
  })

  it('folds a journal to the same state however often it is read', () => {
    const run = new Play(7)
    run.toEnd()
    const again = run.events.reduce<RunState | undefined>((state, event) => evolve(state, event), undefined)
    expect(again).toEqual(run.current)
  })

  it('notices one changed byte anywhere in the journal', () => {
    const run = new Play(7)
    run.toEnd()
    const changed = run.events.map((event, i) =>
      i === 5 ? { ...event, worldAt: (event.worldAt + 1) as WorldInstant } : event,
    )
    expect(journalProblem(run.events, digest)).toBeUndefined()
    expect(journalProblem(changed, digest)).toBe('event 6 was changed after it was written')
  })
})
