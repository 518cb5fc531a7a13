import {
  CLOUD_CLOCK,
  plusMs,
  PROBER_CLOCK,
  type ClockReading,
  type EnvironmentClock,
  type PlatformInstant,
} from '@firedrill/core'
import type { Exchange } from '../remote/clock-bound.ts'
import { worldTime, type Anchor } from '../schedule/world-time.ts'

/** A question to CloudWatch: when it left and came back on the prober's clock, and what second it was there in between. */
export type DatedAnswer = Readonly<{ sentMs: number; receivedMs: number; second: PlatformInstant }>

const SECOND = 1_000_000

/** Compares the prober's clock with the platform's, and CloudWatch's with both, for one run. */
export type ClockComparison = Readonly<{
  setClock(clock: EnvironmentClock): void
  /** What an exchange with the platform says of the prober's clock. Nothing in a world that stands still: its time is the world's own. */
  prober(exchange: Exchange): ClockReading | undefined
  /** What an answer says of CloudWatch's clock. Nothing where world time is not real time: a simulated cloud stamps by the world. */
  cloud(answer: DatedAnswer): ClockReading | undefined
}>

/**
 * The platform's instant lies between leaving and coming back, so an exchange bounds what the prober's clock is ahead from both
 * sides, however uneven the way is. A Date header bounds CloudWatch's to a second and the time on the way.
 */
export function compareClocks(anchor: Anchor, environmentClock: EnvironmentClock): ClockComparison {
  let clock = environmentClock
  let ahead: Readonly<{ lo: number; hi: number }> | undefined
  const readingAt = (ms: number) => plusMs(anchor.platform, ms - anchor.monotonicMs)
  return {
    setClock: (next) => {
      clock = next
    },
    prober: ({ sentMs, receivedMs, platform }) => {
      if (clock.rate === 0) return undefined
      ahead = { lo: readingAt(sentMs) - platform, hi: readingAt(receivedMs) - platform }
      return {
        clock: PROBER_CLOCK,
        at: worldTime(anchor, clock).at(receivedMs),
        lo: Math.floor(ahead.lo * clock.rate),
        hi: Math.ceil(ahead.hi * clock.rate),
      }
    },
    cloud: ({ sentMs, receivedMs, second }) => {
      if (clock.rate !== 1 || ahead === undefined) return undefined
      return {
        clock: CLOUD_CLOCK,
        at: worldTime(anchor, clock).at(receivedMs),
        lo: second - readingAt(receivedMs) + ahead.lo,
        hi: second + SECOND - readingAt(sentMs) + ahead.hi,
      }
    },
  }
}
