import { civilFromDays, daysFromCivil, daysInMonth, weekdayOf } from '../time/civil.ts'
import type { WallSeconds } from '../time/time-zone.ts'
import type { CalendarEvent, Recurrence } from './calendar-event.ts'

const DAY_S = 86_400

/**
 * The wall times at which an event begins, ascending, none after `toWall`; those that end before `fromWall` may be left
 * out. Always ends, because `toWall` is finite.
 */
export function* beginnings(
  event: Pick<CalendarEvent, 'startWall' | 'recurrence' | 'extraWalls' | 'exceptWalls'>,
  fromWall: WallSeconds,
  toWall: WallSeconds,
): Generator<WallSeconds> {
  const left = new Set(event.exceptWalls)
  const extra = event.extraWalls.filter((wall) => wall <= toWall).sort((a, b) => a - b)
  let last = -Infinity
  for (const wall of merged(ruled(event, fromWall, toWall), extra)) {
    if (wall === last || left.has(wall)) continue
    last = wall
    yield wall
  }
}

function* merged(ruledWalls: Iterable<number>, extra: readonly number[]): Generator<number> {
  const rest = [...extra]
  for (const wall of ruledWalls) {
    while (rest[0] !== undefined && rest[0] <= wall) yield rest.shift() ?? wall
    yield wall
  }
  yield* rest
}

function* ruled(
  { startWall, recurrence }: Pick<CalendarEvent, 'startWall' | 'recurrence'>,
  fromWall: number,
  toWall: number,
): Generator<number> {
  if (recurrence === undefined) {
    if (startWall <= toWall) yield startWall
    return
  }
  const until = Math.min(toWall, recurrence.untilWall ?? toWall)
  const startDay = Math.floor(startWall / DAY_S)
  const timeOfDay = startWall - startDay * DAY_S
  let left = recurrence.count ?? Infinity
  // The event's own beginning counts first, whether or not the rule comes on it.
  if (startWall <= until) {
    yield startWall
    left -= 1
  }
  for (let period = firstPeriod(recurrence, startDay, fromWall); ; period++) {
    const days = periodDays(recurrence, startDay, period)
    if (days.begins * DAY_S > until) return
    for (const day of days.candidates) {
      const wall = day * DAY_S + timeOfDay
      if (wall <= startWall) continue
      if (wall > until || left <= 0) return
      left -= 1
      yield wall
    }
  }
}

/** With a count every beginning has to be counted; without one, years that are long past are skipped. */
function firstPeriod({ frequency, interval, count }: Recurrence, startDay: number, fromWall: number): number {
  if (count !== undefined) return 0
  const longest = { daily: 1, weekly: 7, monthly: 31, yearly: 366 }[frequency] * interval
  return Math.max(0, Math.floor((fromWall / DAY_S - startDay) / longest) - 2)
}

type Period = Readonly<{ begins: number; candidates: readonly number[] }>

function periodDays(rule: Recurrence, startDay: number, index: number): Period {
  const step = index * rule.interval
  switch (rule.frequency) {
    case 'daily': {
      const day = startDay + step
      return { begins: day, candidates: positioned([day].filter(allowedBy(rule)), rule) }
    }
    case 'weekly': {
      const weekStart = startDay - ((weekdayOf(startDay) - rule.weekStart + 7) % 7) + step * 7
      const wanted =
        rule.weekdays.length === 0 ? [weekdayOf(startDay)] : rule.weekdays.map((one) => one.weekday)
      const days = sevenFrom(weekStart).filter((day) => wanted.includes(weekdayOf(day)))
      return { begins: weekStart, candidates: positioned(days.filter(inMonths(rule)), rule) }
    }
    case 'monthly': {
      const first = civilFromDays(startDay)
      const months = first.year * 12 + first.month - 1 + step
      const [year, month] = [Math.floor(months / 12), (months % 12) + 1]
      const begins = daysFromCivil({ year, month, day: 1 })
      const isWanted = rule.months.length === 0 || rule.months.includes(month)
      return {
        begins,
        candidates: isWanted ? positioned(monthCandidates(rule, startDay, year, month), rule) : [],
      }
    }
    case 'yearly': {
      const year = civilFromDays(startDay).year + step
      const begins = daysFromCivil({ year, month: 1, day: 1 })
      return { begins, candidates: positioned(yearCandidates(rule, startDay, year), rule) }
    }
  }
}

function sevenFrom(day: number): readonly number[] {
  return [0, 1, 2, 3, 4, 5, 6].map((n) => day + n)
}

function inMonths({ months }: Recurrence): (day: number) => boolean {
  return (day) => months.length === 0 || months.includes(civilFromDays(day).month)
}

/** For a daily rule the other parts only leave days out. */
function allowedBy(rule: Recurrence): (day: number) => boolean {
  return (day) => {
    const { year, month, day: ofMonth } = civilFromDays(day)
    const fromEnd = ofMonth - daysInMonth(year, month) - 1
    return (
      inMonths(rule)(day) &&
      (rule.weekdays.length === 0 || rule.weekdays.some((one) => one.weekday === weekdayOf(day))) &&
      (rule.monthDays.length === 0 || rule.monthDays.some((one) => one === ofMonth || one === fromEnd))
    )
  }
}

function monthCandidates(rule: Recurrence, startDay: number, year: number, month: number): readonly number[] {
  const first = daysFromCivil({ year, month, day: 1 })
  const length = daysInMonth(year, month)
  if (rule.monthDays.length === 0 && rule.weekdays.length === 0) {
    const { day } = civilFromDays(startDay)
    return day > length ? [] : [first + day - 1]
  }
  return span(first, length).filter((day) => {
    const ofMonth = day - first + 1
    return (
      (rule.monthDays.length === 0 ||
        rule.monthDays.some((one) => one === ofMonth || one === ofMonth - length - 1)) &&
      (rule.weekdays.length === 0 || isNth(rule, day, ofMonth, length))
    )
  })
}

/** A weekday of the period, its nth when it is bound to one. */
function isNth({ weekdays }: Recurrence, day: number, ofPeriod: number, length: number): boolean {
  return weekdays.some(
    ({ weekday, nth }) =>
      weekday === weekdayOf(day) &&
      (nth === undefined ||
        nth === Math.ceil(ofPeriod / 7) ||
        nth === -Math.ceil((length - ofPeriod + 1) / 7)),
  )
}

function yearCandidates(rule: Recurrence, startDay: number, year: number): readonly number[] {
  const start = civilFromDays(startDay)
  const isByYear = rule.weekdays.length > 0 && rule.months.length === 0 && rule.monthDays.length === 0
  if (isByYear) {
    const first = daysFromCivil({ year, month: 1, day: 1 })
    const length = daysFromCivil({ year: year + 1, month: 1, day: 1 }) - first
    return span(first, length).filter((day) => isNth(rule, day, day - first + 1, length))
  }
  const all = rule.monthDays.length > 0 || rule.weekdays.length > 0 ? span(1, 12) : [start.month]
  const months = rule.months.length > 0 ? rule.months.toSorted((a, b) => a - b) : all
  return months.flatMap((month) => monthCandidates(rule, startDay, year, month))
}

function span(from: number, length: number): readonly number[] {
  return Array.from({ length }, (_, n) => from + n)
}

function positioned(days: readonly number[], { positions }: Recurrence): readonly number[] {
  if (positions.length === 0) return days
  return days.filter((_, index) => positions.includes(index + 1) || positions.includes(index - days.length))
}
