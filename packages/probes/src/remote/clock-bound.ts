import type { PlatformInstant } from '@firedrill/core'
import type { Anchor } from '../schedule/world-time.ts'

/** One question about the time: when it left and came back on the prober's clock, and what the platform said in between. */
export type Exchange = Readonly<{ sentMs: number; receivedMs: number; platform: PlatformInstant }>

/** Quartz clocks of servers are off by less; so much is assumed for the time that no exchange covers. */
const DRIFT_MAX = 100e-6
const KEPT_MAX = 32

/** How far an anchor's reading of platform time may be off. */
export type ClockBound = Readonly<{
  add(exchange: Exchange): void
  /** Microseconds, at a reading of the prober's clock. Infinite before the first exchange. */
  errorMicros(atMs: number): number
}>

/**
 * Bounds the error of an anchor by exchanges with the platform. The platform's instant lies between leaving and coming
 * back, so one exchange bounds the offset from both sides, however uneven the way is; the tightest of them counts, and
 * ages with the drift that may have come since. Exchanges after a sample tighten nothing that was reported before.
 */
export function createClockBound(anchor: Anchor): ClockBound {
  const exchanges: Exchange[] = []
  const readingAt = (ms: number) => anchor.platform + (ms - anchor.monotonicMs) * 1000
  const errorOf = ({ sentMs, receivedMs, platform }: Exchange) =>
    Math.max(Math.abs(platform - readingAt(sentMs)), Math.abs(platform - readingAt(receivedMs)))
  return {
    add: (exchange) => {
      exchanges.push(exchange)
      if (exchanges.length > KEPT_MAX) exchanges.shift()
    },
    errorMicros: (atMs) =>
      Math.ceil(
        exchanges.reduce((best, exchange) => {
          const ageMs = Math.max(Math.abs(atMs - exchange.sentMs), Math.abs(atMs - exchange.receivedMs))
          return Math.min(best, errorOf(exchange) + ageMs * 1000 * DRIFT_MAX)
        }, Infinity),
      ),
  }
}
