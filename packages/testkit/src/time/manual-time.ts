import { platformInstant, plusMs, type CallClock, type PlatformInstant } from '@firedrill/core'

/** Platform time that only moves when a test moves it, and the `Clock` port that waits on it. */
export type ManualTime = Readonly<{
  /** The instant now; two readings without an `advance` between them are equal. */
  now(): PlatformInstant
  /** Moves time forward and wakes every sleeper whose time has come, in order of their time. */
  advance(ms: number): Promise<void>
  /** Milliseconds until the earliest sleeper wakes, or undefined when nobody sleeps. */
  nextWakeMs(): number | undefined
  clock: CallClock
}>

/** Lets everything run that can run now, so that it may go to sleep before time goes on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

type Sleeper = { at: number; wake: () => void }

/** 2026-01-01T00:00:00Z: any fixed instant does, this one is easy to read in a failure. */
const START = platformInstant(1_767_225_600_000_000)

/** A clock for tests that never waits. */
export function manualTime(start: PlatformInstant = START): ManualTime {
  let now = start
  const sleepers = new Set<Sleeper>()
  const earliest = () => [...sleepers].sort((a, b) => a.at - b.at)[0]

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true || ms <= 0) return resolve()
      const sleeper: Sleeper = { at: plusMs(now, ms), wake: () => settle() }
      const settle = () => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', settle)
        resolve()
      }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', settle)
    })

  return {
    now: () => now,
    advance: async (ms) => {
      const until = plusMs(now, ms)
      await settled()
      for (let next = earliest(); next !== undefined && next.at <= until; next = earliest()) {
        now = platformInstant(Math.max(next.at, now))
        next.wake()
        await settled()
      }
      now = until
    },
    nextWakeMs: () => {
      const next = earliest()
      return next === undefined ? undefined : Math.max(0, (next.at - now) / 1000)
    },
    clock: { monotonicMs: () => (now - START) / 1000, sleep, work: (run) => run() },
  }
}
