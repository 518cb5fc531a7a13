import {
  conflictsOf,
  longestMs,
  occurrencesBetween,
  onWallClock,
  plusMs,
  type Booking,
  type CompiledEnvironment,
  type CompiledScenario,
  type Drill,
  type FreezeCalendar,
  type PlatformInstant,
  type Schedule,
  type ScheduleTerms,
} from '@firedrill/core'
import type { ConflictView, ScheduleView, UpcomingView } from '@firedrill/contracts'
import type { ApiDependencies } from '../dependencies.ts'

/** What a board is read from. */
export type BoardStores = Pick<
  ApiDependencies,
  'calendars' | 'clocks' | 'definitions' | 'drills' | 'runs' | 'schedules'
>

/** Everything of a team that says when drills are booked and what is in their way, read at one time. */
export type Board = Readonly<{
  now: PlatformInstant
  schedules: readonly Schedule[]
  drills: ReadonlyMap<string, Drill>
  scenarios: ReadonlyMap<string, CompiledScenario>
  environments: ReadonlyMap<string, CompiledEnvironment>
  calendars: readonly FreezeCalendar[]
  /** Speed of world time by environment. */
  rates: ReadonlyMap<string, number>
}>

/** Occurrences of one schedule that anything is computed from. A schedule that comes more often than this is cut. */
export const OCCURRENCES_MAX = 500
/** So far apart two drills are never in each other's way. */
const NEIGHBOURS_MS = 86_400_000

/** Reads a team's board. */
export async function readBoard(stores: BoardStores, teamId: string): Promise<Board> {
  const [now, schedules, drills, scenarios, environments, calendars] = await Promise.all([
    stores.runs.now(),
    stores.schedules.list(teamId),
    stores.drills.list(teamId),
    stores.definitions.list(teamId, 'scenario'),
    stores.definitions.list(teamId, 'environment'),
    stores.calendars.list(teamId),
  ])
  const rates = await Promise.all(
    environments.map(async ({ name }) => [name, (await stores.clocks.get(teamId, name))?.rate ?? 1] as const),
  )
  return {
    now,
    schedules,
    drills: new Map(drills.map((drill) => [drill.id, drill])),
    scenarios: new Map(scenarios.map(({ name, compiled }) => [name, compiled])),
    environments: new Map(environments.map(({ name, compiled }) => [name, compiled])),
    calendars,
    rates: new Map(rates),
  }
}

/** The longest a drill may take, in platform milliseconds; 0 when its scenario is gone. */
export function lengthOf(
  board: Board,
  { scenario, environment }: Pick<Drill, 'scenario' | 'environment'>,
): number {
  const compiled = board.scenarios.get(scenario)
  if (compiled === undefined) return 0
  return Math.ceil(longestMs(compiled) / (board.rates.get(environment) ?? 1))
}

/** A booked occurrence with its schedule and drill. */
export type Booked = Booking & Readonly<{ schedule: Schedule; drill: Drill }>

/** Every occurrence to come of every schedule that is not paused, in [from, to), by time. */
export function bookedBetween(board: Board, from: PlatformInstant, to: PlatformInstant): readonly Booked[] {
  return board.schedules
    .flatMap((schedule): Booked[] => {
      const drill = board.drills.get(schedule.drillId)
      if (!schedule.enabled || schedule.nextAt === undefined || drill === undefined) return []
      const start = plusMs(from, Math.max(0, (schedule.nextAt - from) / 1000))
      const lengthMs = lengthOf(board, drill)
      return occurrencesBetween(schedule, start, to, OCCURRENCES_MAX).map((at) => ({
        at,
        lengthMs,
        title: schedule.title,
        schedule,
        drill,
      }))
    })
    .sort((a, b) => a.at - b.at)
}

/** What is in the way of a booking, among others of the same environment that are not `own` at the same time. */
export function conflictsAmong(
  board: Board,
  booking: Booking,
  place: string,
  booked: readonly Booked[],
  own: string | undefined,
): ConflictView[] {
  const environment = board.environments.get(place)
  if (environment === undefined)
    return [{ kind: 'disabled', reason: `there is no environment named ${place}` }]
  const others = booked.filter(
    ({ at, schedule, drill }) => drill.environment === place && !(schedule.id === own && at === booking.at),
  )
  return conflictsOf(booking, environment, board.calendars, others).map((conflict) => ({ ...conflict }))
}

/** The next occurrences of terms that are booked under the id `own`, or not yet. */
export function upcomingOf(
  board: Board,
  terms: Pick<ScheduleTerms, 'when' | 'validFrom' | 'validUntil'>,
  about: Readonly<{ scenario: string; environment: string; title: string; own?: string }>,
  count: number,
): UpcomingView[] {
  const times = occurrencesBetween(
    terms,
    plusMs(board.now, 1),
    plusMs(board.now, 50 * 366 * 86_400_000),
    count,
  )
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined) return []
  const around = bookedBetween(board, plusMs(first, -NEIGHBOURS_MS), plusMs(last, NEIGHBOURS_MS))
  const others = around.filter(({ schedule }) => schedule.id !== about.own)
  const lengthMs = lengthOf(board, about)
  return times.map((at) => ({
    at,
    ...onWallClock(terms.when, at),
    timeZone: terms.when.timeZone,
    conflicts: conflictsAmong(
      board,
      { at, lengthMs, title: about.title },
      about.environment,
      others,
      about.own,
    ),
  }))
}

/** A schedule for the outside. */
export function presentSchedule(schedule: Schedule, drill: Drill | undefined): ScheduleView {
  const { teamId: _, createdBy, updatedBy, validFrom, validUntil, nextAt, ...rest } = schedule
  return {
    ...rest,
    scenario: drill?.scenario ?? '',
    environment: drill?.environment ?? '',
    validFrom: validFrom ?? null,
    validUntil: validUntil ?? null,
    nextAt: schedule.enabled ? (nextAt ?? null) : null,
    createdBy: { ...createdBy },
    updatedBy: { ...updatedBy },
  }
}
