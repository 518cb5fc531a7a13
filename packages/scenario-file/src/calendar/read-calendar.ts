import { isTimeZone, type CalendarEvent } from '@firedrill/core'
import { Problems, type PlacedProblem } from '../problem/problems.ts'
import { calendarZones, type CalendarZones } from './calendar-zones.ts'
import { plainText, readLines, type BadLine, type ContentLine } from './content-line.ts'
import { readRule } from './read-rule.ts'
import {
  readDuration,
  readTime,
  readTimes,
  wallIn,
  type CalendarLength,
  type CalendarTime,
  type Tell,
} from './read-times.ts'

/** A calendar, read; or everything that is wrong with it. An event that cannot be read would be a freeze that protects nobody. */
export type ReadCalendar = Readonly<
  | { ok: true; events: readonly CalendarEvent[]; cancelled: number }
  | { ok: false; problems: readonly PlacedProblem[] }
>

/** More events than this are no calendar of freezes. */
const EVENTS_MAX = 2000
const DAY_S = 86_400

/**
 * Reads an iCalendar file (RFC 5545). Every event is taken for a freeze but those that are cancelled. `timeZone` is the zone
 * of dates and times that name none; without it the file's own `X-WR-TIMEZONE` holds.
 */
export function readCalendar(text: string, options: Readonly<{ timeZone?: string }> = {}): ReadCalendar {
  const problems = new Problems()
  const tell: Tell = (at, message, suggestion) => {
    problems.add([at.name], { line: at.line, column: at.column }, message, suggestion)
    return undefined
  }
  const { timeZone } = options
  if (timeZone !== undefined && !isTimeZone(timeZone))
    problems.add(
      [],
      { line: 1, column: 1 },
      `there is no time zone named ${timeZone}`,
      'For example: Europe/Berlin',
    )
  const lines = readLines(text)
  const first = lines[0]
  if (
    first === undefined ||
    !('name' in first) ||
    first.name !== 'BEGIN' ||
    first.value.toUpperCase() !== 'VCALENDAR'
  ) {
    problems.add(
      [],
      { line: 1, column: 1 },
      'this is no iCalendar file',
      'Its first line is BEGIN:VCALENDAR.',
    )
    return { ok: false, problems: problems.list() }
  }
  for (const bad of lines.filter((line): line is BadLine => !('name' in line)))
    problems.add(
      [],
      { line: bad.line, column: 1 },
      `this is no property: ${bad.text.slice(0, 40)}`,
      'A property is written NAME:VALUE.',
    )
  const known = lines.filter((line): line is ContentLine => 'name' in line)
  const components = eventsOf(known, tell)
  const zones = calendarZones(known, timeZone)
  const read = components.slice(0, EVENTS_MAX).flatMap((part) => readEvent(part, zones, tell) ?? [])
  const over = components[EVENTS_MAX]?.[0]
  if (over !== undefined)
    tell(over, `a calendar has ${EVENTS_MAX} events at most`, 'Export fewer years, or only the freezes.')
  if (problems.size > 0) return { ok: false, problems: problems.list() }
  const { events, cancelled } = together(read)
  return { ok: true, events, cancelled }
}

/** The lines of each event, without those of alarms and other parts inside it. */
function eventsOf(lines: readonly ContentLine[], tell: Tell): readonly (readonly ContentLine[])[] {
  const events: ContentLine[][] = []
  const open: ContentLine[] = []
  for (const line of lines) {
    const inside = open.at(-1)?.value.toUpperCase()
    if (line.name === 'BEGIN') {
      open.push(line)
      if (line.value.toUpperCase() === 'VEVENT') events.push([line])
    } else if (line.name === 'END') {
      if (open.pop()?.value.toUpperCase() !== line.value.toUpperCase())
        tell(line, `END:${line.value} ends nothing that is open`, 'Was part of the file cut off?')
    } else if (inside === 'VEVENT') events.at(-1)?.push(line)
  }
  const left = open[0]
  if (left !== undefined) tell(left, `BEGIN:${left.value} has no end`, 'Was the file cut off?')
  return events
}

type Read = Readonly<{
  event: CalendarEvent
  replaces: CalendarTime | undefined
  isCancelled: boolean
  start: CalendarTime
}>

function readEvent(lines: readonly ContentLine[], zones: CalendarZones, tell: Tell): Read | undefined {
  const begin = lines[0]
  const one = (name: string) => lines.find((line) => line.name === name)
  const startLine = one('DTSTART')
  if (begin === undefined) return undefined
  if (startLine === undefined) return tell(begin, 'the event has no DTSTART', 'Write when it begins.')
  const start = readTime(startLine.value.trim(), startLine, zones, tell)
  if (start === undefined) return undefined
  const length = lengthOf(one('DTEND'), one('DURATION'), startLine, start, zones, tell)
  const rules = lines.filter(({ name }) => name === 'RRULE')
  const [ruleLine, second] = rules
  if (second !== undefined)
    return tell(second, 'the event has a second rule', 'Write it as an event of its own.')
  const recurrence = ruleLine === undefined ? undefined : readRule(ruleLine, start, zones, tell)
  const walls = (name: string) =>
    lines
      .filter((line) => line.name === name)
      .flatMap((line) => readTimes(line, zones, tell) ?? [])
      .map((time) => wallIn(time, start))
  const extraWalls = walls('RDATE')
  const exceptWalls = walls('EXDATE')
  const replacesLine = one('RECURRENCE-ID')
  if (replacesLine?.parameters.get('RANGE') !== undefined)
    return tell(
      replacesLine,
      'a change of this and all later events is not read',
      'End the rule with UNTIL and write a second event.',
    )
  const replaces =
    replacesLine === undefined ? undefined : readTime(replacesLine.value.trim(), replacesLine, zones, tell)
  if (length === undefined) return undefined
  return {
    start,
    replaces,
    isCancelled: one('STATUS')?.value.trim().toUpperCase() === 'CANCELLED',
    event: {
      uid: one('UID')?.value ?? `line-${begin.line}`,
      summary: plainText(one('SUMMARY')?.value ?? '').slice(0, 200) || 'freeze without a title',
      timeZone: start.timeZone,
      startWall: start.wall,
      length,
      ...(recurrence === undefined ? {} : { recurrence }),
      extraWalls,
      exceptWalls,
    },
  }
}

function lengthOf(
  endLine: ContentLine | undefined,
  durationLine: ContentLine | undefined,
  startLine: ContentLine,
  start: CalendarTime,
  zones: CalendarZones,
  tell: Tell,
): CalendarLength | undefined {
  if (durationLine !== undefined) return readDuration(durationLine, tell)
  if (endLine === undefined) {
    if (start.isDate) return { unit: 'days', days: 1 }
    return tell(
      startLine,
      'the event has no length, so it would freeze nothing',
      'Give it DTEND or DURATION.',
    )
  }
  const end = readTime(endLine.value.trim(), endLine, zones, tell)
  if (end === undefined) return undefined
  const seconds = start.isDate || end.isDate ? end.wall - start.wall : exactSeconds(start, end)
  if (seconds <= 0) return tell(endLine, 'the event ends before it begins', 'DTEND is later than DTSTART.')
  return start.isDate && seconds % DAY_S === 0
    ? { unit: 'days', days: seconds / DAY_S }
    : { unit: 'seconds', seconds }
}

function exactSeconds(start: CalendarTime, end: CalendarTime): number {
  const utc = { wall: 0, timeZone: 'UTC', isDate: false }
  return wallIn(end, utc) - wallIn(start, utc)
}

/** An event that replaces one occurrence of another takes that occurrence's place; a cancelled one leaves it empty. */
function together(read: readonly Read[]): Readonly<{ events: readonly CalendarEvent[]; cancelled: number }> {
  const events = read.flatMap(({ event, replaces, isCancelled, start }) => {
    if (isCancelled) return []
    if (replaces !== undefined) return [event]
    const replaced = read.flatMap((other) =>
      other.event.uid === event.uid && other.replaces !== undefined ? [wallIn(other.replaces, start)] : [],
    )
    return [{ ...event, exceptWalls: [...event.exceptWalls, ...replaced] }]
  })
  return { events, cancelled: read.filter(({ isCancelled }) => isCancelled).length }
}
