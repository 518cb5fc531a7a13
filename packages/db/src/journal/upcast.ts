import { EVENT_VERSIONS, type JournalEvent, type RunEventType } from '@firedrill/core'

/** Lifts the data of an event from one version to the next. Pure. */
export type Upcaster = (data: unknown) => unknown

/** Per event type, the upcaster from each old version: `{ planned: { 1: (data) => … } }`. */
export type Upcasters = Readonly<Partial<Record<RunEventType, Readonly<Record<number, Upcaster>>>>>

/** Every event is in its first version so far. */
export const UPCASTERS: Upcasters = {}

/**
 * Lifts a stored event to the current version of its type. Its `hash` stays that of the event as it was written, so
 * integrity is checked on stored events, before this.
 * @throws Error on an event of a newer version than this program knows, and when an upcaster is missing.
 */
export function lifted(
  event: JournalEvent,
  upcasters: Upcasters = UPCASTERS,
  versions: Readonly<Record<RunEventType, number>> = EVENT_VERSIONS,
): JournalEvent {
  const current = versions[event.type]
  if (event.v === current) return event
  if (current === undefined || event.v > current)
    throw new Error(`event ${event.seq} (${event.type} v${event.v}) was written by a newer version`)
  let data: unknown = event.data
  for (let v = event.v; v < current; v++) {
    const upcast = upcasters[event.type]?.[v]
    if (upcast === undefined) throw new Error(`there is no upcaster for ${event.type} v${v}`)
    data = upcast(data)
  }
  return { ...event, v: current, data: data as JournalEvent['data'] }
}
