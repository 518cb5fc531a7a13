import { HINT_QUEUES, type Clock, type HintQueue, type Hints, type RunId } from '@firedrill/core'
import type { QueueOptions, Received, Receiver } from './backend/backend.ts'
import { openBackend } from './backend/open-backend.ts'
import { JOBS } from './jobs/catalogue.ts'
import { startHeartbeat, type Heartbeat } from './heartbeat.ts'
import { hintsOver, openSenders } from './send.ts'

/** Works on one hint. `signal` ends at the job's time limit, when its lock is lost, and when the deadline of a close is over. */
export type HintHandler = (payload: Readonly<{ runId: RunId }>, signal: AbortSignal) => Promise<void>

export type WorkersOptions = QueueOptions &
  Readonly<{
    /** Jobs at a time, per queue. */
    concurrency: number
    /** A queue without a handler is left to other processes. */
    handlers: Readonly<Partial<Record<HintQueue, HintHandler>>>
    clock: Clock
    /** Names this process in its heartbeats. */
    worker: string
  }>

export type Workers = Readonly<{
  /** Hints sent over the workers' own connections. */
  hints: Hints
  /** True while every queue of this process worked on a job, at least its own heartbeat, not long ago. */
  healthy(): boolean
  /**
   * Takes no more jobs and waits for those under way, at most `deadlineMs`; then ends their signals and closes the
   * connections under them. Answers whether all came to their end in time.
   */
  close(deadlineMs: number): Promise<boolean>
}>

/**
 * Starts working on hints. Handlers must bear that a hint comes twice or never.
 * @throws AppError `config-invalid` or `queue-away`.
 */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const { clock, worker } = options
  const backend = await openBackend(options, 'work')
  const senders = await openSenders(backend)
  const overdue = new AbortController()
  const receivers: Receiver[] = []
  const heartbeats: Heartbeat[] = []
  for (const queue of HINT_QUEUES) {
    const handler = options.handlers[queue]
    if (handler === undefined) continue
    const heartbeat = startHeartbeat({ clock, add: () => senders.add('heartbeat', { worker }, { queue }) })
    heartbeats.push(heartbeat)
    receivers.push(
      await backend.receiver(queue, options.concurrency, async (job) => {
        heartbeat.beat()
        await work(queue, job, handler, overdue.signal)
        heartbeat.beat()
      }),
    )
  }
  return {
    hints: hintsOver(senders.add),
    healthy: () => heartbeats.every((heartbeat) => heartbeat.isAlive()),
    close: async (deadlineMs) => {
      for (const heartbeat of heartbeats) heartbeat.stop()
      const inTime = await finishes(
        Promise.all(receivers.map((receiver) => receiver.close())),
        clock,
        deadlineMs,
      )
      overdue.abort(new Error('the worker is shutting down'))
      if (inTime) await senders.close()
      await finishes(backend.close(), clock, inTime ? deadlineMs : 0)
      return inTime
    },
  }
}

async function work(
  queue: HintQueue,
  { name, data, signal }: Received,
  handler: HintHandler,
  overdue: AbortSignal,
): Promise<void> {
  // A heartbeat has done its duty by being worked on, whoever sent it.
  if (name !== queue) return
  const kind = JOBS[queue]
  const limits = [AbortSignal.timeout(kind.timeoutMs), overdue]
  await handler(
    kind.payload.parse(data),
    AbortSignal.any(signal === undefined ? limits : [...limits, signal]),
  )
}

/** Whether a promise settles within `ms`. */
async function finishes(promise: Promise<unknown>, clock: Clock, ms: number): Promise<boolean> {
  const enough = new AbortController()
  const settled = promise.then(
    () => true,
    () => true,
  )
  const inTime = await Promise.race([settled, clock.sleep(ms, enough.signal).then(() => false)])
  enough.abort()
  return inTime
}
