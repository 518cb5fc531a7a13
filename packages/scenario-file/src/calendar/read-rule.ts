import { FREQUENCIES, type Recurrence } from '@firedrill/core'
import type { CalendarZones } from './calendar-zones.ts'
import type { ContentLine } from './content-line.ts'
import { readTime, wallIn, type CalendarTime, type Tell } from './read-times.ts'

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const KNOWN = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYSETPOS']

/** Reads a rule of recurrence for an event that begins at `start`. Undefined when it is wrong, which has been told then. */
export function readRule(
  at: ContentLine,
  start: CalendarTime,
  zones: CalendarZones,
  tell: Tell,
): Recurrence | undefined {
  const parts = new Map(
    at.value.split(';').map((part) => {
      const [key = '', value = ''] = part.split('=', 2)
      return [key.trim().toUpperCase(), value.trim().toUpperCase()] as const
    }),
  )
  const unknown = [...parts.keys()].find((key) => !KNOWN.includes(key))
  if (unknown !== undefined)
    return tell(
      at,
      `${unknown === '' ? 'an empty part' : unknown} in a rule is not read`,
      `Freezes recur by ${KNOWN.join(', ')}; write what remains as single events.`,
    )
  const frequency = FREQUENCIES.find((one) => one.toUpperCase() === parts.get('FREQ'))
  if (frequency === undefined)
    return tell(
      at,
      `a rule recurs ${FREQUENCIES.join(', ')}, not "${parts.get('FREQ') ?? ''}"`,
      'For example: FREQ=YEARLY.',
    )
  const numbers = (key: string, min: number, max: number) => list(at, parts.get(key), key, min, max, tell)
  const interval = numbers('INTERVAL', 1, 1000)
  const count = numbers('COUNT', 1, 10_000)
  const months = numbers('BYMONTH', 1, 12)
  const monthDays = numbers('BYMONTHDAY', -31, 31)
  const positions = numbers('BYSETPOS', -366, 366)
  const weekdays = days(at, parts.get('BYDAY'), frequency, tell)
  const until = parts.get('UNTIL')
  const end = until === undefined ? undefined : readTime(until, at, zones, tell)
  const isRead = [interval, count, months, monthDays, positions, weekdays].every((part) => part !== undefined)
  if (!isRead || (until !== undefined && end === undefined)) return undefined
  return {
    frequency,
    interval: interval?.[0] ?? 1,
    ...(count?.[0] === undefined ? {} : { count: count[0] }),
    ...(end === undefined ? {} : { untilWall: lastWall(end, start) }),
    weekStart: Math.max(0, WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO')),
    months: [...(months ?? [])],
    monthDays: [...(monthDays ?? [])],
    weekdays: [...(weekdays ?? [])],
    positions: [...(positions ?? [])],
  }
}

/** A date as the end of a rule includes that whole day. */
function lastWall(end: CalendarTime, start: CalendarTime): number {
  return end.isDate ? end.wall + 86_399 : wallIn(end, start)
}

function list(
  at: ContentLine,
  text: string | undefined,
  key: string,
  min: number,
  max: number,
  tell: Tell,
): readonly number[] | undefined {
  if (text === undefined) return []
  const numbers = text.split(',').map(Number)
  const isRight = numbers.every((one) => Number.isInteger(one) && one !== 0 && one >= min && one <= max)
  return isRight ? numbers : tell(at, `${key}=${text} is wrong`, `Numbers from ${min} to ${max}.`)
}

function days(
  at: ContentLine,
  text: string | undefined,
  frequency: Recurrence['frequency'],
  tell: Tell,
): Recurrence['weekdays'] | undefined {
  if (text === undefined) return []
  const found: Recurrence['weekdays'] = []
  for (const part of text.split(',')) {
    const [, nth, day = ''] = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(part) ?? []
    if (day === '') return tell(at, `BYDAY=${text} is wrong`, 'For example: BYDAY=MO,WE or BYDAY=-1FR.')
    if (nth !== undefined && (frequency === 'daily' || frequency === 'weekly'))
      return tell(at, `${part} counts weekdays of a month, but the rule is ${frequency}`, `Write ${day}.`)
    found.push({ weekday: WEEKDAYS.indexOf(day), ...(nth === undefined ? {} : { nth: Number(nth) }) })
  }
  return found
}
