import {
  worldAt,
  worldInstant,
  type ClockStore,
  type EnvironmentClock,
  type PlatformInstant,
} from '@firedrill/core'
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
  const holds =
    before === undefined
      ? clock
      : laterClock(before, clock, data.now(), lastWritten(data, teamId, environment))
  data.clocks.set(key, holds)
  return holds
}

/** World time of the newest event of a run in the environment; 0 when there is none. */
function lastWritten(data: MemoryData, teamId: string, environment: string): number {
  const runs = [...data.runs.values()].filter(
    (run) => run.teamId === teamId && run.state.environment.name === environment,
  )
  return Math.max(0, ...runs.map((run) => run.events.at(-1)?.worldAt ?? 0))
}

/**
 * World time never runs backwards behind what was written down: such a reading is not taken, only its rate, or a
 * world that slowed down would be outrun for ever. A reading behind the old clock's mere projection is taken: a
 * simulated world stands still while its simulator is down.
 */
function laterClock(
  before: EnvironmentClock,
  next: EnvironmentClock,
  now: PlatformInstant,
  written: number,
): EnvironmentClock {
  const reached = worldInstant(Math.max(before.anchorWorld, written))
  if (worldAt(next, now) >= reached) return next
  if (next.rate === before.rate) return before
  return { anchorPlatform: now, anchorWorld: reached, rate: next.rate }
}
