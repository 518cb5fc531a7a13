import type { Clock } from '@firedrill/core'

/** Wakes one follower. A ring while nobody waits is kept, so that what happens during a read is not missed. */
export type Bell = Readonly<{
  ring(): void
  /** Resolves at the next ring, at once if it rang since the last wait, after `ms`, or when the signal ends. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}>

/** A bell that has not rung. */
export function newBell(clock: Clock): Bell {
  let isRung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      isRung = true
      wake?.()
    },
    wait: async (ms, signal) => {
      if (!isRung && !signal.aborted) {
        const enough = new AbortController()
        const rung = new Promise<void>((resolve) => {
          wake = resolve
        })
        await Promise.race([rung, clock.sleep(ms, AbortSignal.any([signal, enough.signal]))])
        wake = undefined
        enough.abort()
      }
      isRung = false
    },
  }
}
