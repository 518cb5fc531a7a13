import type { JournalEvent } from '@firedrill/core'
import type { Phase } from './model.ts'

/** The statuses the run went through, each with its span of world time; the last one ends with the journal. */
export function phasesOf(events: readonly JournalEvent[]): readonly Phase[] {
  const phases: Phase[] = []
  let status: Phase['status'] = 'booked'
  let from = events[0]?.worldAt ?? 0
  for (const event of events) {
    if (event.type !== 'status-changed') continue
    const { to } = (event as JournalEvent<'status-changed'>).data
    phases.push({ status, from, to: event.worldAt })
    status = to
    from = event.worldAt
  }
  phases.push({ status, from, to: Math.max(from, events.at(-1)?.worldAt ?? from) })
  return phases
}
