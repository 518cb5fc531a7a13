import { AppError, isAppError, type Clock, type Hints } from '@firedrill/core'
import type { Workers } from '@firedrill/queue'
import type { Logger } from '@firedrill/runtime'

/** How soon a queue that cannot be reached is tried again, and how often an open one is asked for its health. */
const LOOK_MS = 2000
/** How long jobs under way get when their queue is given up or the process is asked to end. */
const CLOSE_MS = 6000

/** How long opening may take. A Redis that goes in the middle of it leaves a wait that ends when it is back. */
const OPEN_MS = 10_000

/** A queue that comes and goes. Whoever works on it goes on without it, by looking into the database. */
export type KeptQueue = Readonly<{
  /** Reject with `queue-away` while there is no queue. */
  hints: Hints
  isOpen(): boolean
  /** Tries to open the queue once, then goes on keeping it open until `close`. @throws AppError `config-invalid`. */
  start(): Promise<void>
  /** Answers whether the jobs under way came to their end in time. */
  close(): Promise<boolean>
}>

/** What keeping a queue needs. `open` rejects with `queue-away` while the queue cannot be reached. */
export type KeepQueueOptions = Readonly<{
  open: () => Promise<Workers>
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}>

/**
 * Opens the queue's workers, again and again while that fails, and opens them anew when they were dead for long: a blocked
 * read that never settles throws no error. Only a queue that must not be used is an end.
 */
export function keepQueue({ open, clock, log }: KeepQueueOptions): KeptQueue {
  let workers: Workers | undefined
  let isAway = false
  const stopped = new AbortController()
  let keeping: Promise<void> = Promise.resolve()

  async function tryToOpen(): Promise<void> {
    try {
      workers = await openInTime()
      if (isAway) log.info({}, 'the queue is back')
      isAway = false
    } catch (error) {
      if (isAppError(error) && error.code === 'config-invalid') throw error
      if (!isAway) log.warn({ err: error }, 'the queue cannot be reached; due runs are served without it')
      isAway = true
    }
  }

  async function openInTime(): Promise<Workers> {
    const opening = open()
    const enough = new AbortController()
    const late = clock
      .sleep(OPEN_MS, AbortSignal.any([stopped.signal, enough.signal]))
      .then(() => 'late' as const)
    const opened = await Promise.race([opening, late]).finally(() => enough.abort())
    if (opened !== 'late') return opened
    // What opens after all is not used any more, and must not take jobs.
    void opening.then((tooLate) => tooLate.close(0)).catch(() => undefined)
    throw new AppError('queue-away', 'The queue could not be opened in time')
  }

  async function replaceIfDead(): Promise<void> {
    if (workers === undefined || workers.healthy()) return
    const dead = workers
    workers = undefined
    isAway = true
    log.error({}, 'no job has come out of the queue for long; its workers are replaced')
    await dead.close(CLOSE_MS)
  }

  async function keep(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(LOOK_MS, stopped.signal)
      if (stopped.signal.aborted) return
      try {
        await replaceIfDead()
        if (workers === undefined) await tryToOpen()
      } catch (error) {
        log.error({ err: error }, 'the queue could not be replaced and is tried again')
      }
    }
  }

  return {
    hints: {
      send: (...sent) =>
        workers === undefined
          ? Promise.reject(new AppError('queue-away', 'The queue cannot be reached'))
          : workers.hints.send(...sent),
    },
    isOpen: () => workers !== undefined,
    start: async () => {
      await tryToOpen()
      keeping = keep()
    },
    close: async () => {
      stopped.abort()
      await keeping
      return workers === undefined || workers.close(CLOSE_MS)
    },
  }
}
