import { formatDurationMs } from '../time/duration.ts'
import { platformInstant, type PlatformInstant } from '../time/instant.ts'
import { nextOccurrence, occurrencesOf, type Schedule } from './schedule.ts'

/** An occurrence that is looked at within this of its time is on time. */
export const ON_TIME_MS = 60_000

/** So many missed occurrences of one look get a record each; older ones are counted in the oldest of them. */
export const MISSED_MAX = 20

/** Farther back than this nobody looks: what came before is counted as "or more". */
const LOOK_BACK_MICROS = 31 * 86_400_000_000

/** What is to become of one occurrence. */
export type Due = Readonly<
  { at: PlatformInstant; act: 'start'; lateMs: number } | { at: PlatformInstant; act: 'miss'; reason: string }
>

/** What one look at a schedule leads to: the occurrences that are due, oldest first, and the next one after them. */
export type Tick = Readonly<{ due: readonly Due[]; nextAt: PlatformInstant | undefined }>

/**
 * Judges every occurrence from `nextAt` to `now`. At most one of them is started, the newest: on time, or late when the
 * schedule says so and its grace is not over. All others are missed. Pure; two workers that look at the same time come
 * to the same occurrences.
 */
export function decideTick(schedule: Schedule, now: PlatformInstant): Tick {
  const { nextAt } = schedule
  if (!schedule.enabled || nextAt === undefined || nextAt > now) return { due: [], nextAt }
  const start = Math.max(nextAt, now - LOOK_BACK_MICROS)
  const passed: PlatformInstant[] = []
  let uncounted = 0
  for (const at of occurrencesOf(schedule, platformInstant(start - 1))) {
    if (at > now) break
    passed.push(at)
    if (passed.length > MISSED_MAX) {
      passed.shift()
      uncounted += 1
    }
  }
  const isCut = start > nextAt
  const newest = passed.at(-1)
  const due = passed.map((at, index): Due => {
    const lateMs = (now - at) / 1000
    if (at === newest && lateMs <= startsWithinMs(schedule)) return { at, act: 'start', lateMs }
    const also = index === 0 ? earlier(uncounted, isCut) : ''
    return { at, act: 'miss', reason: `${missedBecause(schedule, at === newest, lateMs)}${also}` }
  })
  return { due, nextAt: nextOccurrence(schedule, now) }
}

function startsWithinMs({ missed }: Pick<Schedule, 'missed'>): number {
  switch (missed.policy) {
    case 'skip':
      return ON_TIME_MS
    case 'run-once-late':
      return Math.max(ON_TIME_MS, missed.graceMs)
  }
}

function missedBecause({ missed }: Schedule, isNewest: boolean, lateMs: number): string {
  const passed = `its time had passed ${formatDurationMs(lateMs)} before anything could start it`
  switch (missed.policy) {
    case 'skip':
      return `${passed}; the schedule skips what is missed`
    case 'run-once-late':
      return isNewest
        ? `${passed}; the schedule runs late within ${formatDurationMs(missed.graceMs)} only`
        : `${passed}; a later occurrence had come as well, and the schedule runs once`
  }
}

function earlier(uncounted: number, isCut: boolean): string {
  if (isCut) return `; and ${uncounted} or more before it`
  return uncounted === 0 ? '' : `; and ${uncounted} before it`
}
