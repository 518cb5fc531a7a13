import type { CallClock } from '@firedrill/core'

/** Hands items over in batches, in order, and keeps them until they are taken. */
export type Batcher<T> = Readonly<{
  add(item: T): void
  /** Items not yet taken. */
  pending(): number
  /** Items that were given up because too many were waiting. */
  lost(): number
  /** Delivers what is left, for at most `withinMs` of real time; answers how many items were not taken. */
  close(withinMs: number): Promise<number>
}>

/** How a batcher behaves. Times are real. */
export type BatcherOptions<T> = Readonly<{
  deliver: (batch: readonly T[], signal: AbortSignal) => Promise<void>
  clock: CallClock
  /** A batch at most this often. */
  everyMs: number
  batchMax: number
  /** So many items are kept while nobody takes them; the newest beyond it are counted as lost. */
  keepMax: number
  onFailure: (error: unknown, pending: number) => void
}>

const BACK_OFF_MAX_MS = 2000

/**
 * Collects items and delivers them every `everyMs`. A batch that fails is tried again, with growing pauses, until it is
 * taken; so the receiver may get an item twice, and must know it by itself.
 */
export function createBatcher<T>(options: BatcherOptions<T>): Batcher<T> {
  const { deliver, clock, everyMs, batchMax, keepMax, onFailure } = options
  const items: T[] = []
  const pausing = new AbortController()
  const giveUp = new AbortController()
  let lost = 0
  let pump: Promise<void> | undefined

  const run = async () => {
    let failures = 0
    while (items.length > 0 && !giveUp.signal.aborted) {
      // While closing nothing more comes in, so there is nothing to wait for, except after a failure.
      const pauseMs = Math.min(everyMs * 2 ** failures, Math.max(everyMs, BACK_OFF_MAX_MS))
      await clock.sleep(pauseMs, failures > 0 ? giveUp.signal : pausing.signal)
      const batch = items.slice(0, batchMax)
      try {
        await clock.work(() => deliver(batch, giveUp.signal))
        items.splice(0, batch.length)
        failures = 0
      } catch (error) {
        failures++
        onFailure(error, items.length)
      }
    }
  }
  const start = () => {
    pump ??= run().finally(() => {
      pump = undefined
      if (items.length > 0 && !giveUp.signal.aborted) start()
    })
  }

  return {
    add: (item) => {
      if (items.length >= keepMax) {
        lost++
        return
      }
      items.push(item)
      start()
    },
    pending: () => items.length,
    lost: () => lost,
    close: async (withinMs) => {
      pausing.abort()
      const { promise: isOver, resolve: onOver } = Promise.withResolvers<void>()
      const timer = setTimeout(() => {
        giveUp.abort()
        onOver()
      }, withinMs)
      // A receiver that never answers must not hold the process.
      while (items.length > 0 && !giveUp.signal.aborted) await Promise.race([pump ?? isOver, isOver])
      clearTimeout(timer)
      return items.length
    },
  }
}
