import { plusMs, type Clock, type PlatformInstant } from '@firedrill/core'

/** Platform time without a database round trip for each reading. */
export type PlatformTime = Readonly<{ now(): Promise<PlatformInstant> }>

/**
 * Reads the database's clock every `refreshMs` and carries it on with the monotonic clock in between, so that many
 * viewers cost one query. When the database is away after a first reading, time goes on from that reading.
 * The error is at most half a round trip plus the drift of one refresh period. Readings never run backwards.
 */
export function createPlatformTime(
  options: Readonly<{ read: () => Promise<PlatformInstant>; clock: Clock; refreshMs?: number }>,
): PlatformTime {
  const { read, clock, refreshMs = 10_000 } = options
  let anchor: { at: PlatformInstant; monotonic: number } | undefined
  let refreshing: Promise<void> | undefined
  let last = 0

  const refresh = async () => {
    const before = clock.monotonicMs()
    const at = await read()
    const after = clock.monotonicMs()
    anchor = { at, monotonic: (before + after) / 2 }
  }

  return {
    now: async () => {
      if (anchor === undefined || clock.monotonicMs() - anchor.monotonic > refreshMs) {
        refreshing ??= refresh().finally(() => {
          refreshing = undefined
        })
        try {
          await refreshing
        } catch (error) {
          if (anchor === undefined) throw error
        }
      }
      if (anchor === undefined) throw new Error('platform time was never read')
      last = Math.max(last, plusMs(anchor.at, clock.monotonicMs() - anchor.monotonic))
      return last as PlatformInstant
    },
  }
}
