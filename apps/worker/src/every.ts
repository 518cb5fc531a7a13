import type { Clock } from '@firedrill/core'
import type { Logger } from '@firedrill/runtime'

/** Does something over and over, `ms` of platform time apart, until the signal ends. A failure is logged, not fatal. */
export async function every(
  ms: number,
  what: string,
  clock: Clock,
  log: Logger,
  signal: AbortSignal,
  work: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work()
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, `${what} failed and is tried again`)
    }
    await clock.sleep(ms, signal)
  }
}
