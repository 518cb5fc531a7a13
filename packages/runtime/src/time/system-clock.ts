import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { platformInstant, type CallClock, type PlatformInstant } from '@firedrill/core'

/** The host's monotonic clock and timers. */
export const systemClock: CallClock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    const options = signal === undefined ? {} : { signal }
    await wait(Math.max(0, ms), undefined, options).catch((error: unknown) => {
      // An ended signal means: stop waiting now. It is no failure of the wait.
      if (!isAborted(signal)) throw error
    })
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

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
