import type { CalendarEntry, CalendarView, FreezeView } from '@firedrill/contracts'
import {
  freezesIn,
  freezesOf,
  type CompiledEnvironment,
  type Freeze,
  type FreezeCalendar,
  type Occurrence,
  type PlatformInstant,
  type RunRow,
} from '@firedrill/core'
import { bookedBetween, conflictsAmong, lengthOf, type Board } from './booking-board.ts'
import { presentRun } from './run-summary.ts'

/** Most entries that one calendar shows. */
export const ENTRIES_MAX = 1000

/** What there is between two instants: the past as it was recorded, the future as it is booked. */
export type Range = Readonly<{
  from: PlatformInstant
  to: PlatformInstant
  occurrences: readonly Occurrence[]
  runs: ReadonlyMap<string, RunRow>
}>

/** A calendar of a team. */
export function presentCalendar(board: Board, range: Range): CalendarView {
  const { from, to } = range
  const known = new Set(range.occurrences.map(({ scheduleId, at }) => `${scheduleId}/${at}`))
  const booked = bookedBetween(board, from, to)
  const entries = [
    ...range.occurrences.map((one) => past(board, one, range.runs)),
    ...booked
      .filter(({ schedule, at }) => !known.has(`${schedule.id}/${at}`))
      .map((one): CalendarEntry => ({
        at: one.at,
        lengthMs: one.lengthMs,
        state: 'booked',
        title: one.title,
        scheduleId: one.schedule.id,
        drillId: one.drill.id,
        scenario: one.drill.scenario,
        environment: one.drill.environment,
        reason: '',
        run: null,
        conflicts: conflictsAmong(board, one, one.drill.environment, booked, one.schedule.id),
      })),
  ].sort((a, b) => a.at - b.at)
  return {
    from,
    to,
    now: board.now,
    entries: entries.slice(0, ENTRIES_MAX),
    freezes: freezesBetween(board, from, to),
    isCut: entries.length > ENTRIES_MAX,
  }
}

function past(board: Board, one: Occurrence, runs: Range['runs']): CalendarEntry {
  const drill = board.drills.get(one.drillId)
  const run = one.runId === undefined ? undefined : runs.get(one.runId)
  const { scenario = '', environment = '' } = drill ?? {}
  const title = board.schedules.find(({ id }) => id === one.scheduleId)?.title ?? drill?.title ?? ''
  const summary = run === undefined ? undefined : presentRun(run)
  return {
    at: one.at,
    lengthMs: drill === undefined ? 0 : lengthOf(board, drill),
    state: one.outcome,
    title,
    scheduleId: one.scheduleId,
    drillId: one.drillId,
    scenario,
    environment,
    reason: one.reason === '' ? (summary?.reason ?? '') : one.reason,
    run:
      summary === undefined
        ? null
        : { id: summary.id, number: summary.number, status: summary.status, verdict: summary.verdict },
    conflicts: [],
  }
}

/** Every freeze once: those of environments by their files, those of calendars by where they hold. */
function freezesBetween(board: Board, from: PlatformInstant, to: PlatformInstant): FreezeView[] {
  const own = [...board.environments.values()].flatMap((environment) =>
    freezesIn(environment, [], from, to).map((freeze) => presentFreeze(freeze, environment.name)),
  )
  const imported = board.calendars.flatMap((calendar) =>
    freezesOf(calendar, from, to).map((freeze) => presentFreeze(freeze, calendar.environment)),
  )
  return [...own, ...imported].sort((a, b) => a.from - b.from).slice(0, ENTRIES_MAX)
}

/** A freeze and where it holds. */
export function presentFreeze(freeze: Freeze, environment: FreezeCalendar['environment']): FreezeView {
  return { ...freeze, environment: environment ?? null }
}

/** Freezes of an environment that began between two instants: while a run was under way. */
export function freezesDuring(
  from: PlatformInstant,
  to: PlatformInstant,
  environment: CompiledEnvironment,
  calendars: readonly FreezeCalendar[],
): readonly FreezeView[] {
  return freezesIn(environment, calendars, from, to)
    .filter((freeze) => freeze.from > from)
    .map((freeze) => presentFreeze(freeze, environment.name))
}
