import { AppError } from '@firedrill/core'
import { Queue, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { receive, type OpenBackend, type QueueOptions } from './backend.ts'
import { KEY_PREFIX, WORKER_SETTINGS } from './settings.ts'

const CONNECT_TIMEOUT_MS = 5000
const RECONNECT_MS_MAX = 1000

/** Opens Redis. @throws AppError `config-invalid` when it may evict jobs, `queue-away` when it does not answer. */
export async function openRedis(options: QueueOptions, side: 'send' | 'work'): Promise<OpenBackend> {
  const onError = options.onError ?? (() => {})
  const redis = await connect(options.url, side, onError)
  try {
    await refuseEviction(redis)
  } catch (error) {
    redis.disconnect()
    throw error
  }
  const base = { connection: redis, prefix: KEY_PREFIX }
  return {
    sender: async (name) => {
      const queue = new Queue(name, base)
      queue.on('error', onError)
      await queue.waitUntilReady()
      return queue
    },
    receiver: async (name, concurrency, handle) => {
      const worker = new Worker(
        name,
        (job: Job<unknown, unknown>, _token, signal) => receive(job, signal, handle),
        { ...base, ...WORKER_SETTINGS, concurrency },
      )
      worker.on('error', onError)
      worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => worker.cancelJob(id, 'the lock was lost')))
      await worker.waitUntilReady()
      return { close: () => worker.close() }
    },
    close: async () => redis.disconnect(),
  }
}

/** ioredis is loaded only here: who keeps the queue in PostgreSQL needs none. */
async function connect(url: string, side: 'send' | 'work', onError: (error: Error) => void): Promise<Redis> {
  const { Redis: Client } = await import('ioredis')
  const redis = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Workers wait for Redis to come back; senders say at once that it is away.
    maxRetriesPerRequest: side === 'work' ? null : 1,
    enableOfflineQueue: side === 'work',
    retryStrategy: (times) => Math.min(times * 50, RECONNECT_MS_MAX),
  })
  redis.on('error', onError)
  try {
    await redis.connect()
    return redis
  } catch (error) {
    redis.disconnect()
    throw new AppError('queue-away', 'Redis cannot be reached', { internal: String(error), cause: error })
  }
}

/** A Redis that evicts loses jobs without a word when memory runs out. */
async function refuseEviction(redis: Redis): Promise<void> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1]
  if (policy === 'noeviction') return
  throw new AppError(
    'config-invalid',
    policy === undefined
      ? 'Redis does not tell its maxmemory-policy; only noeviction is safe for a queue'
      : `Redis has maxmemory-policy ${policy} and would drop jobs; set it to noeviction`,
  )
}
