import type { Clock, MarkerWrite } from '@firedrill/core'

/** Puts writes on record, in order, one batch at a time. */
export type Recorder = Readonly<{
  /** Resolves when the write is on record, or after `patienceMs`: a store that is away must not stop the writer. */
  put(write: MarkerWrite, patienceMs: number): Promise<void>
  /** Hands over what is left, for a while; answers how much was not taken. */
  close(): Promise<number>
}>

const AGAIN_MS = 250
const CLOSE_TRIES = 20
/** Hours of writes, in case the store is away for hours. */
const KEEP_MAX = 100_000

/**
 * An acknowledgement is worth what its record is: it goes to the store before the next write is sent. While the store is
 * away records wait in memory, since writes that nobody makes would measure nothing.
 */
export function createRecorder(
  options: Readonly<{
    deliver: (writes: readonly MarkerWrite[]) => Promise<void>
    clock: Clock
    onFailure: (error: unknown, pending: number) => void
  }>,
): Recorder {
  const waiting: MarkerWrite[] = []
  let flushing: Promise<boolean> | undefined

  const flush = async (): Promise<boolean> => {
    while (waiting.length > 0) {
      const batch = [...waiting]
      try {
        await options.deliver(batch)
        waiting.splice(0, batch.length)
      } catch (error) {
        options.onFailure(error, waiting.length)
        return false
      }
    }
    return true
  }
  const start = () => {
    flushing ??= flush().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  return {
    put: async (write, patienceMs) => {
      if (waiting.length < KEEP_MAX) waiting.push(write)
      const enough = new AbortController()
      await Promise.race([start(), options.clock.sleep(patienceMs, enough.signal)])
      enough.abort()
    },
    close: async () => {
      for (let tries = 0; !(await start()) && tries < CLOSE_TRIES; tries++)
        await options.clock.sleep(AGAIN_MS)
      return waiting.length
    },
  }
}
