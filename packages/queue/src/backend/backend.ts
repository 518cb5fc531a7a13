import type { Job, JobsOptions } from 'bullmq'

/** Where jobs are kept. */
export const QUEUE_BACKENDS = ['redis', 'postgres'] as const
export type QueueBackend = (typeof QUEUE_BACKENDS)[number]

/** How to reach the queue. */
export type QueueOptions = Readonly<{
  backend: QueueBackend
  /** `redis://…` or `postgresql://…`. */
  url: string
  /** Told of errors in the background, which the queue survives. */
  onError?: (error: Error) => void
}>

/** The sending side of one queue. */
export type Sender = Readonly<{
  add(name: string, data: unknown, options: JobsOptions): Promise<unknown>
  close(): Promise<void>
}>

/** One job as a worker gets it. `signal` ends when the job's lock is lost. */
export type Received = Readonly<{ name: string; data: unknown; signal: AbortSignal | undefined }>

/** The working side of one queue. `close` waits for the jobs under way. */
export type Receiver = Readonly<{ close(): Promise<void> }>

/** An open backend. One code path uses it, whichever it is. */
export type OpenBackend = Readonly<{
  sender(queue: string): Promise<Sender>
  receiver(queue: string, concurrency: number, handle: (job: Received) => Promise<void>): Promise<Receiver>
  /** Closes the connections, also while a job is under way. */
  close(): Promise<void>
}>

/**
 * Hands a job to its handler. The job's key is given back before the handler looks at anything, so only waiting jobs
 * are joined: a hint that comes while one is worked on is a job of its own, neither lost nor stuck behind a worker
 * that was killed.
 */
export async function receive(
  job: Job<unknown, unknown>,
  signal: AbortSignal | undefined,
  handle: (job: Received) => Promise<void>,
): Promise<void> {
  await job.removeDeduplicationKey()
  await handle({ name: job.name, data: job.data, signal })
}
