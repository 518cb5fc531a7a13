import {
  AppError,
  worldAt,
  type Clock,
  type ClockStore,
  type CompiledEnvironment,
  type EnvironmentClock,
  type PlatformInstant,
} from '@firedrill/core'
import { readEnvironmentClock } from './read-clock.ts'

/** Two clocks whose readings differ by less than this, times the rate, are the same clock read twice. µs of world time. */
const SAME_READING_MICROS = 3000

/** Keeps the clocks of environments fresh. */
export type WorldClocks = Readonly<{
  /**
   * The clock of an environment as it holds now; the first question reads it and starts keeping it fresh.
   * @throws AppError `upstream-failed` when it was never read and cannot be, or its first reading is behind what is recorded.
   */
  of(teamId: string, environment: Pick<CompiledEnvironment, 'name' | 'clock'>): Promise<EnvironmentClock>
  /** Environments whose clock could not be read the last time, with the age of what is used instead. */
  stale(): readonly Readonly<{ environment: string; ageMs: number }>[]
  stop(): Promise<void>
}>

/** The clock that holds after a reading; `behind` when that is not the one that was read. */
type Reading = Readonly<{ holds: EnvironmentClock; behind: boolean }>

type Followed = {
  held: EnvironmentClock
  readAtMs: number
  failing: boolean
  url: string
  stop: AbortController
  done: Promise<void>
}

/**
 * Follows the clock of every environment it is asked about, reading it every `pollMs` (platform time). World time never runs
 * backwards: a reading holds only if the store says so. A simulator that does not answer, or whose world is behind what was
 * already recorded, keeps its last clock and shows in `stale()` until it agrees again.
 */
export function createWorldClocks(
  options: Readonly<{
    store: ClockStore
    platformNow: () => Promise<PlatformInstant>
    clock: Clock
    pollMs?: number
    onFailure?: (environment: string, error: unknown) => void
  }>,
): WorldClocks {
  const { store, platformNow, clock, pollMs = 1000, onFailure } = options
  const followed = new Map<string, Followed>()
  const starting = new Map<string, Promise<EnvironmentClock>>()

  const readOnce = async (
    teamId: string,
    environment: Pick<CompiledEnvironment, 'name' | 'clock'>,
    held: EnvironmentClock | undefined,
    signal: AbortSignal,
  ): Promise<Reading> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(2000)])
    const before = await store.get(teamId, environment.name)
    const fresh = await readEnvironmentClock({ environment, platformNow, signal: limit })
    if (held !== undefined && isSameReading(held, fresh)) return { holds: held, behind: false }
    const holds = await store.put(teamId, environment.name, fresh)
    // A world that jumps may have gone on since it was read; it is behind only if it was behind before.
    const behind =
      fresh.rate === 0 && before?.rate === 0
        ? fresh.anchorWorld < before.anchorWorld
        : !isSameReading(holds, fresh)
    return { holds, behind }
  }

  const follow = async (
    key: string,
    teamId: string,
    environment: Pick<CompiledEnvironment, 'name' | 'clock'>,
  ) => {
    const stop = new AbortController()
    const { holds: held, behind } = await readOnce(teamId, environment, undefined, stop.signal)
    if (behind) throw worldIsBehind(environment.name)
    const url = environment.clock.source === 'real' ? '' : environment.clock.url
    const entry: Followed = {
      held,
      readAtMs: clock.monotonicMs(),
      failing: false,
      url,
      stop,
      done: Promise.resolve(),
    }
    followed.set(key, entry)
    if (environment.clock.source === 'simulator') entry.done = keepFresh(entry, teamId, environment)
    return held
  }

  const keepFresh = async (
    entry: Followed,
    teamId: string,
    environment: Pick<CompiledEnvironment, 'name' | 'clock'>,
  ) => {
    const { signal } = entry.stop
    while (!signal.aborted) {
      await clock.sleep(pollMs, signal)
      if (signal.aborted) return
      try {
        const { holds, behind } = await readOnce(teamId, environment, entry.held, signal)
        entry.held = holds
        if (behind) throw worldIsBehind(environment.name)
        entry.readAtMs = clock.monotonicMs()
        entry.failing = false
      } catch (error) {
        if (signal.aborted) return
        if (!entry.failing) onFailure?.(environment.name, error)
        entry.failing = true
      }
    }
  }

  return {
    of: async (teamId, environment) => {
      const key = `${teamId}\n${environment.name}`
      const url = environment.clock.source === 'real' ? '' : environment.clock.url
      const known = followed.get(key)
      if (known !== undefined && known.url === url) return known.held
      if (known !== undefined) {
        known.stop.abort()
        followed.delete(key)
      }
      let first = starting.get(key)
      if (first === undefined) {
        first = follow(key, teamId, environment).finally(() => starting.delete(key))
        starting.set(key, first)
      }
      return first
    },
    stale: () =>
      [...followed].flatMap(([key, entry]) =>
        entry.failing
          ? [
              {
                environment: key.slice(key.indexOf('\n') + 1),
                ageMs: Math.round(clock.monotonicMs() - entry.readAtMs),
              },
            ]
          : [],
      ),
    stop: async () => {
      for (const entry of followed.values()) entry.stop.abort()
      await Promise.all([...followed.values()].map((entry) => entry.done))
      followed.clear()
    },
  }
}

function isSameReading(held: EnvironmentClock, fresh: EnvironmentClock): boolean {
  if (held.rate !== fresh.rate) return false
  const distance = worldAt(held, fresh.anchorPlatform) - fresh.anchorWorld
  return Math.abs(distance) <= SAME_READING_MICROS * fresh.rate
}

/** To judge by another clock than the world's own would date everything wrongly, so nothing is judged at all. */
function worldIsBehind(environment: string): AppError {
  return new AppError(
    'upstream-failed',
    `The simulated world of environment ${environment} is behind the time that was already recorded for it. Give every world an environment of its own, or start both anew (npm start -- --fresh).`,
  )
}
