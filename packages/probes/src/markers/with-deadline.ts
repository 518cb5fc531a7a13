import type { CallClock } from '@firedrill/core'

/** Runs something under a signal that ends after `ms` of the clock. What does not listen is left behind. */
export async function withDeadline<T>(
  clock: CallClock,
  ms: number,
  act: (ends: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController()
  const done = new AbortController()
  const expire = async () => {
    await clock.sleep(ms, done.signal)
    if (!done.signal.aborted) deadline.abort()
  }
  void expire()
  try {
    return await clock.work(() => act(deadline.signal))
  } finally {
    done.abort()
  }
}
