import { AppError, isAppError, type Hints } from '@firedrill/core'
import type { JobQueue } from '@firedrill/queue'

/** The queue as the API sees it: hints can be sent, and it can be asked whether they can. */
export type QueueLink = Readonly<{
  hints: Hints
  /** @throws AppError `queue-away`. */
  ping(): Promise<void>
  close(): Promise<void>
}>

/**
 * Keeps the API alive while the queue is away, also from its first moment on: reading, aborting and halting need the database
 * alone. Opens the queue when it is first needed and again after it could not be opened.
 */
export function createQueueLink(open: () => Promise<JobQueue>): QueueLink {
  let opened: Promise<JobQueue> | undefined
  const queue = () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw isAppError(error)
        ? error
        : new AppError('queue-away', 'The queue cannot be reached', { cause: error })
    })
    return opened
  }
  return {
    hints: { send: async (name, runId, afterMs) => (await queue()).hints.send(name, runId, afterMs) },
    ping: async () => (await queue()).add('heartbeat', { worker: 'api' }),
    close: async () => {
      const current = await opened?.catch(() => undefined)
      await current?.close()
    },
  }
}
