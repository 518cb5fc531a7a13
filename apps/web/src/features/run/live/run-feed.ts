import type { Client, LiveEvent, TimelineEvent } from '@firedrill/contracts'

/** World time as of a moment of this browser's own steady clock, and how fast it runs. */
export type ClockSync = Readonly<{ worldAt: number; rate: number; readAtMs: number }>

/** Everything the stream of a run has said so far. */
export type FeedState = Readonly<{
  events: readonly TimelineEvent[]
  connection: 'connecting' | 'open' | 'lost' | 'ended'
  /** When anything at all was last heard, on the steady clock. */
  heardAtMs: number | null
  clock: ClockSync | null
  /** The API refused the stream; it is not tried again. */
  error: unknown
}>

/** A stream that components can read. */
export type RunFeed = Readonly<{
  get: () => FeedState
  subscribe: (listener: () => void) => () => void
  /** Opens the stream after the last event that is known; the answer closes it. */
  open: () => () => void
}>

/** Events are handed on at most this often, so that a burst of them draws the page once. */
const BATCH_MS = 100

/**
 * Follows a run. `steadyNowMs` never jumps, unlike the time of day. Order and completeness are the client's promise; this only
 * gathers, so that a thousand events at once cost one drawing.
 */
export function createRunFeed(
  follow: Client['runs']['follow'],
  runId: string,
  steadyNowMs: () => number,
): RunFeed {
  let state: FeedState = { events: [], connection: 'connecting', heardAtMs: null, clock: null, error: null }
  let waiting: TimelineEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const listeners = new Set<() => void>()

  const put = (change: Partial<FeedState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const events = [...state.events, ...waiting]
    waiting = []
    put({ events, heardAtMs: steadyNowMs() })
  }
  const take = (live: LiveEvent) => {
    switch (live.kind) {
      case 'journal':
        waiting.push(live.event)
        timer ??= setTimeout(flush, BATCH_MS)
        return
      case 'heartbeat': {
        const readAtMs = steadyNowMs()
        put({ heardAtMs: readAtMs, clock: { worldAt: live.worldAt, rate: live.rate, readAtMs } })
        return
      }
      case 'end':
        flush()
        put({ connection: 'ended', heardAtMs: steadyNowMs() })
    }
  }
  const run = async (signal: AbortSignal) => {
    try {
      const after = state.events.at(-1)?.seq ?? 0
      const onConnection = ({ isOpen }: Readonly<{ isOpen: boolean }>) => {
        if (!signal.aborted) put({ connection: isOpen ? 'open' : 'lost' })
      }
      for await (const live of follow(runId, { after, signal, onConnection })) {
        if (signal.aborted) return
        take(live)
      }
    } catch (error) {
      if (!signal.aborted) put({ error, connection: 'lost' })
    }
  }

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    open: () => {
      const close = new AbortController()
      void run(close.signal)
      return () => {
        // What was heard and not yet handed on must not be lost: the next opening starts after it.
        flush()
        close.abort()
      }
    },
  }
}
