import {
  platformAt,
  platformInstant,
  platformMsFor,
  plusMs,
  worldAt,
  worldInstant,
  type EnvironmentClock,
  type PlatformInstant,
  type WorldInstant,
} from '@firedrill/core'

/** The prober's monotonic clock beside platform time: one reading of both. */
export type Anchor = Readonly<{ monotonicMs: number; platform: PlatformInstant }>

/** World time on one monotonic clock, so that all samples of a prober have one clock. */
export type WorldTime = Readonly<{
  /** World time at a monotonic reading. */
  at(monotonicMs: number): WorldInstant
  /** The monotonic reading at which the world reaches an instant. */
  monotonicAt(world: WorldInstant): number
  /** Real milliseconds that a world duration takes. */
  realMs(worldMs: number): number
}>

/** Maps the monotonic clock to the world's. That of a world that stands still between jumps is the world's own. */
export function worldTime(anchor: Anchor, clock: EnvironmentClock): WorldTime {
  if (clock.rate === 0)
    return {
      at: (monotonicMs) => worldInstant(Math.round(monotonicMs * 1000)),
      monotonicAt: (world) => world / 1000,
      realMs: (worldMs) => worldMs,
    }
  return {
    at: (monotonicMs) => worldAt(clock, plusMs(anchor.platform, monotonicMs - anchor.monotonicMs)),
    monotonicAt: (world) => anchor.monotonicMs + (platformAt(clock, world) - anchor.platform) / 1000,
    realMs: (worldMs) => platformMsFor(clock, worldMs),
  }
}

/** How often the platform's clock is read for an anchor: the reading with the shortest round trip is the best one. */
const READINGS = 5

/** Reads both clocks together. The error is at most half of the shortest round trip. */
export async function readAnchor(
  platformNow: () => Promise<PlatformInstant>,
  monotonicMs: () => number,
): Promise<Anchor> {
  let best: (Anchor & { roundTripMs: number }) | undefined
  for (let reading = 0; reading < READINGS; reading++) {
    const before = monotonicMs()
    const platform = await platformNow()
    const roundTripMs = monotonicMs() - before
    if (best === undefined || roundTripMs < best.roundTripMs) {
      best = { monotonicMs: before + roundTripMs / 2, platform, roundTripMs }
    }
  }
  return best ?? { monotonicMs: monotonicMs(), platform: platformInstant(0) }
}
