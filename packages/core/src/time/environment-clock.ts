import type { PlatformInstant, WorldInstant } from './instant.ts'

/**
 * How an environment's world time runs beside platform time. Against AWS both anchors are equal and the rate is 1.
 * World time never runs backwards: whoever stores a clock keeps the later of two world readings.
 */
export type EnvironmentClock = Readonly<{
  anchorPlatform: PlatformInstant
  anchorWorld: WorldInstant
  /** World seconds per platform second, > 0. */
  rate: number
}>

/** World time at a platform instant. */
export function worldAt(clock: EnvironmentClock, platform: PlatformInstant): WorldInstant {
  return Math.round(clock.anchorWorld + (platform - clock.anchorPlatform) * clock.rate) as WorldInstant
}

/** Platform time at which the world reaches an instant. */
export function platformAt(clock: EnvironmentClock, world: WorldInstant): PlatformInstant {
  return Math.ceil(clock.anchorPlatform + (world - clock.anchorWorld) / clock.rate) as PlatformInstant
}

/** Platform milliseconds that a world duration takes. */
export function platformMsFor(clock: EnvironmentClock, worldMs: number): number {
  return worldMs / clock.rate
}

/** The clock of every environment that is not simulated: world time is platform time. */
export const REAL_CLOCK: EnvironmentClock = {
  anchorPlatform: 0 as PlatformInstant,
  anchorWorld: 0 as WorldInstant,
  rate: 1,
}
