import { realClock, type QueueUnderTest } from '@firedrill/testkit'
import type { QueueBackend } from '../backend/backend.ts'
import { createQueue } from '../create-queue.ts'
import { createWorkers } from '../create-workers.ts'

/** A real queue for a suite. */
export async function queueUnderTest(
  backend: QueueBackend,
  url: string,
  loseAll: () => Promise<void>,
): Promise<QueueUnderTest> {
  const queue = await createQueue({ backend, url })
  return {
    hints: queue.hints,
    work: async (handlers, concurrency) => {
      const workers = await createWorkers({
        backend,
        url,
        concurrency,
        handlers,
        clock: realClock,
        worker: 'test',
      })
      return { close: () => workers.close(5000) }
    },
    loseAll,
    close: queue.close,
  }
}
