import type { JournalEvent } from '@firedrill/core'

/** The columns of `run_event` that differ from event to event, in the order of `eventArrayValues`. */
export const EVENT_ARRAY_COLUMNS = 'seq, type, v, at, world_at, data, prev, hash'

const ARRAY_TYPES = ['int', 'text', 'int', 'bigint', 'bigint', 'json', 'text', 'text'] as const

/**
 * SQL that makes rows of the parameters from `$first` on. One array per column: a JSON document of all rows would be
 * parsed on the way in, and PostgreSQL's parser refuses strings that a journal has to keep, such as a NUL that came
 * with somebody's error message.
 */
export function eventArrays(first: number): string {
  return `unnest(${ARRAY_TYPES.map((type, index) => `$${first + index}::${type}[]`).join(', ')})`
}

/** Events as the parameters of `eventArrays`. */
export function eventArrayValues(events: readonly JournalEvent[]): readonly (readonly unknown[])[] {
  return [
    events.map(({ seq }) => seq),
    events.map(({ type }) => type),
    events.map(({ v }) => v),
    events.map(({ at }) => at),
    events.map(({ worldAt }) => worldAt),
    events.map(({ data }) => JSON.stringify(data)),
    events.map(({ prev }) => prev),
    events.map(({ hash }) => hash),
  ]
}
