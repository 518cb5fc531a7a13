import type { RunId } from '@firedrill/core'
import { platformInstant, worldInstant, type RunEventBody } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { presentEvent } from './event-words.ts'

function told(body: RunEventBody): string {
  const at = { at: platformInstant(0), worldAt: worldInstant(0) }
  const actor = { kind: 'person', id: 'ana', name: 'Ana' } as const
  const event = { runId: 'run_x' as RunId, seq: 1, v: 1, ...at, actor, prev: '', hash: '', ...body }
  return presentEvent(event).summary
}

describe('the timeline', () => {
  it('says why a target is not known, and not only that it is not', () => {
    const seen = 'gone from the zone, not yet from every name server'
    const observations = ['a', 'b'].map((target) => ({ target, injection: 'unknown' as const, seen }))
    expect(told({ type: 'injection-observed', data: { step: 'remove', observations } })).toBe(
      `Step remove: seen unknown on 2 targets (${seen})`,
    )
  })

  it('says what an undo waits for, and who made up for what is gone', () => {
    const seen = ['web has 0 of 2 healthy targets in a', 'web has 0 of 2 healthy targets in b', 'stopping']
    const observations = seen.map((what, n) => ({
      target: `i-${n}`,
      injection: 'recovering' as const,
      seen: what,
    }))
    expect(told({ type: 'restoration-observed', data: { step: 'stop', observations } })).toBe(
      `Step stop: seen recovering on 3 targets (${seen[0]}; ${seen[1]}; …)`,
    )
    const replaced = [{ target: 'i-1', injection: 'replaced' as const, seen: 'terminated; replaced by i-9' }]
    expect(told({ type: 'restoration-observed', data: { step: 'stop', observations: replaced } })).toBe(
      'Step stop: seen replaced on 1 target (terminated; replaced by i-9)',
    )
  })

  it('says at once that a fault was gone before anybody asked', () => {
    const data = { step: 'stop', attempt: 1, reason: 'response-seen' as const, gone: ['i-1', 'i-2'] }
    expect(told({ type: 'recovery-requested', data })).toContain(
      'on 2 targets it was gone before anybody asked, so the run cannot be held',
    )
  })

  it('says why a fault is taken out in words, and who aborted', () => {
    const data = { step: 'remove', attempt: 1, reason: 'observed-long-enough' as const }
    expect(told({ type: 'recovery-requested', data })).toBe(
      'Step remove: being taken out: it lasted as long as planned (attempt 1)',
    )
    expect(told({ type: 'abort-requested', data: { reason: 'orders are failing' } })).toBe(
      'Abort by Ana: orders are failing',
    )
  })
})
