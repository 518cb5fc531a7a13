import type { Clock } from '@firedrill/core'

/**
 * Runs `work` with a signal that ends after `ms` of platform time or when `parent` ends. The work is expected to
 * settle when its signal ends; its own answer (a timeout failure) is what the caller gets.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timer = new AbortController()
  const done = new AbortController()
  const late = async () => {
    await clock.sleep(ms, done.signal)
    if (!done.signal.aborted) timer.abort(new Error(`no answer within ${Math.round(ms)} ms`))
  }
  void late()
  try {
    return await work(AbortSignal.any([parent, timer.signal]))
  } finally {
    done.abort()
  }
}
