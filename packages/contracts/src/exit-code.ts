import { EXIT } from '@firedrill/core'
import type { RunDetail } from './http/run.ts'

/**
 * Exit code of `firedrill run` and `npm start -- --once`. What may be broken goes before everything else:
 * 5 > 4 > 3 > 99 > 6 > 0.
 */
export function exitCodeOf(run: Pick<RunDetail, 'status' | 'mayBeBroken' | 'isAborted' | 'verdict'>): number {
  if (run.mayBeBroken || run.status === 'needs-person') return EXIT.recoveryIncomplete
  if (run.isAborted) return EXIT.stopped
  if (run.status === 'refused' || run.status === 'cancelled' || run.status === 'missed') return EXIT.refused
  switch (run.verdict) {
    case 'held':
      return EXIT.held
    case 'deviated':
      return EXIT.deviated
    case 'inconclusive':
      return EXIT.inconclusive
    case 'not-run':
    case null:
      return EXIT.refused
  }
}
