import type { Zone } from '../../format/time.ts'

/** One day of a month's grid; instants in platform microseconds, `to` exclusive. */
export type Day = Readonly<{
  key: string
  number: number
  /** `Tuesday 1 December 2026`. */
  name: string
  from: number
  to: number
  /** Belongs to the month before or after. */
  isOutside: boolean
}>

/** A month in whole weeks that begin on Monday. */
export type Month = Readonly<{
  key: string
  name: string
  before: string
  after: string
  weeks: readonly (readonly Day[])[]
}>

const two = (value: number) => String(value).padStart(2, '0')

/** The month of an instant, as addresses have it. */
export function monthKey(micros: number, zone: Zone): string {
  const date = new Date(micros / 1000)
  return zone === 'UTC'
    ? keyOf(date.getUTCFullYear(), date.getUTCMonth())
    : keyOf(date.getFullYear(), date.getMonth())
}

function keyOf(year: number, month: number): string {
  const months = year * 12 + month
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${two((months % 12) + 1)}`
}

/** Lays out a month. Days begin at midnight of the zone, so one may have 23 or 25 hours. */
export function monthOf(key: string, zone: Zone): Month {
  const [year = 1970, month = 1] = key.split('-').map(Number)
  const midnight = (day: number) =>
    (zone === 'UTC' ? Date.UTC(year, month - 1, day) : new Date(year, month - 1, day).getTime()) * 1000
  // A date of its own: only its place in the week and in the year is asked, which no zone changes.
  const dateOf = (day: number) => new Date(Date.UTC(year, month - 1, day))
  const first = 1 - ((dateOf(1).getUTCDay() + 6) % 7)
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const weeks = Array.from({ length: Math.ceil((length - first + 1) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (__, n): Day => {
      const day = first + week * 7 + n
      const date = dateOf(day)
      return {
        key: date.toISOString().slice(0, 10),
        number: date.getUTCDate(),
        name: date.toLocaleDateString('en-GB', {
          timeZone: 'UTC',
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          year: 'numeric',
        }),
        from: midnight(day),
        to: midnight(day + 1),
        isOutside: day < 1 || day > length,
      }
    }),
  )
  const name = dateOf(1).toLocaleDateString('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' })
  return { key, name, before: keyOf(year, month - 2), after: keyOf(year, month), weeks }
}
