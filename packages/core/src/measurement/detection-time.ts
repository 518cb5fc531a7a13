import { worldInstant, type WorldInstant } from '../time/instant.ts'
import type { AlarmTransition, DurationInterval } from './interval.ts'
import type { InstantBounds } from './recovery-time.ts'

/** CloudWatch stamps may be off by this much, by assumption; nothing documents them. */
const STAMP_ERROR_MICROS = 1_000_000

/** When the alarm noticed an outage. */
export type DetectionTime =
  | Readonly<{ seen: 'detected'; observed: DurationInterval; detected: InstantBounds }>
  /** The alarm did not go off up to the end of its history: detection took longer than `observed.lo`. */
  | Readonly<{ seen: 'not-detected'; observed: DurationInterval }>
  /** The alarm was already on when the fault went in, so nothing can be said. */
  | Readonly<{ seen: 'already-on' }>

/**
 * Detection from an alarm's history: the first change to ALARM that is not surely before the onset. It is a detection time
 * only; an alarm says nothing about when an outage began or ended.
 */
export function detectionTime(
  transitions: readonly AlarmTransition[],
  onset: InstantBounds,
  historyTo: WorldInstant,
  clockErrorMicros = 0,
): DetectionTime {
  const error = STAMP_ERROR_MICROS + clockErrorMicros
  const ordered = [...transitions].sort((a, b) => a.at - b.at)
  const isBefore = ({ at }: AlarmTransition) => at + error < onset.lo
  const detected = ordered.find((change) => !isBefore(change) && change.to === 'ALARM')
  const before = ordered.findLast(isBefore)
  const first = ordered.find((change) => !isBefore(change))
  if (before?.to === 'ALARM' || (before === undefined && first?.from === 'ALARM'))
    return { seen: 'already-on' }
  if (detected === undefined) {
    return { seen: 'not-detected', observed: { lo: Math.max(0, historyTo - onset.hi), hi: null } }
  }
  const lo = detected.at - error
  const hi = detected.at + error
  return {
    seen: 'detected',
    observed: { lo: Math.max(0, lo - onset.hi), hi: Math.max(0, hi - onset.lo) },
    detected: { lo: worldInstant(lo), hi: worldInstant(hi) },
  }
}
