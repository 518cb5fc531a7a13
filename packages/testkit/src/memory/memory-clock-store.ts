import { worldAt, type ClockStore, type EnvironmentClock, type PlatformInstant } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `ClockStore`. */
export function memoryClockStore(data: MemoryData): ClockStore {
  return {
    put: async (teamId, environment, clock) => putClock(data, teamId, environment, clock),
    get: async (teamId, environment) => data.clocks.get(`${teamId}/${environment}`),
  }
}

/** Stores a reading and answers the clock that holds; see `laterClock`. */
export function putClock(
  data: MemoryData,
  teamId: string,
  environment: string,
  clock: EnvironmentClock,
): EnvironmentClock {
  const key = `${teamId}/${environment}`
  const before = data.clocks.get(key)
  const holds = before === undefined ? clock : laterClock(before, clock, data.now())
  data.clocks.set(key, holds)
  return holds
}

/**
 * World time never runs backwards: a reading that is behind is not taken. When it is behind and its rate differs, the
 * rate is taken from here on, or a world that slowed down would be outrun for ever.
 */
function laterClock(
  before: EnvironmentClock,
  next: EnvironmentClock,
  now: PlatformInstant,
): EnvironmentClock {
  const reached = worldAt(before, now)
  if (worldAt(next, now) >= reached) return next
  if (next.rate === before.rate) return before
  return { anchorPlatform: now, anchorWorld: reached, rate: next.rate }
}
