import { freezesIn, type Freeze, type FreezeCalendar } from '../calendar/freeze.ts'
import type { CompiledEnvironment } from '../environment/environment.ts'
import { insideWindow } from '../guardrail/checks/window.ts'
import type { CompiledScenario } from '../scenario/scenario.ts'
import { formatMinute, plusMs, type PlatformInstant } from '../time/instant.ts'

/** What is in the way of a booked drill. The first three refuse its start, `runs-into-freeze` only warns. */
export const CONFLICT_KINDS = ['disabled', 'window', 'freeze', 'overlap', 'runs-into-freeze'] as const
export type ConflictKind = (typeof CONFLICT_KINDS)[number]
export type Conflict = Readonly<{ kind: ConflictKind; reason: string }>

/** A drill at a time, with the longest it may take. */
export type Booking = Readonly<{ at: PlatformInstant; lengthMs: number; title: string }>

/** The longest a drill may take in world time: baseline, faults or watching, undo, settling; waits one after another. */
export function longestMs({ steadyState, steps, timing }: CompiledScenario): number {
  const waits = steps.reduce((sum, step) => sum + (step.kind === 'wait' ? step.durationMs : 0), 0)
  const faults = steps.map((step) => (step.kind === 'inject' ? step.durationMs : 0))
  const watching = Math.max(timing.observeMaxMs, ...faults)
  return steadyState.forMs + waits + watching + timing.recoverWithinMs + timing.settleMs
}

/**
 * What would be in the way if the drill were to start then, as far as it is known now: the guardrails ask again at the
 * start and have the last word. `others` are bookings in the same environment.
 */
export function conflictsOf(
  booking: Booking,
  environment: CompiledEnvironment,
  calendars: readonly FreezeCalendar[],
  others: readonly Booking[],
): readonly Conflict[] {
  const { at } = booking
  const ends = plusMs(at, booking.lengthMs)
  const found: Conflict[] = []
  if (!environment.enabled)
    found.push({ kind: 'disabled', reason: `environment ${environment.name} is disabled` })
  if (!insideWindow(environment.windows, at))
    found.push({ kind: 'window', reason: `outside every allowed window of ${environment.name}` })
  for (const freeze of freezesIn(environment, calendars, at, ends)) found.push(frozen(freeze, at))
  for (const other of others) {
    if (other.at < ends && plusMs(other.at, other.lengthMs) > at)
      found.push({
        kind: 'overlap',
        reason: `${other.title} is booked in the same environment for ${formatMinute(other.at)}`,
      })
  }
  return found
}

function frozen({ from, to, reason }: Freeze, at: PlatformInstant): Conflict {
  return from <= at
    ? { kind: 'freeze', reason: `frozen until ${formatMinute(to)}: ${reason}` }
    : {
        kind: 'runs-into-freeze',
        reason: `a freeze begins at ${formatMinute(from)}, before the drill is surely over: ${reason}`,
      }
}
