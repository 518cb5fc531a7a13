import { civilFromDays } from './civil.ts'

declare const platformBrand: unique symbol
declare const worldBrand: unique symbol

/** A point in platform time (the database's clock, always 1x): integer microseconds since the Unix epoch. */
export type PlatformInstant = number & { readonly [platformBrand]: true }

/** A point in world time (the clock that AWS and the system under drill live by): integer microseconds since the Unix epoch. */
export type WorldInstant = number & { readonly [worldBrand]: true }

/** Marks integer microseconds as platform time. @throws RangeError when the value is no safe integer. */
export function platformInstant(micros: number): PlatformInstant {
  return checked(micros) as PlatformInstant
}

/** Marks integer microseconds as world time. @throws RangeError when the value is no safe integer. */
export function worldInstant(micros: number): WorldInstant {
  return checked(micros) as WorldInstant
}

/** Moves an instant by a number of milliseconds, staying on its own clock. */
export function plusMs<T extends PlatformInstant | WorldInstant>(instant: T, ms: number): T {
  return Math.round(instant + ms * 1000) as T
}

/** Microseconds from `from` to `to` on the world clock; negative when `to` is earlier. */
export function worldMicrosBetween(from: WorldInstant, to: WorldInstant): number {
  return to - from
}

/** Microseconds from `from` to `to` on the platform clock; negative when `to` is earlier. */
export function platformMicrosBetween(from: PlatformInstant, to: PlatformInstant): number {
  return to - from
}

/** ISO 8601 in UTC with microseconds, e.g. `2026-11-19T14:02:11.012345Z`. */
export function formatInstant(instant: PlatformInstant | WorldInstant): string {
  const millis = Math.floor(instant / 1000)
  const micros = String(instant - millis * 1000).padStart(3, '0')
  return isoFromMillis(millis).replace('Z', `${micros}Z`)
}

/** To the minute, for sentences: `2026-11-19 14:02 UTC`. Cut, never rounded. */
export function formatMinute(instant: PlatformInstant | WorldInstant): string {
  return `${formatInstant(instant).slice(0, 16).replace('T', ' ')} UTC`
}

function checked(micros: number): number {
  if (!Number.isSafeInteger(micros)) throw new RangeError(`an instant is integer microseconds, got ${micros}`)
  return micros
}

const DAY_MS = 86_400_000

function isoFromMillis(millis: number): string {
  const days = Math.floor(millis / DAY_MS)
  const inDay = millis - days * DAY_MS
  const { year, month, day } = civilFromDays(days)
  const two = (n: number) => String(n).padStart(2, '0')
  const time = `${two(Math.floor(inDay / 3_600_000))}:${two(Math.floor(inDay / 60_000) % 60)}:${two(Math.floor(inDay / 1000) % 60)}`
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}.${String(inDay % 1000).padStart(3, '0')}Z`
}
