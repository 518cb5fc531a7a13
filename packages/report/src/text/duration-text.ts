import type { DurationInterval } from '@firedrill/core'

type Direction = 'down' | 'up'
const DIGITS_MAX = 6

/**
 * Microseconds as people read them: `7 min 26.6 s`, `47.9 s`, `2 h 05 min`. `digits` decimals of the second, rounded in
 * the given direction. Values are not negative.
 */
export function durationText(micros: number, direction: Direction, digits = 1): string {
  const unit = 10 ** (DIGITS_MAX - digits)
  const units = direction === 'down' ? Math.floor(micros / unit) : Math.ceil(micros / unit)
  const perSecond = 10 ** digits
  const whole = Math.floor(units / perSecond)
  const fraction = digits === 0 ? '' : `.${String(units % perSecond).padStart(digits, '0')}`
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  const seconds = whole % 60
  const parts: string[] = []
  if (hours > 0) parts.push(`${hours} h`)
  if (hours > 0 || minutes > 0) parts.push(`${hours > 0 ? String(minutes).padStart(2, '0') : minutes} min`)
  parts.push(`${parts.length > 0 ? String(seconds).padStart(2, '0') : seconds}${fraction} s`)
  return parts.join(' ')
}

/** An objective or another exact length: no decimals unless it has some. */
export function exactText(micros: number): string {
  let digits = 0
  while (digits < DIGITS_MAX && micros % 10 ** (DIGITS_MAX - digits) !== 0) digits++
  const text = durationText(micros, 'down', digits)
  return text.replace(/ min 00 s$/, ' min')
}

/**
 * A bound of an interval: the lower one rounded down, the upper one up, so that rounding never makes an interval
 * narrower than it is. When that would put the bound on or over the objective although it lies on the other side, more
 * digits are shown until it does not.
 */
export function boundText(micros: number, side: 'lo' | 'hi', objectiveMicros?: number): string {
  const direction: Direction = side === 'lo' ? 'down' : 'up'
  for (let digits = 1; digits < DIGITS_MAX; digits++) {
    const unit = 10 ** (DIGITS_MAX - digits)
    const shown = (direction === 'down' ? Math.floor(micros / unit) : Math.ceil(micros / unit)) * unit
    if (
      objectiveMicros === undefined ||
      Math.sign(shown - objectiveMicros) === Math.sign(micros - objectiveMicros)
    ) {
      return durationText(micros, direction, digits)
    }
  }
  return durationText(micros, direction, DIGITS_MAX)
}

/** `1 min 21.3 s to 1 min 24.0 s`, or `more than 6 min 33.9 s` when only the lower bound is known. */
export function intervalText({ lo, hi }: DurationInterval, objectiveMicros?: number): string {
  const low = boundText(lo, 'lo', objectiveMicros)
  if (hi === null) return `more than ${low}`
  const high = boundText(hi, 'hi', objectiveMicros)
  return low === high ? low : `${low} to ${high}`
}

/** A distance to an objective, rounded down so that it is never overstated, with digits until it is not zero. */
export function distanceText(micros: number): string {
  for (let digits = 1; digits < DIGITS_MAX; digits++) {
    if (micros >= 10 ** (DIGITS_MAX - digits)) return durationText(micros, 'down', digits)
  }
  return durationText(micros, 'down', DIGITS_MAX)
}

/** Why an interval stands where it does: to spare, over, or across its objective. */
export function marginText(observed: DurationInterval, maxMicros: number): string {
  const { lo, hi } = observed
  if (hi !== null && hi <= maxMicros)
    return hi === maxMicros ? 'exactly used up' : `${distanceText(maxMicros - hi)} to spare`
  if (lo > maxMicros) return `${hi === null ? 'at least ' : ''}${distanceText(lo - maxMicros)} over`
  if (hi === null) return `${distanceText(maxMicros - lo)} below, no upper bound`
  return lo === maxMicros
    ? `up to ${distanceText(hi - maxMicros)} above`
    : `${distanceText(maxMicros - lo)} below to ${distanceText(hi - maxMicros)} above`
}
