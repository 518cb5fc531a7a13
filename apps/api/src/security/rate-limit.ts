import type { Clock } from '@firedrill/core'

/** How fast a caller may go on, and how much at once after a rest. */
export type Rate = Readonly<{ perSecond: number; burst: number }>

/** Far above what people, pages and pipelines do, and below what would keep others from being served. */
export const RATES: Readonly<Record<'known' | 'unknown', Rate>> = {
  known: { perSecond: 300, burst: 3000 },
  unknown: { perSecond: 50, burst: 500 },
}

/** More callers than this are not told apart from new ones: who is forgotten has been quiet the longest. */
const CALLERS_MAX = 10_000

/**
 * Counts requests of callers, in this process. `take` answers undefined, or the seconds after which a caller may go on. What a
 * caller has left is computed when they ask, so that nothing runs meanwhile.
 */
export function createRateLimit(clock: Pick<Clock, 'monotonicMs'>) {
  const callers = new Map<string, Readonly<{ left: number; atMs: number }>>()
  return {
    take: (caller: string, { perSecond, burst }: Rate): number | undefined => {
      const nowMs = clock.monotonicMs()
      const known = callers.get(caller)
      const rested = known === undefined ? burst : known.left + ((nowMs - known.atMs) / 1000) * perSecond
      const left = Math.min(burst, rested) - 1
      // Set anew, so that the order of the map is that of the last request.
      callers.delete(caller)
      callers.set(caller, { left: Math.max(left, -1), atMs: nowMs })
      if (callers.size > CALLERS_MAX) {
        const [quietest] = callers.keys()
        if (quietest !== undefined) callers.delete(quietest)
      }
      return left >= 0 ? undefined : Math.max(1, Math.ceil(-left / perSecond))
    },
  }
}
export type RateLimit = ReturnType<typeof createRateLimit>
