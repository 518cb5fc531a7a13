import type { Clock, EventFeed, JournalEvent, RunId } from '@firedrill/core'
import type { ClientConfig, Pool } from 'pg'
import { isConnectionError } from '../connection/connection-error.ts'
import { eventsAfter } from '../run/run-store.ts'
import { newBell, type Bell } from './bell.ts'
import { listen, type Listener } from './listener.ts'

/** Followers look by themselves this often, for the notification that a half-open connection never brings. */
const LOOK_ANYWAY_MS = 5000
const RETRY_READ_MS = 200
const BATCH = 200

/** An `EventFeed` with one listening connection for all followers, opened by the first. */
export type PostgresEventFeed = EventFeed & Readonly<{ close(): Promise<void> }>

/**
 * `EventFeed` on PostgreSQL. A notification only rings; events are always read by seq from where the follower stands,
 * so none is missed, doubled or out of order, whatever happens to notifications and connections.
 */
export function eventFeed(
  options: Readonly<{ pool: Pool; connection: ClientConfig; clock: Clock }>,
): PostgresEventFeed {
  const { pool, connection, clock } = options
  const bells = new Map<RunId, Set<Bell>>()
  const closed = new AbortController()
  let listener: Listener | undefined

  const changed = (id?: RunId) => {
    const rung = id === undefined ? [...bells.values()].flatMap((set) => [...set]) : (bells.get(id) ?? [])
    for (const bell of rung) bell.ring()
  }

  async function* follow(id: RunId, afterSeq: number, signal: AbortSignal): AsyncIterable<JournalEvent> {
    const ended = AbortSignal.any([signal, closed.signal])
    const bell = newBell(clock)
    const set = bells.get(id) ?? new Set()
    bells.set(id, set.add(bell))
    listener ??= listen({ connection, clock, changed })
    try {
      let seq = afterSeq
      while (!ended.aborted) {
        const events = await read(id, seq)
        for (const event of events ?? []) {
          if (ended.aborted) return
          yield event
          seq = event.seq
        }
        if (events === undefined) await clock.sleep(RETRY_READ_MS, ended)
        else if (events.length < BATCH) await bell.wait(LOOK_ANYWAY_MS, ended)
      }
    } finally {
      set.delete(bell)
      if (set.size === 0) bells.delete(id)
    }
  }

  /** Undefined while the server is away. */
  async function read(id: RunId, seq: number): Promise<readonly JournalEvent[] | undefined> {
    try {
      return await eventsAfter(pool, id, seq, BATCH)
    } catch (error) {
      if (isConnectionError(error)) return undefined
      throw error
    }
  }

  return {
    follow,
    close: async () => {
      closed.abort()
      await listener?.close()
    },
  }
}
