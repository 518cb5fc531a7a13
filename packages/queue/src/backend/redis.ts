import { AppError } from '@firedrill/core'
import { Queue, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { receive, type OpenBackend, type QueueOptions } from './backend.ts'
import { KEY_PREFIX, WORKER_SETTINGS } from './settings.ts'

const CONNECT_TIMEOUT_MS = 5000
const RECONNECT_MS_MAX = 1000
/** One that hangs instead of refusing is as good as away; a hint costs no more than this. */
const SEND_TIMEOUT_MS = 2000

/** Opens Redis. @throws AppError `config-invalid` when it may evict jobs, `queue-away` when it does not answer. */
export async function openRedis(options: QueueOptions): Promise<OpenBackend> {
  const onError = options.onError ?? (() => {})
  const sending = await connect(options.url, 'send', onError)
  try {
    await refuseEviction(sending)
  } catch (error) {
    sending.disconnect()
    throw error
  }
  // A worker has both: its jobs wait for Redis to come back, its hints must not.
  let working: Promise<Redis> | undefined
  return {
    sender: async (name) => {
      const queue = new Queue(name, { connection: sending, prefix: KEY_PREFIX })
      queue.on('error', onError)
      await queue.waitUntilReady()
      return queue
    },
    receiver: async (name, concurrency, handle) => {
      working ??= connect(options.url, 'work', onError)
      const connection = await working
      const worker = new Worker(
        name,
        (job: Job<unknown, unknown>, _token, signal) => receive(job, signal, handle),
        { connection, prefix: KEY_PREFIX, ...WORKER_SETTINGS, concurrency },
      )
      worker.on('error', onError)
      worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => worker.cancelJob(id, 'the lock was lost')))
      await worker.waitUntilReady()
      return { close: () => worker.close() }
    },
    close: async () => {
      sending.disconnect()
      const connection = await working?.catch(() => undefined)
      connection?.disconnect()
    },
  }
}

/** ioredis is loaded only here: who keeps the queue in PostgreSQL needs none. */
async function connect(url: string, side: 'send' | 'work', onError: (error: Error) => void): Promise<Redis> {
  const { Redis: Client } = await import('ioredis')
  const redis = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Workers wait for Redis to come back; senders say at once that it is away.
    ...(side === 'work'
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: SEND_TIMEOUT_MS }),
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
