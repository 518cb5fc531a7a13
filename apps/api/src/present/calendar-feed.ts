import type { CalendarEntry, CalendarView } from '@firedrill/contracts'
import { formatInstant, platformInstant, plusMs } from '@firedrill/core'

const LINE_BYTES_MAX = 75
/** Calendar programs hide what has no length. */
const SHORTEST_MS = 60_000

/** Booked drills and what became of them as an iCalendar file (RFC 5545), for programs that follow an address. */
export function calendarFeed({ entries, now }: Pick<CalendarView, 'entries' | 'now'>): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Firedrill//Booked drills//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'NAME:Firedrill',
    'X-WR-CALNAME:Firedrill',
    'REFRESH-INTERVAL;VALUE=DURATION:PT15M',
    ...entries.flatMap((entry) => event(entry, now)),
    'END:VCALENDAR',
  ]
  return `${lines.map(folded).join('\r\n')}\r\n`
}

function event(entry: CalendarEntry, now: number): readonly string[] {
  const starts = platformInstant(entry.at)
  const state = entry.run?.status ?? entry.state
  const about = [
    `${entry.scenario} in ${entry.environment}`,
    ...(entry.reason === '' ? [] : [entry.reason]),
    ...entry.conflicts.map(({ reason }) => `in the way: ${reason}`),
  ]
  return [
    'BEGIN:VEVENT',
    `UID:${entry.scheduleId}-${entry.at}@firedrill`,
    `DTSTAMP:${basic(platformInstant(now))}`,
    `DTSTART:${basic(starts)}`,
    `DTEND:${basic(plusMs(starts, Math.max(SHORTEST_MS, entry.lengthMs)))}`,
    `SUMMARY:${escaped(`${entry.state === 'booked' ? 'Drill' : `Drill (${state})`}: ${entry.title}`)}`,
    `DESCRIPTION:${escaped(about.join('\n'))}`,
    `STATUS:${entry.state === 'missed' || entry.state === 'refused' ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
  ]
}

function basic(instant: Parameters<typeof formatInstant>[0]): string {
  return formatInstant(instant).replace(/\.\d+/, '').replaceAll(/[-:]/g, '')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, String.raw`\$&`).replaceAll(/\r\n|\r|\n/g, String.raw`\n`)
}

/** At most 75 bytes a line, never within a character. */
function folded(line: string): string {
  let [text, bytes] = ['', 0]
  for (const character of line) {
    const size = new TextEncoder().encode(character).length
    if (bytes + size > LINE_BYTES_MAX) {
      text += '\r\n '
      bytes = 1
    }
    text += character
    bytes += size
  }
  return text
}
