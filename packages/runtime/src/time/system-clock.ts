import { performance } from 'node:perf_hooks'
import { platformInstant, type CallClock, type PlatformInstant } from '@firedrill/core'

/** The host's monotonic clock and timers. */
export const systemClock: CallClock = {
  monotonicMs: () => performance.now(),
  // Not by `timers/promises`: that makes an error with its stack for each wait that is given up, which a prober does all the time.
  sleep: (ms, signal) => {
    if (signal?.aborted === true) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, Math.max(0, ms))
    signal?.addEventListener('abort', end)
    return promise
  },
  work: (run) => run(),
}

/**
 * The host's wall clock. Only for what must work without a database (log lines, lifetimes of sessions) and for comparing
 * with a simulator on the same host; everything the journal holds is stamped by the database.
 */
export function hostNow(): PlatformInstant {
  return platformInstant(Date.now() * 1000)
}
