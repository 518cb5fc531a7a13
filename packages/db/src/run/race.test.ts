import {
  journalProblem,
  REAL_CLOCK,
  RUN_FORMAT,
  type DecideUnderLock,
  type Fence,
  type RunId,
} from '@firedrill/core'
import { buildRunCreated, PERSON, seededIds, TEAM, WORKER } from '@firedrill/testkit'
import { Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionConfig, openDatabase } from '../connection/database.ts'
import { sha256 } from '../journal/envelope-writer.ts'
import { testStores } from '../testing/test-stores.ts'
import { append } from './append.ts'
import { runStore } from './run-store.ts'

const ids = seededIds(3)
let bench: Awaited<ReturnType<typeof testStores>>
beforeAll(async () => {
  bench = await testStores()
})
afterAll(() => bench.close())

async function newRun(): Promise<RunId> {
  const run = await bench.stores.runs.create({
    id: ids.mint('run'),
    teamId: TEAM,
    drillId: ids.mint('drill'),
    clock: REAL_CLOCK,
    created: buildRunCreated(),
    actor: PERSON,
  })
  return run.id
}

const note =
  (text: string): DecideUnderLock =>
  () => [{ type: 'note-added', data: { text } }]

/** One abort, however many ask for it. */
const abortOnce: DecideUnderLock = (state) =>
  state.abort === undefined ? [{ type: 'abort-requested', data: { reason: 'enough' } }] : []

/** A worker freezes, loses its lease, another takes over, and the first one wakes up. Answers who wrote last. */
async function lateWorker(fenceOf: (epoch: number) => Fence): Promise<string> {
  const { runs } = bench.stores
  const id = await newRun()
  const first = await runs.claim(id, 'first', 1000)
  await bench.passTime(1001)
  const second = await runs.claim(id, 'second', 60_000)
  await runs.append(id, { kind: 'epoch', epoch: second?.epoch ?? 0 }, WORKER, note('second'))
  await runs.append(id, fenceOf(first?.epoch ?? 0), WORKER, note('first'))
  const last = (await runs.events(id, 0, 10)).at(-1)
  return last?.type === 'note-added' && 'text' in last.data ? last.data.text : ''
}

describe('the fence', () => {
  test('keeps a worker that wakes up late from writing', async () => {
    expect(await lateWorker((epoch) => ({ kind: 'epoch', epoch }))).toBe('second')
  })

  test('is what keeps it: without the check the late worker writes', async () => {
    expect(await lateWorker(() => ({ kind: 'open' }))).toBe('first')
  })
})

const WRITERS = 8

/** A pool whose statements do not lock rows, to show what the lock is for: all writers have read before the first one writes. */
function lockless(pool: Pool): Pool {
  const everybody = Promise.withResolvers<void>()
  let reading = 0
  const meet = async () => {
    reading += 1
    if (reading === WRITERS) everybody.resolve()
    await everybody.promise
  }
  const strip = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: readonly unknown[]) => {
          const [first, ...rest] = args
          const isLock = typeof first === 'string' && first.includes('FOR NO KEY UPDATE')
          const sql = isLock ? first.replace('FOR NO KEY UPDATE', '') : first
          const answer = Reflect.apply(value, target, [sql, ...rest]) as unknown
          return isLock ? Promise.resolve(answer).then(async (rows) => (await meet(), rows)) : answer
        }
      },
    })
  return new Proxy(pool, {
    get: (target, key) =>
      key === 'connect' ? async () => strip(await target.connect()) : (Reflect.get(target, key) as unknown),
  })
}

describe('the row lock', () => {
  const race = async (pool: Pool) => {
    const id = await newRun()
    const tries = Array.from({ length: WRITERS }, () =>
      append(pool, {
        id,
        fence: { kind: 'open' },
        actor: PERSON,
        decide: abortOnce,
        options: {},
        format: RUN_FORMAT,
      }),
    )
    const results = await Promise.allSettled(tries)
    return { failed: results.filter(({ status }) => status === 'rejected'), id }
  }

  test('makes writers take turns, and the unique sequence number catches them without it', async () => {
    const pool = new Pool({ ...connectionConfig({ url: bench.url }), max: WRITERS })
    const held = await race(pool)
    expect(held.failed).toEqual([])
    const collided = await race(lockless(pool))
    expect(collided.failed.length).toBeGreaterThan(0)
    expect(collided.failed[0]).toMatchObject({ reason: { code: '23505' } })
    for (const { id } of [held, collided]) {
      const events = await bench.stores.runs.events(id, 0, 10)
      expect(journalProblem(events, sha256)).toBeUndefined()
      expect(events.map(({ type }) => type)).toEqual(['run-created', 'abort-requested'])
    }
    await pool.end()
  })

  test('does not outlive a process that freezes in a transaction: an abort gets through', async () => {
    const frozen = openDatabase({ url: bench.url, idleTransactionMs: 150 })
    const id = await newRun()
    const client = await frozen.pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT 1 FROM run WHERE id = $1 FOR UPDATE', [id])
    const aborted = await bench.stores.runs.append(id, { kind: 'open' }, PERSON, abortOnce)
    expect(aborted.ok).toBe(true)
    await expect(client.query('COMMIT')).rejects.toThrow()
    client.release(true)
    await frozen.close()
  })
})

describe('a run to which a newer version has written', () => {
  test('is neither due nor claimed nor appended to by an older one, and still is by its own', async () => {
    const database = openDatabase({ url: bench.url })
    const newer = runStore(database.pool, RUN_FORMAT + 1)
    const older = bench.stores.runs
    const isDue = async ({ due }: typeof older, id: RunId) => (await due(1000)).some((run) => run.id === id)
    const id = await newRun()
    expect(await isDue(older, id)).toBe(true)
    expect((await newer.append(id, { kind: 'open' }, PERSON, note('news'))).ok).toBe(true)
    expect(await older.append(id, { kind: 'open' }, PERSON, abortOnce)).toEqual({ ok: false, why: 'newer' })
    expect([await isDue(older, id), await older.claim(id, 'old', 1000)]).toEqual([false, undefined])
    expect([await isDue(newer, id), (await newer.claim(id, 'new', 1000))?.epoch]).toEqual([true, 1])
    await database.close()
  })
})
