/** A calendar date, or an instant with its offset: a time without one would mean another instant to each reader. */
export const INSTANT =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/

/** How such an instant is written, for whoever wrote something else. */
export const INSTANT_WORDS =
  'a date such as 2026-12-24, or an instant with its offset such as 2026-12-18T17:00:00+01:00'

const DAY_MICROS = 86_400_000_000

/**
 * Microseconds since the epoch of one edge of a freeze. A date counts whole, in UTC: as an end it is the midnight after
 * it. Undefined when the text is no such instant, or the calendar has no such date.
 */
export function freezeInstant(text: string | undefined, edge: 'start' | 'end'): number | undefined {
  const [, year = '', month = '', day = ''] = INSTANT.exec(text ?? '') ?? []
  if (text === undefined || year === '' || Number(day) > daysIn(Number(year), Number(month))) return undefined
  const micros = Date.parse(text) * 1000
  return edge === 'end' && !text.includes('T') ? micros + DAY_MICROS : micros
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (month === 2) return isLeap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
