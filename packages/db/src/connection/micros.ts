import { platformInstant, worldInstant, type PlatformInstant, type WorldInstant } from '@firedrill/core'

/** A bigint column as a number. @throws RangeError when it is beyond what a number holds exactly. */
export function exactNumber(value: bigint | number | string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is no exact number`)
  return number
}

/** Platform time from a bigint column. */
export function platformOf(value: bigint | number | string): PlatformInstant {
  return platformInstant(exactNumber(value))
}

/** World time from a bigint column. */
export function worldOf(value: bigint | number | string): WorldInstant {
  return worldInstant(exactNumber(value))
}
