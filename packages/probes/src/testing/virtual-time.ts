import {
  platformInstant,
  REAL_CLOCK,
  type CallClock,
  type EnvironmentClock,
  type Sample,
} from '@firedrill/core'
import { createProber, type ProberOptions } from '../schedule/prober.ts'

/** Time that moves only when it is told to, and wakes whoever is due in order. */
export type VirtualTime = Readonly<{
  clock: CallClock
  /** Lets everything happen up to a reading of the clock in milliseconds; timers come `lateMs` late. */
  runTo(ms: number, lateMs?: number): Promise<void>
}>

/** A clock that starts at 0. */
export function virtualTime(): VirtualTime {
  let nowMs = 0
  let waiting: { at: number; wake: () => void }[] = []
  const turn = () => new Promise((resolve) => void setImmediate(resolve))
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((wake) => {
      if (signal?.aborted === true) return wake()
      waiting.push({ at: nowMs + ms, wake })
      signal?.addEventListener('abort', () => wake(), { once: true })
    })
  return {
    clock: { monotonicMs: () => nowMs, sleep, work: (run) => run() },
    runTo: async (until, lateMs = 0) => {
      for (;;) {
        await turn()
        const next = waiting.toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined || next.at + lateMs > until) break
        waiting = waiting.filter((one) => one !== next)
        nowMs = Math.max(nowMs, next.at + lateMs)
        next.wake()
      }
      nowMs = until
    },
  }
}

/** A prober in that time whose probes all go well at once. */
export function virtualProber(
  { clock }: VirtualTime,
  options: Pick<ProberOptions, 'probes' | 'vantages'>,
  environmentClock: EnvironmentClock = REAL_CLOCK,
): Readonly<{ samples: readonly Sample[]; stop: () => Promise<void> }> {
  const samples: Sample[] = []
  const prober = createProber({
    ...options,
    anchor: { monotonicMs: 0, platform: platformInstant(0) },
    environmentClock,
    clock,
    stalls: { longestSince: () => 0, stop: () => undefined },
    attempt: () => Promise.resolve({ end: 'good', answers: '' }),
    onSample: (sample) => void samples.push(sample),
  })
  return { samples, stop: () => prober.stop() }
}
