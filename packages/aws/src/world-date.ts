import { worldInstant, type WorldInstant } from '@firedrill/core'

/** A world instant as the SDK wants it in a request; rounded down to the millisecond. */
export function toDate(instant: WorldInstant): Date {
  return new Date(Math.floor(instant / 1000))
}

/** A timestamp in an AWS answer's body. Bodies are world time, whatever the `Date` header says. */
export function fromDate(date: Date): WorldInstant {
  return worldInstant(date.getTime() * 1000)
}
