import { daysInMonth, civilFromDays, weekdayOf, daysFromCivil } from '../time/civil.ts'
import { readField, type CronField, type FieldResult } from './cron-field.ts'

/** A cron expression, read. Sets are sorted. */
export type Cron = Readonly<{
  /** Minutes of the day at which it comes, ascending. */
  minutesOfDay: readonly number[]
  months: ReadonlySet<number>
  daysOfMonth: ReadonlySet<number>
  /** 0 is Sunday. */
  daysOfWeek: ReadonlySet<number>
  /** `L`: the last day of the month. */
  onLastDay: boolean
  /** `fri#2`, and `friL` as the fifth or last: weekday and which one of the month; -1 is the last. */
  nthDays: readonly Readonly<{ weekday: number; nth: number }>[]
  /** Both day fields say something: then either one is enough, as in every cron. */
  eitherDay: boolean
}>

/** What reading an expression answers. The problem names the field and says what to write instead. */
export type CronResult = Readonly<{ ok: true; cron: Cron } | { ok: false; problem: string }>

/** Shorthands, and what they stand for. */
const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const FIELDS = {
  minute: { name: 'minute', min: 0, max: 59, names: [] },
  hour: { name: 'hour', min: 0, max: 23, names: [] },
  dayOfMonth: { name: 'day of month', min: 1, max: 31, names: [], last: 'alone' },
  month: { name: 'month', min: 1, max: 12, names: MONTHS },
  dayOfWeek: { name: 'day of week', min: 0, max: 7, names: WEEKDAYS, last: 'after-day' },
} as const satisfies Readonly<Record<string, CronField>>

/** A leap day can be this far away: around 2100 there is none for eight years. */
export const HORIZON_DAYS = 8 * 366 + 31

/**
 * Reads five fields (minute, hour, day of month, month, day of week) with names, ranges, steps and lists; `L` for the
 * last day of a month, `friL` and `fri#2` for the last and second Friday; `?` as `*`; and `@daily` and its like.
 */
export function parseCron(text: string): CronResult {
  const trimmed = text.trim().toLowerCase()
  if (trimmed.startsWith('@') && MACROS[trimmed] === undefined) {
    return { ok: false, problem: `${trimmed} is not known; write one of ${Object.keys(MACROS).join(', ')}` }
  }
  const parts = (MACROS[trimmed] ?? trimmed).split(/\s+/)
  if (parts.length !== 5 || parts.includes('')) {
    return {
      ok: false,
      problem: `a schedule has five fields (minute, hour, day of month, month, day of week), this has ${parts[0] === '' ? 0 : parts.length}; for example 0 10 * * tue`,
    }
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = parts
  const read = {
    minute: readField(minute, FIELDS.minute),
    hour: readField(hour, FIELDS.hour),
    dayOfMonth: readField(dayOfMonth, FIELDS.dayOfMonth),
    month: readField(month, FIELDS.month),
    dayOfWeek: readField(dayOfWeek, FIELDS.dayOfWeek),
  }
  const wrong = Object.values(read).find((field) => !field.ok)
  if (wrong !== undefined && !wrong.ok) return wrong
  const cron = assemble(read, !/^[*?]/.test(dayOfMonth) && !/^[*?]/.test(dayOfWeek))
  return comesEver(cron) ? { ok: true, cron } : { ok: false, problem: 'no month has such a day' }
}

type Read = Readonly<Record<keyof typeof FIELDS, FieldResult>>

function assemble(read: Read, eitherDay: boolean): Cron {
  const of = (name: keyof Read): Extract<FieldResult, { ok: true }> => {
    const field = read[name]
    return field.ok ? field : { ok: true, values: new Set(), isLast: false, nth: [] }
  }
  const minutes = [...of('minute').values].sort((a, b) => a - b)
  const hours = [...of('hour').values].sort((a, b) => a - b)
  return {
    minutesOfDay: hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)),
    months: of('month').values,
    daysOfMonth: of('dayOfMonth').values,
    daysOfWeek: new Set([...of('dayOfWeek').values].map((day) => day % 7)),
    onLastDay: of('dayOfMonth').isLast,
    nthDays: of('dayOfWeek').nth.map(({ value, nth }) => ({ weekday: value % 7, nth })),
    eitherDay,
  }
}

/** True on a day, in days since 1 January 1970 on the schedule's wall clock, on which the expression comes. */
export function comesOn(cron: Cron, days: number): boolean {
  const { year, month, day } = civilFromDays(days)
  if (!cron.months.has(month)) return false
  const length = daysInMonth(year, month)
  const weekday = weekdayOf(days)
  const isDayOfMonth = cron.daysOfMonth.has(day) || (cron.onLastDay && day === length)
  const isDayOfWeek =
    cron.daysOfWeek.has(weekday) ||
    cron.nthDays.some(
      (one) =>
        one.weekday === weekday && (one.nth === -1 ? day + 7 > length : Math.ceil(day / 7) === one.nth),
    )
  return cron.eitherDay ? isDayOfMonth || isDayOfWeek : isDayOfMonth && isDayOfWeek
}

function comesEver(cron: Cron): boolean {
  const start = daysFromCivil({ year: 2024, month: 1, day: 1 })
  for (let days = start; days < start + HORIZON_DAYS; days++) if (comesOn(cron, days)) return true
  return false
}
