import type { PlatformInstant, WorldInstant } from './instant.ts'

/**
 * How an environment's world time runs beside platform time. Against AWS both anchors are equal and the rate is 1.
 * World time never runs backwards: whoever stores a clock keeps the later of two world readings.
 */
export type EnvironmentClock = Readonly<{
  anchorPlatform: PlatformInstant
  anchorWorld: WorldInstant
  /**
   * World seconds per platform second. 0: a simulated world in lockstep, which stands still and jumps when nothing is
   * left to do at an instant.
   */
  rate: number
}>

/** World time at a platform instant. */
export function worldAt(clock: EnvironmentClock, platform: PlatformInstant): WorldInstant {
  return Math.round(clock.anchorWorld + (platform - clock.anchorPlatform) * clock.rate) as WorldInstant
}

/** Platform time at which the world reaches an instant; FAR_PLATFORM for one that a world that stands still has not reached. */
export function platformAt(clock: EnvironmentClock, world: WorldInstant): PlatformInstant {
  if (clock.rate === 0) return world <= clock.anchorWorld ? clock.anchorPlatform : FAR_PLATFORM
  return Math.ceil(clock.anchorPlatform + (world - clock.anchorWorld) / clock.rate) as PlatformInstant
}

/** A platform instant that never comes: what waits for it waits for something else. */
export const FAR_PLATFORM = 8_000_000_000_000_000 as PlatformInstant

/** Platform milliseconds that a world duration takes; infinite in a world that stands still. */
export function platformMsFor(clock: EnvironmentClock, worldMs: number): number {
  return worldMs / clock.rate
}

/** The clock of every environment that is not simulated: world time is platform time. */
export const REAL_CLOCK: EnvironmentClock = {
  anchorPlatform: 0 as PlatformInstant,
  anchorWorld: 0 as WorldInstant,
  rate: 1,
}
