import type { JobsOptions } from 'bullmq'
import { openPostgres } from './postgres.ts'
import { openRedis } from './redis.ts'

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
 * Connects, and refuses a backend that would lose jobs.
 * @param side `send` never queues up while the backend is away; `work` waits for it.
 */
export function openBackend(options: QueueOptions, side: 'send' | 'work'): Promise<OpenBackend> {
  switch (options.backend) {
    case 'redis':
      return openRedis(options, side)
    case 'postgres':
      return openPostgres(options, side)
  }
}
