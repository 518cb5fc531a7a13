import {
  ERRORS,
  decideTick,
  isAppError,
  type Actor,
  type Drill,
  type DrillStore,
  type Due,
  type Occurrence,
  type RunRow,
  type Schedule,
  type ScheduleStore,
} from '@firedrill/core'
import type { EnginePorts } from './ports.ts'
import type { createStartRun } from './start-run.ts'

type Ports = Pick<EnginePorts, 'runs'> &
  Readonly<{
    schedules: ScheduleStore
    drills: DrillStore
    startRun: ReturnType<typeof createStartRun>
    /** Until sign-in is configured: only sandboxes may be started. */
    sandboxOnly: boolean
    /** Told when an occurrence could not be dealt with now; it is tried again at the next look. */
    onFailure: (schedule: Schedule, error: unknown) => void
  }>

/** Most schedules one look deals with; the longest overdue come first. */
const DUE_MAX = 50

/**
 * Looks at every schedule that is due and starts, misses or refuses its occurrences. Any number of workers may look at
 * once and die at any point: the key of a run is its schedule and occurrence, so there is one run for each, and whoever
 * comes later finds it. Answers how many occurrences were dealt with.
 */
export function createTickSchedules(ports: Ports) {
  return async function tickSchedules(): Promise<number> {
    let dealtWith = 0
    for (const schedule of await ports.schedules.due(DUE_MAX)) {
      try {
        dealtWith += await tickOne(ports, schedule)
      } catch (error) {
        // One schedule whose environment cannot be reached must not keep the others from starting.
        ports.onFailure(schedule, error)
      }
    }
    return dealtWith
  }
}

async function tickOne(ports: Ports, schedule: Schedule): Promise<number> {
  const { due, nextAt } = decideTick(schedule, await ports.runs.now())
  const drill = await ports.drills.get(schedule.teamId, schedule.drillId)
  const occurrences: Occurrence[] = []
  for (const one of due) occurrences.push(await dealWith(ports, schedule, drill, one))
  await ports.schedules.settle(schedule, occurrences, nextAt)
  return due.length
}

/** @throws whatever keeps a run that is still in time from being made, so that the next look tries again. */
async function dealWith(
  ports: Ports,
  schedule: Schedule,
  drill: Drill | undefined,
  due: Due,
): Promise<Occurrence> {
  const about = { scheduleId: schedule.id, teamId: schedule.teamId, drillId: schedule.drillId, at: due.at }
  if (drill === undefined)
    return { ...about, outcome: 'refused', reason: `there is no drill ${schedule.drillId}` }
  if (due.act === 'miss') return record(ports, schedule, drill, about, 'missed', due.reason)
  try {
    return settled(about, await start(ports, schedule, drill, due))
  } catch (error) {
    // What may pass by itself is tried again as long as the occurrence is in time.
    if (!isAppError(error) || ERRORS[error.code].retry === 'safe') throw error
    return record(ports, schedule, drill, about, 'refused', error.message)
  }
}

type About = Pick<Occurrence, 'scheduleId' | 'teamId' | 'drillId' | 'at'>

/** Makes a run that says what became of the occurrence. Where not even that can be made, the occurrence says it alone. */
async function record(
  ports: Ports,
  schedule: Schedule,
  drill: Drill,
  about: About,
  status: 'missed' | 'refused',
  why: string,
): Promise<Occurrence> {
  try {
    return settled(about, await start(ports, schedule, drill, about, { status, why }))
  } catch {
    return { ...about, outcome: status, reason: why }
  }
}

function start(
  { startRun, sandboxOnly }: Ports,
  schedule: Schedule,
  drill: Drill,
  { at }: Pick<Occurrence, 'at'>,
  ends?: Readonly<{ status: 'missed' | 'refused'; why: string }>,
): Promise<RunRow> {
  return startRun(drill, actorOf(schedule), {
    sandboxOnly,
    idempotencyKey: `schedule/${schedule.id}/${at}`,
    scheduled: { schedule: schedule.id, at, bookedBy: schedule.createdBy },
    ...(ends === undefined ? {} : { ends }),
  })
}

/** What the run that there is says, whoever made it: the first worker's word holds. */
function settled(about: About, { id, state }: RunRow): Occurrence {
  const { status, refusal = '' } = state
  return status === 'missed' || status === 'refused'
    ? { ...about, outcome: status, reason: refusal, runId: id }
    : { ...about, outcome: 'started', reason: '', runId: id }
}

function actorOf({ id, title }: Schedule): Actor {
  return { kind: 'system', id, name: `schedule ${title}` }
}
