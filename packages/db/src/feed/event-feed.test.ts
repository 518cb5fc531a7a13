import { REAL_CLOCK } from '@firedrill/core'
import { buildRunCreated, PERSON, seededIds, TEAM } from '@firedrill/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { execute, testStores } from '../testing/test-stores.ts'

let bench: Awaited<ReturnType<typeof testStores>>
beforeAll(async () => {
  bench = await testStores()
})
afterAll(() => bench.close())

test('a follower misses nothing while every connection is cut again and again', async () => {
  const { runs, feed } = bench.stores
  const ids = seededIds()
  const { id } = await runs.create({
    id: ids.mint('run'),
    teamId: TEAM,
    drillId: ids.mint('drill'),
    clock: REAL_CLOCK,
    created: buildRunCreated(),
    actor: PERSON,
  })
  const seen: number[] = []
  const following = (async () => {
    for await (const { seq } of feed.follow(id, 0, new AbortController().signal)) {
      seen.push(seq)
      if (seq === 31) break
    }
  })()
  for (let i = 0; i < 30; i++) {
    if (i % 10 === 5) {
      await execute(
        bench.url,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
    }
    const write = () =>
      runs.append(id, { kind: 'open' }, PERSON, (state) =>
        state.status === 'booked' ? [{ type: 'note-added', data: { text: `${i}` } }] : [],
      )
    // A cut connection fails the write of its user, who tries again on another.
    await write().catch(write).catch(write)
  }
  await following
  expect(seen).toEqual(Array.from({ length: 31 }, (_, i) => i + 1))
})
