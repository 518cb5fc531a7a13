import { HINT_QUEUES, type Clock, type HintQueue, type Hints, type RunId } from '@firedrill/core'

/** Works on a hint. */
export type MemoryHandler = (payload: Readonly<{ runId: RunId }>) => Promise<void>

/** A queue of hints within one process, with the promises of the real one. */
export type MemoryQueue = Readonly<{
  hints: Hints
  /** Works on hints until `close`, which waits for those under way. */
  work(
    handlers: Readonly<Partial<Record<HintQueue, MemoryHandler>>>,
    concurrency: number,
  ): Readonly<{ close(): Promise<void> }>
  /** Forgets every hint that waits, as a flushed Redis does. */
  loseAll(): void
}>

const ATTEMPTS = 3

/** A queue that keeps hints in memory; delays run on the given clock. */
export function memoryQueue(clock: Clock): MemoryQueue {
  const waiting: Record<HintQueue, RunId[]> = { advance: [], recover: [] }
  const arrived: Record<HintQueue, Set<() => void>> = { advance: new Set(), recover: new Set() }
  let generation = 0
  const put = (queue: HintQueue, runId: RunId) => {
    if (!waiting[queue].includes(runId)) waiting[queue].push(runId)
    for (const wake of arrived[queue]) wake()
  }

  async function loop(queue: HintQueue, handler: MemoryHandler, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const runId = waiting[queue].shift()
      if (runId === undefined) await arrival(queue, stop)
      else await attempt(handler, runId)
    }
  }

  async function attempt(handler: MemoryHandler, runId: RunId): Promise<void> {
    for (let tries = 1; tries <= ATTEMPTS; tries++) {
      const failed = await handler({ runId }).then(
        () => false,
        () => true,
      )
      if (!failed) return
    }
  }

  function arrival(queue: HintQueue, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        arrived[queue].delete(settle)
        stop.removeEventListener('abort', settle)
        resolve()
      }
      arrived[queue].add(settle)
      stop.addEventListener('abort', settle)
    })
  }

  return {
    hints: {
      send: async (queue, runId, afterMs = 0) => {
        if (afterMs <= 0) return put(queue, runId)
        const sentIn = generation
        const later = async () => {
          await clock.sleep(afterMs)
          if (sentIn === generation) put(queue, runId)
        }
        void later()
      },
    },
    work: (handlers, concurrency) => {
      const stop = new AbortController()
      const loops = HINT_QUEUES.flatMap((queue) => {
        const handler = handlers[queue]
        if (handler === undefined) return []
        return Array.from({ length: concurrency }, () => loop(queue, handler, stop.signal))
      })
      return {
        close: async () => {
          stop.abort()
          await Promise.all(loops)
        },
      }
    },
    loseAll: () => {
      generation += 1
      for (const queue of HINT_QUEUES) waiting[queue].length = 0
    },
  }
}
