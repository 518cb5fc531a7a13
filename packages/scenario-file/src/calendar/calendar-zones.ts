import { isTimeZone } from '@firedrill/core'
import type { ContentLine } from './content-line.ts'

/** Names that Outlook and Exchange write, as Unicode's CLDR maps them for the territory that is meant by default. */
const WINDOWS_ZONES: ReadonlyMap<string, string> = new Map([
  ['Dateline Standard Time', 'Etc/GMT+12'],
  ['Hawaiian Standard Time', 'Pacific/Honolulu'],
  ['Alaskan Standard Time', 'America/Anchorage'],
  ['Pacific Standard Time', 'America/Los_Angeles'],
  ['US Mountain Standard Time', 'America/Phoenix'],
  ['Mountain Standard Time', 'America/Denver'],
  ['Central Standard Time', 'America/Chicago'],
  ['Eastern Standard Time', 'America/New_York'],
  ['Atlantic Standard Time', 'America/Halifax'],
  ['Newfoundland Standard Time', 'America/St_Johns'],
  ['E. South America Standard Time', 'America/Sao_Paulo'],
  ['Argentina Standard Time', 'America/Argentina/Buenos_Aires'],
  ['Greenwich Standard Time', 'Atlantic/Reykjavik'],
  ['GMT Standard Time', 'Europe/London'],
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['Central Europe Standard Time', 'Europe/Budapest'],
  ['Romance Standard Time', 'Europe/Paris'],
  ['Central European Standard Time', 'Europe/Warsaw'],
  ['E. Europe Standard Time', 'Europe/Chisinau'],
  ['GTB Standard Time', 'Europe/Bucharest'],
  ['FLE Standard Time', 'Europe/Kyiv'],
  ['Egypt Standard Time', 'Africa/Cairo'],
  ['South Africa Standard Time', 'Africa/Johannesburg'],
  ['Israel Standard Time', 'Asia/Jerusalem'],
  ['Turkey Standard Time', 'Europe/Istanbul'],
  ['Arab Standard Time', 'Asia/Riyadh'],
  ['Arabian Standard Time', 'Asia/Dubai'],
  ['Pakistan Standard Time', 'Asia/Karachi'],
  ['India Standard Time', 'Asia/Kolkata'],
  ['SE Asia Standard Time', 'Asia/Bangkok'],
  ['China Standard Time', 'Asia/Shanghai'],
  ['Singapore Standard Time', 'Asia/Singapore'],
  ['Tokyo Standard Time', 'Asia/Tokyo'],
  ['Korea Standard Time', 'Asia/Seoul'],
  ['AUS Eastern Standard Time', 'Australia/Sydney'],
  ['New Zealand Standard Time', 'Pacific/Auckland'],
])

/** Zones of one file by the names that it gives them. */
export type CalendarZones = Readonly<{
  /** The zone's name in the time zone database, or undefined when nobody can tell which one is meant. */
  resolve(name: string): string | undefined
  /** Zone of times that name none. */
  ofFloating: string | undefined
}>

/** Collects what a file says of its zones. `fallback` is the zone of times that name none, before the file's own. */
export function calendarZones(lines: readonly ContentLine[], fallback: string | undefined): CalendarZones {
  const located = new Map<string, string>()
  let zone: string | undefined
  for (const { name, value } of lines) {
    if (name === 'TZID') zone = value
    if (name === 'X-LIC-LOCATION' && zone !== undefined) located.set(zone, value)
  }
  const resolve = (name: string): string | undefined => {
    const [suffix] = /[A-Za-z_]+\/[A-Za-z_+/-]+$/.exec(name) ?? []
    const guesses = [
      name,
      located.get(name),
      WINDOWS_ZONES.get(name),
      suffix,
      suffix?.replace(/^[^/]+\//, ''),
    ]
    return guesses.find((guess) => guess !== undefined && isTimeZone(guess))
  }
  const own = lines.find(({ name }) => name === 'X-WR-TIMEZONE')?.value
  return { resolve, ofFloating: fallback ?? (own === undefined ? undefined : resolve(own)) }
}
