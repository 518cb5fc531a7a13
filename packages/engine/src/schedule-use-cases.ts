import {
  AppError,
  nextOccurrence,
  onceAt,
  type Actor,
  type CalendarStore,
  type DrillStore,
  type FreezeCalendar,
  type Id,
  type Ids,
  type PlatformInstant,
  type Schedule,
  type ScheduleStore,
  type ScheduleTerms,
} from '@firedrill/core'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs'> &
  Readonly<{ schedules: ScheduleStore; calendars: CalendarStore; drills: DrillStore; ids: Ids }>

type Asker = Readonly<{ teamId: string; actor: Actor }>
type Known = Asker & Readonly<{ id: Id<'schedule'>; version: number }>

/** What people ask of schedules and calendars. Each throws an AppError when the answer is no, and has then changed nothing. */
export function createScheduleUseCases(ports: Ports) {
  const { schedules, calendars, drills, ids } = ports
  return {
    /** @throws AppError not-found, request-invalid */
    async createSchedule(
      input: Asker & Readonly<{ drillId: Schedule['drillId']; terms: ScheduleTerms }>,
    ): Promise<Schedule> {
      const { teamId, actor, drillId, terms } = input
      const drill = await drills.get(teamId, drillId)
      if (drill === undefined) throw new AppError('not-found', 'There is no drill of that id.')
      const nextAt = await firstOf(ports, terms)
      return schedules.create({
        ...terms,
        id: ids.mint('schedule'),
        teamId,
        drillId,
        createdBy: actor,
        nextAt,
      })
    },
    /** @throws AppError not-found, changed-meanwhile, request-invalid */
    async changeSchedule(input: Known & Readonly<{ terms: ScheduleTerms }>): Promise<Schedule> {
      const now = await ports.runs.now()
      // A schedule that is switched off may have had its last occurrence.
      const nextAt = input.terms.enabled
        ? await firstOf(ports, input.terms)
        : nextOccurrence(input.terms, now)
      return found(await schedules.change(input, input.terms, nextAt, input.actor))
    },
    /** @throws AppError not-found, changed-meanwhile */
    async removeSchedule(input: Known): Promise<void> {
      found(await schedules.remove(input, input.actor))
    },
    importCalendar: (calendar: Omit<FreezeCalendar, 'at'>): Promise<FreezeCalendar> =>
      calendars.put(calendar),
    /** @throws AppError not-found */
    async removeCalendar(teamId: string, name: string): Promise<void> {
      if (!(await calendars.remove(teamId, name)))
        throw new AppError('not-found', `There is no calendar named ${name}.`)
    },
  }
}

/** A schedule that never comes again was mistyped. @throws AppError request-invalid */
async function firstOf({ runs }: Ports, terms: ScheduleTerms): Promise<PlatformInstant> {
  const now = await runs.now()
  const nextAt = nextOccurrence(terms, now)
  if (nextAt !== undefined) return nextAt
  const isPast = terms.when.kind === 'once' && onceAt(terms.when) <= now
  throw new AppError(
    'request-invalid',
    isPast
      ? `${terms.when.kind === 'once' ? terms.when.local : ''} in ${terms.when.timeZone} has passed; choose a time to come.`
      : 'The schedule never comes: no occurrence lies within its validity.',
  )
}

function found<T>(answer: T | 'stale' | 'gone'): T {
  if (answer === 'gone') throw new AppError('not-found', 'There is no schedule of that id.')
  if (answer === 'stale')
    throw new AppError(
      'changed-meanwhile',
      'Somebody changed the schedule after you read it; look at it again, then change it.',
    )
  return answer
}
