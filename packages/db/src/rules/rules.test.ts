import { PERSON, seededIds, TEAM, buildRunCreated } from '@firedrill/testkit'
import { REAL_CLOCK } from '@firedrill/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { execute, testStores } from '../testing/test-stores.ts'
import { checkName, checkSql, CLOSED_COLUMNS, WRITE_ONCE_TABLES } from './closed-columns.ts'

let bench: Awaited<ReturnType<typeof testStores>>
beforeAll(async () => {
  bench = await testStores()
  const ids = seededIds()
  const run = await bench.stores.runs.create({
    id: ids.mint('run'),
    teamId: TEAM,
    drillId: ids.mint('drill'),
    clock: REAL_CLOCK,
    created: buildRunCreated(),
    actor: PERSON,
  })
  await bench.stores.evidence.put(run.id, 'capture', new Uint8Array([1, 2, 3]))
  await bench.stores.halt.set(PERSON, 'test')
})
afterAll(() => bench.close())

describe('closed sets', () => {
  test.each(CLOSED_COLUMNS)('$table.$column takes the words of core and no others', async (closed) => {
    const rows = await execute(
      bench.url,
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1`,
      [checkName(closed)],
    )
    const { definition = '' } = (rows[0] ?? {}) as { definition?: string }
    const words = [...definition.matchAll(/'([^']+)'::text/g)].map(([, word = '']) => word)
    expect(words.toSorted(), `a migration is missing:\n${checkSql(closed)}`).toEqual(closed.words.toSorted())
  })

  test('every text column of a closed set by name is on the list', async () => {
    const rows = (await execute(
      bench.url,
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name IN ('status', 'actor_kind', 'updated_actor_kind', 'kind', 'type', 'outcome', 'origin', 'why', 'clean_up', 'role', 'severity', 'state', 'verdict')
         AND data_type = 'text' AND table_name NOT LIKE '\\_prisma%'`,
    )) as readonly { name: string }[]
    const open = ['evidence.kind']
    const listed = CLOSED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...listed, ...open].toSorted())
  })
})

describe('what is written once', () => {
  test.each(['run_event', 'evidence', 'evidence_blob', 'halt_change'] as const)(
    'a row of %s can be neither changed nor removed',
    async (table) => {
      const count = async () => (await execute(bench.url, `SELECT 1 FROM ${table}`)).length
      const before = await count()
      expect(before).toBeGreaterThan(0)
      const column = { run_event: 'type', evidence: 'kind', evidence_blob: 'hash', halt_change: 'reason' }[
        table
      ]
      await expect(execute(bench.url, `UPDATE ${table} SET ${column} = ${column}`)).rejects.toThrow(
        /written once/,
      )
      await expect(execute(bench.url, `DELETE FROM ${table}`)).rejects.toThrow(/written once/)
      await expect(execute(bench.url, `TRUNCATE ${table} CASCADE`)).rejects.toThrow(/written once/)
      expect(await count()).toBe(before)
    },
  )

  test('every write-once table carries the trigger', async () => {
    const rows = (await execute(
      bench.url,
      `SELECT DISTINCT event_object_table AS name FROM information_schema.triggers WHERE trigger_name LIKE '%write_once'`,
    )) as readonly { name: string }[]
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...WRITE_ONCE_TABLES].toSorted())
  })

  test('the database does not take evidence under a hash that is not its own', async () => {
    const forged = execute(bench.url, `INSERT INTO evidence_blob (hash, bytes) VALUES ($1, $2)`, [
      'a'.repeat(64),
      Buffer.from('other'),
    ])
    await expect(forged).rejects.toThrow(/hash_true/)
  })
})

test('every owned table carries the team', async () => {
  const unowned = [
    'team',
    'halt',
    'halt_change',
    'evidence_blob',
    'probe_sample',
    'sample_chunk',
    'marker_write',
    'marker_reading',
    '_prisma_migrations',
  ]
  const rows = (await execute(
    bench.url,
    `SELECT table_name AS name FROM information_schema.tables t WHERE table_schema = 'public' AND NOT EXISTS (
       SELECT 1 FROM information_schema.columns c
       WHERE c.table_schema = 'public' AND c.table_name = t.table_name AND c.column_name = 'team_id')`,
  )) as readonly { name: string }[]
  expect(rows.map(({ name }) => name).toSorted()).toEqual(unowned.toSorted())
})
