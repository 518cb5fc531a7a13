import type { FindingView } from '@firedrill/contracts'
import { platform } from './clock.ts'

const BY = { kind: 'person', id: 'tok_1', name: 'M. Okafor' } as const

/** A finding of a run, as it was written down. */
export function finding(
  number: number,
  terms: Pick<FindingView, 'gap' | 'severity' | 'owner' | 'due'>,
): FindingView {
  return {
    ...terms,
    number,
    version: 1,
    state: 'open',
    ticket: null,
    retest: null,
    openedAt: platform(950),
    openedBy: BY,
    changedAt: platform(950),
    changedBy: BY,
  }
}
