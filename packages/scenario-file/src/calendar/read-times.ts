import { firstInstantOf, parseWall, wallAt, type WallSeconds } from '@firedrill/core'
import type { CalendarZones } from './calendar-zones.ts'
import type { ContentLine } from './content-line.ts'

/** A date or time of a file: what its zone's wall clock shows. */
export type CalendarTime = Readonly<{ wall: WallSeconds; timeZone: string; isDate: boolean }>

/** Tells what is wrong with a property, and what to write instead. */
export type Tell = (at: ContentLine, message: string, suggestion?: string) => undefined

const TIME = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/
const DURATION = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** Reads every time of a property: one, or a list. Undefined when any of them is wrong, which has been told then. */
export function readTimes(
  at: ContentLine,
  zones: CalendarZones,
  tell: Tell,
): readonly CalendarTime[] | undefined {
  if (at.parameters.get('VALUE') === 'PERIOD')
    return tell(at, 'periods are not read', 'Write dates or times, and the length in DTEND or DURATION.')
  const times = at.value.split(',').map((text) => readTime(text.trim(), at, zones, tell))
  return times.every((time) => time !== undefined) ? times : undefined
}

/** Reads one time in the form of the format, such as `20261220T090000Z`. */
export function readTime(
  text: string,
  at: ContentLine,
  zones: CalendarZones,
  tell: Tell,
): CalendarTime | undefined {
  const [, year, month, day, hour, minute, second, utc] = TIME.exec(text) ?? []
  const isDate = hour === undefined
  // A leap second is no time of any clock here; it counts as the second before it.
  const seconds = second === '60' ? '59' : second
  const wall = parseWall(`${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${seconds ?? '00'}`)
  if (year === undefined || wall === undefined)
    return tell(at, `"${text}" is no date of the calendar`, 'For example: 20261224, or 20261224T180000Z.')
  if (utc !== undefined) return { wall, timeZone: 'UTC', isDate }
  const named = at.parameters.get('TZID')
  if (named === undefined) {
    if (zones.ofFloating !== undefined) return { wall, timeZone: zones.ofFloating, isDate }
    return tell(
      at,
      isDate
        ? 'a date begins at another instant in every time zone, and the file names none'
        : 'the time names no time zone',
      'Import it with a zone: --zone Europe/Berlin.',
    )
  }
  const timeZone = zones.resolve(named)
  if (timeZone !== undefined) return { wall, timeZone, isDate }
  return tell(
    at,
    `there is no time zone named ${named}`,
    'Export the calendar with names such as Europe/Berlin, or with times in UTC.',
  )
}

/** The same instant on the wall clock of another zone. A date keeps its day and gets the time of day of `like`. */
export function wallIn(time: CalendarTime, like: CalendarTime): WallSeconds {
  if (time.isDate && !like.isDate) return time.wall + (like.wall - Math.floor(like.wall / 86_400) * 86_400)
  if (time.timeZone === like.timeZone || time.isDate) return time.wall
  return wallAt(like.timeZone, firstInstantOf(time.timeZone, time.wall))
}

/** A length: whole days by the wall clock, or exact seconds. */
export type CalendarLength = Readonly<{ unit: 'days'; days: number } | { unit: 'seconds'; seconds: number }>

/** Reads a duration such as `P14D` or `PT90M`. */
export function readDuration(at: ContentLine, tell: Tell): CalendarLength | undefined {
  const found = DURATION.exec(at.value.trim())
  const [, weeks, days, hours, minutes, seconds] = (found ?? []).map((part) => Number(part ?? 0))
  const whole = (weeks ?? 0) * 7 + (days ?? 0)
  const exact = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  if (found === null || whole + exact === 0)
    return tell(at, `"${at.value}" is no length of time`, 'For example: P14D, or PT90M.')
  return exact === 0 ? { unit: 'days', days: whole } : { unit: 'seconds', seconds: whole * 86_400 + exact }
}
