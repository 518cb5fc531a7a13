import { civilFromDays, daysFromCivil, daysInMonth } from './civil.ts'

const DAY_S = 86_400
const WALL = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/

/** What the wall clock of a zone showed, as whole seconds since 1970-01-01T00:00:00 on that wall clock. */
export type WallSeconds = number

/** Formatters are slow to make and never change, so each zone's is kept. */
const formatters = new Map<string, Intl.DateTimeFormat>()

/** True for a name of the IANA time zone database, such as `Europe/Berlin`, and for `UTC`. */
export function isTimeZone(zone: string): boolean {
  // Offsets such as +01:00 are taken by the platform, but follow no daylight saving, which is never what is meant.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return false
  try {
    formatterOf(zone)
    return true
  } catch {
    return false
  }
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const kept = formatters.get(zone)
  if (kept !== undefined) return kept
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  })
  formatters.set(zone, made)
  return made
}

/** What the zone's wall clock shows at an instant in whole seconds since the epoch. @throws RangeError for no zone. */
export function wallAt(zone: string, unixSeconds: number): WallSeconds {
  if (zone === 'UTC') return unixSeconds
  const found = WALL.exec(formatterOf(zone).format(unixSeconds * 1000))
  if (found === null) throw new RangeError(`the wall clock of ${zone} could not be read`)
  const [, month, day, year, hour, minute, second] = found.map(Number)
  const days = daysFromCivil({ year: year ?? 0, month: month ?? 1, day: day ?? 1 })
  return days * DAY_S + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)
}

/**
 * The first instant, in seconds since the epoch, at which the zone's wall clock shows `wall` or later. So a time that a
 * clock skips is the first instant after the gap, and one that a clock shows twice is the first of the two. Never
 * decreases as `wall` grows.
 */
export function firstInstantOf(zone: string, wall: WallSeconds): number {
  if (zone === 'UTC') return wall
  // The offset changes at most once within the two days around a wall-clock time.
  const before = wall - DAY_S
  const offsets = [wallAt(zone, before) - before, wallAt(zone, wall + DAY_S) - wall - DAY_S]
  const fitting = offsets
    .map((offset) => wall - offset)
    .filter((candidate) => wallAt(zone, candidate) === wall)
  if (fitting.length > 0) return Math.min(...fitting)
  return gapEnd(zone, before, wall + DAY_S)
}

/** The first second after `from` at which the offset is no longer that of `from`. */
function gapEnd(zone: string, from: number, to: number): number {
  const offset = wallAt(zone, from) - from
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (wallAt(zone, middle) - middle === offset) low = middle
    else high = middle
  }
  return high
}

/** How a wall-clock time meets the zone's clock: it comes once, twice (autumn), or never (spring). */
export function timesShown(zone: string, wall: WallSeconds): 'once' | 'twice' | 'never' {
  const first = firstInstantOf(zone, wall)
  if (wallAt(zone, first) !== wall) return 'never'
  const later = wallAt(zone, first + DAY_S) - first - DAY_S
  const second = wall - later
  return second > first && wallAt(zone, second) === wall ? 'twice' : 'once'
}

/** Reads `2026-12-01T09:00` or with seconds. Undefined when the text is no such time, or the calendar has no such date. */
export function parseWall(text: string): WallSeconds | undefined {
  const found = LOCAL.exec(text)
  if (found === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return daysFromCivil({ year, month, day }) * DAY_S + hour * 3600 + minute * 60 + second
}

/** `2026-12-01T09:00`, with seconds only when there are some. */
export function formatWall(wall: WallSeconds): string {
  const days = Math.floor(wall / DAY_S)
  const inDay = wall - days * DAY_S
  const { year, month, day } = civilFromDays(days)
  const two = (n: number) => String(n).padStart(2, '0')
  const seconds = inDay % 60 === 0 ? '' : `:${two(inDay % 60)}`
  const time = `${two(Math.floor(inDay / 3600))}:${two(Math.floor(inDay / 60) % 60)}${seconds}`
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}`
}
