import type { Hints } from '@firedrill/core'
import type { QueueOptions } from './backend/backend.ts'
import { openBackend } from './backend/open-backend.ts'
import { hintsOver, openSenders, type Add } from './send.ts'

/** The sending side, for whoever does no work itself. */
export type JobQueue = Readonly<{ add: Add; hints: Hints; close(): Promise<void> }>

/**
 * Opens the queue for sending. Sending fails at once while the backend is away and works again when it is back.
 * @throws AppError `config-invalid` or `queue-away`.
 */
export async function createQueue(options: QueueOptions): Promise<JobQueue> {
  const backend = await openBackend(options, 'send')
  const { add, close } = await openSenders(backend)
  return {
    add,
    hints: hintsOver(add),
    close: async () => {
      await close()
      await backend.close()
    },
  }
}
