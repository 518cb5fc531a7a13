import type { Micros } from '../../world/model.ts'
import { validation } from './scheduler-faults.ts'

/**
 * The instant of a one-time expression such as `at(2026-11-21T18:05:00)` in a time zone.
 * @throws AwsFault `ValidationException` for anything else, recurring schedules included: this world has none.
 */
export function instantOf(expression: string, timeZone: string): Micros {
  const [, ...parts] = /^at\((\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?\)$/.exec(expression) ?? []
  const [year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0))
  if (year === undefined || month === undefined) throw invalid(expression)
  const local = Date.UTC(year, month - 1, day, hour, minute, second)
  if (new Date(local).getUTCDate() !== day || new Date(local).getUTCHours() !== hour)
    throw invalid(expression)
  const offset = (at: number): number => offsetMs(at, timeZone)
  // Twice, because the offset holds at the instant, not at the wall clock read as UTC.
  return (local - offset(local - offset(local))) * 1000
}

function invalid(expression: string): Error {
  return validation(`Invalid Schedule Expression ${expression}.`)
}

/** By how much a zone's wall clock is ahead of UTC at an instant. */
function offsetMs(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    const [, day, month, year, hour, minute, second] =
      /(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)/.exec(format.format(at))?.map(Number) ?? []
    const wall = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
    return wall - Math.floor(at / 1000) * 1000
  } catch {
    throw validation(`Invalid Schedule Expression Timezone ${timeZone}.`)
  }
}
