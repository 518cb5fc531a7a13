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
