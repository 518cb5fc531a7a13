import type { Clock } from '@firedrill/core'

/** Jobs come at least this often, because this process adds one itself. Platform time. */
const BEAT_EVERY_MS = 2000
/** No job for this long, and the worker is taken for dead: a blocked read that never settles throws no error. */
const DEAD_AFTER_MS = 30_000

/** Tells whether one queue of this process is being worked on. */
export type Heartbeat = Readonly<{
  /** A job was begun or ended. */
  beat(): void
  isAlive(): boolean
  stop(): void
}>

/**
 * Adds heartbeat jobs to the queue that the process works on, at most one of them waiting. Another worker may take it,
 * then it beats for that one; over fifteen beats each gets its share.
 */
export function startHeartbeat({
  clock,
  add,
}: Readonly<{ clock: Clock; add: () => Promise<void> }>): Heartbeat {
  const stopped = new AbortController()
  let lastMs = clock.monotonicMs()
  void keepBeating()

  async function keepBeating(): Promise<void> {
    while (!stopped.signal.aborted) {
      // A beat that cannot be sent is one that will be missed; nothing else has to be done about it.
      await add().catch(() => {})
      await clock.sleep(BEAT_EVERY_MS, stopped.signal)
    }
  }

  return {
    beat: () => {
      lastMs = clock.monotonicMs()
    },
    isAlive: () => clock.monotonicMs() - lastMs < DEAD_AFTER_MS,
    stop: () => stopped.abort(),
  }
}
