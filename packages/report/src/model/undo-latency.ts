import type { JournalEvent } from '@firedrill/core'
import type { UndoLatency } from './model.ts'
import { isUndoRequest } from './targets.ts'

/**
 * How long taking the faults out took, from its trigger: an abort, or the planned end of the drill. Taking faults out
 * goes the same way in both, so the latency of an abort is measured in every run. Undefined when nothing was undone.
 */
export function undoLatency(events: readonly JournalEvent[]): UndoLatency | undefined {
  const requests = events.filter(isUndoRequest)
  const [first] = requests
  if (first === undefined) return undefined
  const abort = events.find((event) => event.type === 'abort-requested' && event.seq < first.seq)
  const turned = events.findLast((event) => event.type === 'status-changed' && event.seq < first.seq)
  const trigger = abort ?? turned ?? first
  const issued = lastFirstRequest(requests)
  const verified = verifiedEvent(events)
  return {
    trigger: abort === undefined ? 'planned' : 'abort',
    reason: abort === undefined ? whyOf(turned) : (abort as JournalEvent<'abort-requested'>).data.reason,
    by: trigger.actor.name,
    at: trigger.worldAt,
    ...(issued === undefined ? {} : { toLastIssued: between(trigger, issued) }),
    ...(verified === undefined ? {} : { toLastVerified: between(trigger, verified) }),
  }
}

function whyOf(event: JournalEvent | undefined): string {
  return event === undefined ? '' : (event as JournalEvent<'status-changed'>).data.why
}

function between(from: JournalEvent, to: JournalEvent): Readonly<{ world: number; platform: number }> {
  return { world: to.worldAt - from.worldAt, platform: to.at - from.at }
}

/** The moment at which every fault had been asked to go for the first time. */
function lastFirstRequest(requests: readonly JournalEvent<'recovery-requested'>[]): JournalEvent | undefined {
  const first = new Map<string, JournalEvent>()
  for (const request of requests) if (!first.has(request.data.step)) first.set(request.data.step, request)
  return [...first.values()].at(-1)
}

/** The event after which nothing was left: the run went on from undo because every target was described as put back. */
function verifiedEvent(events: readonly JournalEvent[]): JournalEvent | undefined {
  const settled = events.find(
    (event) =>
      event.type === 'status-changed' && (event as JournalEvent<'status-changed'>).data.to === 'settling',
  )
  if (settled === undefined) return undefined
  return events.findLast((event) => event.type === 'restoration-observed' && event.seq < settled.seq)
}
