import { testPostgres, type FreshDatabase } from '@firedrill/local'
import { realClock, seededIds } from '@firedrill/testkit'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createQueue, type JobQueue } from './create-queue.ts'
import { createWorkers, type HintHandler } from './create-workers.ts'

const ids = seededIds(5)
let database: FreshDatabase
let queue: JobQueue

beforeAll(async () => {
  database = await (await testPostgres()).freshDatabase()
  queue = await createQueue({ backend: 'postgres', url: database.url })
})
afterAll(async () => {
  await queue.close()
  await database.drop()
})

const open = (advance: HintHandler) =>
  createWorkers({
    backend: 'postgres',
    url: database.url,
    worker: 'w1',
    concurrency: 2,
    handlers: { advance },
    clock: realClock,
  })

/** A promise to resolve from outside. */
function signalled(): Readonly<{ done: Promise<void>; resolve(): void }> {
  let resolve = () => {}
  const done = new Promise<void>((settle) => {
    resolve = settle
  })
  return { done, resolve: () => resolve() }
}

test('a close waits for the job under way when it ends in time', async () => {
  const begun = signalled()
  const finish = signalled()
  let ended = false
  const workers = await open(async () => {
    begun.resolve()
    await finish.done
    ended = true
  })
  await queue.hints.send('advance', ids.mint('run'))
  await begun.done
  const closing = workers.close(5000)
  finish.resolve()
  expect(await closing).toBe(true)
  expect(ended).toBe(true)
})

test('a close does not wait longer than its deadline, and tells the job so', async () => {
  const begun = signalled()
  const told = signalled()
  const workers = await open(async (_, signal) => {
    begun.resolve()
    signal.addEventListener('abort', () => told.resolve())
    await new Promise(() => {})
  })
  await queue.hints.send('advance', ids.mint('run'))
  await begun.done
  expect(await workers.close(50)).toBe(false)
  await told.done
})

test('workers go on after every connection of theirs was cut', async () => {
  const begun = signalled()
  const workers = await open(async () => begun.resolve())
  const client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'firedrill queue work'`,
  )
  await client.end()
  await queue.hints.send('advance', ids.mint('run'))
  await begun.done
  expect(await workers.close(5000)).toBe(true)
})

test('a job carries a run id and nothing else', async () => {
  const odd = { runId: ids.mint('run'), state: 'booked' }
  await expect(queue.add('advance', odd)).rejects.toThrow()
  const noId = { runId: 'run_x' } as unknown as typeof odd
  await expect(queue.add('advance', noId)).rejects.toThrow(/is no run id/)
})
