import type { Clock } from '@firedrill/core'

/** Real time, for suites that talk to real servers. */
export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve()
    const over = AbortSignal.timeout(Math.ceil(ms))
    const end = signal === undefined ? over : AbortSignal.any([over, signal])
    return new Promise((resolve) => {
      end.addEventListener('abort', () => resolve(), { once: true })
    })
  },
}
