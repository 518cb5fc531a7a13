import type { FreezeCalendar } from '../calendar/freeze.ts'
import type { Id } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'
import type { Occurrence, Schedule, ScheduleTerms } from '../schedule/schedule.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** Schedules, and what became of their occurrences. A removed schedule is gone, its past stays. */
export type ScheduleStore = Readonly<{
  create(schedule: Omit<Schedule, 'version' | 'createdAt' | 'updatedAt' | 'updatedBy'>): Promise<Schedule>
  get(teamId: string, id: Id<'schedule'>): Promise<Schedule | undefined>
  /** Those that come soonest first, then those that never come again. */
  list(teamId: string): Promise<readonly Schedule[]>
  /** Changes what was read as `version`. `stale`: somebody else has changed it since. */
  change(
    schedule: Pick<Schedule, 'teamId' | 'id' | 'version'>,
    terms: ScheduleTerms,
    nextAt: PlatformInstant | undefined,
    actor: Actor,
  ): Promise<Schedule | 'stale' | 'gone'>
  remove(
    schedule: Pick<Schedule, 'teamId' | 'id' | 'version'>,
    actor: Actor,
  ): Promise<'removed' | 'stale' | 'gone'>
  /** Enabled schedules of all teams whose next occurrence has come, the longest overdue first. */
  due(limit: number): Promise<readonly Schedule[]>
  /**
   * Records what became of occurrences and moves the schedule on to `nextAt`, in one transaction. An occurrence that has a
   * record keeps it; a schedule that somebody changed or that another worker moved on since it was read stays as it is.
   */
  settle(
    schedule: Pick<Schedule, 'id' | 'version' | 'nextAt'>,
    occurrences: readonly Occurrence[],
    nextAt: PlatformInstant | undefined,
  ): Promise<void>
  /** What became of occurrences in [from, to), by time. */
  occurrences(teamId: string, from: PlatformInstant, to: PlatformInstant): Promise<readonly Occurrence[]>
}>

/** Calendars of freezes, each under a name of its team. */
export type CalendarStore = Readonly<{
  /** Replaces the calendar of that name. */
  put(calendar: Omit<FreezeCalendar, 'at'>): Promise<FreezeCalendar>
  /** By name. */
  list(teamId: string): Promise<readonly FreezeCalendar[]>
  /** Answers whether there was one. */
  remove(teamId: string, name: string): Promise<boolean>
}>
