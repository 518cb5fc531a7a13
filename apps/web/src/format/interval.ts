import { formatInterval, formatMicros, type DurationInterval } from '@firedrill/contracts'

/** An interval where there is little room: signs in place of words, the same rounding. */
export function shortInterval(interval: DurationInterval): string {
  if (interval.hi === null) return `> ${formatMicros(interval.lo, 'down')}`
  if (interval.lo === 0) return `≤ ${formatMicros(interval.hi, 'up')}`
  return formatInterval(interval)
}
