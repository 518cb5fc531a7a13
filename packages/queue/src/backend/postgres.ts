import { AppError } from '@firedrill/core'
import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  Queue,
  runMigrations,
  Worker,
  type Job,
  type PgPool,
} from 'bullmq'
import { Pool } from 'pg'
import { receive, type OpenBackend, type QueueOptions } from './backend.ts'
import { WORKER_SETTINGS } from './settings.ts'

const CONNECT_TIMEOUT_MS = 5000
/** A sender needs little; a worker also holds one connection that listens per queue. */
const CONNECTIONS = { send: 2, work: 6 } as const

/** Opens the queue's schema in PostgreSQL, creating or migrating it. @throws AppError `queue-away`. */
export async function openPostgres(options: QueueOptions, side: 'send' | 'work'): Promise<OpenBackend> {
  const onError = options.onError ?? (() => {})
  const pool = new Pool({
    connectionString: withoutOptions(options.url),
    // A pool of ours is shared by all queues; finding the schema is then up to us, too.
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    application_name: `firedrill queue ${side}`,
    max: CONNECTIONS[side],
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  })
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  try {
    await prepare(pool)
  } catch (error) {
    await pool.end()
    throw new AppError('queue-away', 'PostgreSQL cannot be reached for the queue', {
      internal: String(error),
      cause: error,
    })
  }
  // BullMQ states the pool's overloads in a form that pg's own types do not match; the object is the one it asks for.
  const connection = pool as unknown as PgPool
  return {
    sender: async (name) => {
      const queue = new Queue(name, { connection }, createPostgresBackend)
      queue.on('error', onError)
      await queue.waitUntilReady()
      return queue
    },
    receiver: async (name, concurrency, handle) => {
      const worker = new Worker(
        name,
        (job: Job<unknown, unknown>, _token, signal) => receive(job, signal, handle),
        { connection, ...WORKER_SETTINGS, concurrency },
        createPostgresBackend,
      )
      worker.on('error', onError)
      worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => worker.cancelJob(id, 'the lock was lost')))
      await worker.waitUntilReady()
      return { close: () => worker.close() }
    },
    close: () => pool.end(),
  }
}

/** Creates or migrates the schema; safe to run from every process at once, and quick when there is nothing to do. */
async function prepare(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client)
  } finally {
    client.release()
  }
}

/** An `options` parameter in the connection string would take the place of the search path. */
function withoutOptions(url: string): string {
  const plain = new URL(url)
  plain.searchParams.delete('options')
  return plain.toString()
}
