import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Actor } from '../journal/envelope.ts'
import { platformInstant, type PlatformInstant } from '../time/instant.ts'
import { firstInstantOf, wallAt } from '../time/time-zone.ts'
import type { CalendarEvent } from './calendar-event.ts'
import { beginnings } from './recurrence.ts'

/** A time in which no drill may start; `to` exclusive. `source` is the calendar it comes from, or `environment`. */
export type Freeze = Readonly<{
  from: PlatformInstant
  to: PlatformInstant
  reason: string
  source: string
}>

/** A calendar of freezes that somebody imported. Without an environment it holds in every one of the team's. */
export type FreezeCalendar = Readonly<{
  teamId: string
  name: string
  environment?: string
  events: readonly CalendarEvent[]
  /** The text it was read from. */
  source: string
  at: PlatformInstant
  actor: Actor
}>

const DAY_S = 86_400

/** Freezes of one calendar that touch [from, to), by beginning. */
export function freezesOf(
  { name, events }: Pick<FreezeCalendar, 'name' | 'events'>,
  from: PlatformInstant,
  to: PlatformInstant,
): readonly Freeze[] {
  return events
    .flatMap((event) => [...occasions(event, name, from, to)])
    .filter((freeze) => freeze.from < to && freeze.to > from)
    .sort((a, b) => a.from - b.from)
}

function* occasions(
  event: CalendarEvent,
  source: string,
  from: PlatformInstant,
  to: PlatformInstant,
): Generator<Freeze> {
  const { timeZone, length, summary } = event
  const lengthSeconds = length.unit === 'days' ? length.days * DAY_S : length.seconds
  // A day of slack on either side: a zone's clock may jump by up to one.
  const fromWall = wallAt(timeZone, Math.floor(from / 1_000_000)) - lengthSeconds - DAY_S
  const toWall = wallAt(timeZone, Math.ceil(to / 1_000_000)) + DAY_S
  for (const wall of beginnings(event, fromWall, toWall)) {
    const begins = firstInstantOf(timeZone, wall)
    const ends =
      length.unit === 'days' ? firstInstantOf(timeZone, wall + length.days * DAY_S) : begins + length.seconds
    yield {
      from: platformInstant(begins * 1_000_000),
      to: platformInstant(ends * 1_000_000),
      reason: summary,
      source,
    }
  }
}

/** Every freeze that holds in an environment and touches [from, to): its own, and those of the calendars given. */
export function freezesIn(
  environment: Pick<CompiledEnvironment, 'name' | 'freezes'>,
  calendars: readonly FreezeCalendar[],
  from: PlatformInstant,
  to: PlatformInstant,
): readonly Freeze[] {
  const own = (environment.freezes ?? [])
    .filter((freeze) => freeze.from < to && freeze.to > from)
    .map(({ reason, ...freeze }): Freeze => ({
      from: platformInstant(freeze.from),
      to: platformInstant(freeze.to),
      reason,
      source: 'environment',
    }))
  const imported = calendars
    .filter((one) => one.environment === undefined || one.environment === environment.name)
    .flatMap((one) => freezesOf(one, from, to))
  return [...own, ...imported].sort((a, b) => a.from - b.from)
}
