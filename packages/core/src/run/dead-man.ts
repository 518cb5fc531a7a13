import { isSettled } from '../target/injection.ts'
import { plusMs, worldInstant, type WorldInstant } from '../time/instant.ts'
import type { Command } from './command.ts'
import type { RunState, StepState } from './state.ts'

/**
 * How much later than a fault's expiry a scheduler of the cloud acts: the worker and the reaper come first, and what was
 * booked before the act holds good although the act comes a little later. World time.
 */
const DEAD_MAN_SLACK_MS = 180_000
/** What must be left of that when the act is made, else it is booked anew. */
const DEAD_MAN_MARGIN_MS = 60_000
/** A scheduler acts within this time after the instant it was given. */
const DEAD_MAN_PRECISION_MS = 60_000
/** Between the schedules of one step, so that none of them keeps another from getting through. World time. */
export const DEAD_MAN_APART_MS = 60_000
/** For how long a scheduler tries again what does not go through. World time. */
export const DEAD_MAN_TRY_MS = 900_000

/** When the dead man of a fault with this expiry acts. */
export function deadManFiresAt(expiresAt: WorldInstant): WorldInstant {
  return plusMs(expiresAt, DEAD_MAN_SLACK_MS)
}

/** True when a dead man is booked, and will not act while a fault with this expiry has every right to be in. */
export function isDeadManReady({ deadMan }: StepState, expiresAt: WorldInstant): boolean {
  if (deadMan === undefined || !deadMan.isArmed || deadMan.released !== undefined) return false
  return deadMan.firesAt >= plusMs(expiresAt, DEAD_MAN_MARGIN_MS)
}

/**
 * From when on a dead man that was called off at `now` does nothing any more; undefined: at once. What had its turn may be
 * tried again for a while, since no cloud promises that calling it off stops that.
 */
export function deadManOverAt(
  deadMan: NonNullable<StepState['deadMan']>,
  now: WorldInstant,
): WorldInstant | undefined {
  return now < deadMan.firesAt ? undefined : deadManEndsAt(deadMan)
}

/** The last instant at which a dead man that nobody calls off may still act. */
export function deadManEndsAt({
  firesAt,
  schedules,
}: Pick<NonNullable<StepState['deadMan']>, 'firesAt' | 'schedules'>): WorldInstant {
  const last = plusMs(worldInstant(firesAt), Math.max(0, schedules.length - 1) * DEAD_MAN_APART_MS)
  return plusMs(last, DEAD_MAN_PRECISION_MS + DEAD_MAN_TRY_MS)
}

/** True when a dead man was asked for and not yet called off. */
export function hasDeadMan(state: Pick<RunState, 'steps'>): boolean {
  return Object.values(state.steps).some(isBooked)
}

/**
 * Calls off the dead man of the next step that needs it no more: nothing was put in, or what was is settled. Never before.
 * Undefined when there is nothing to call off.
 */
export function releaseDeadMan(state: Pick<RunState, 'steps'>, now: WorldInstant): Command | undefined {
  const over = Object.entries(state.steps).filter(([, step]) => isBooked(step) && isOver(step))
  const [ready] = over.filter(([, { deadMan }]) => (deadMan?.retryAt ?? 0) <= now)
  if (ready !== undefined) return { do: 'release-dead-man', step: ready[0] }
  const times = over.flatMap(([, { deadMan }]) => deadMan?.retryAt ?? [])
  return times.length === 0 ? undefined : { do: 'back-off', until: worldInstant(Math.min(...times)) }
}

/** Until when targets must stay locked because a dead man that had its turn may be tried again; 0 for not at all. */
export function deadManHeldUntil(state: Pick<RunState, 'steps'>): WorldInstant {
  return worldInstant(
    Math.max(0, ...Object.values(state.steps).map(({ deadMan }) => deadMan?.released?.until ?? 0)),
  )
}

function isBooked({ deadMan }: StepState): boolean {
  return deadMan !== undefined && deadMan.released === undefined
}

function isOver({ requestedAt, targets }: StepState): boolean {
  return requestedAt === undefined || Object.values(targets).every(({ injection }) => isSettled(injection))
}
