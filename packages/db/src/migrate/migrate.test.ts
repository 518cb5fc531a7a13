import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { testPostgres, type FreshDatabase } from '@firedrill/local'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { execute } from '../testing/test-stores.ts'
import { committedMigrations, migrate } from './migrate.ts'

const ROOM = fileURLToPath(new URL('../..', import.meta.url))

let database: FreshDatabase
beforeEach(async () => {
  database = await (await testPostgres()).freshDatabase()
})
afterEach(() => database.drop())

/** Prisma's command line, with a way out to nowhere. */
async function prisma(...args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    HTTPS_PROXY: 'http://127.0.0.1:1',
    CHECKPOINT_DISABLE: '1',
  }
  const { stdout } = await promisify(execFile)(`${ROOM}/node_modules/.bin/prisma`, [...args], {
    cwd: ROOM,
    env,
  })
  return stdout
}

test('any number of processes may migrate at once; each migration is applied once', async () => {
  const names = (await committedMigrations()).map(({ name }) => name)
  const all = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url)))
  expect(all.flatMap(({ applied }) => applied).toSorted()).toEqual(names)
  const rows = await execute(database.url, 'SELECT migration_name FROM _prisma_migrations')
  expect(rows).toHaveLength(names.length)
})

test('a boot with nothing to do does nothing', async () => {
  await migrate(database.url)
  expect(await migrate(database.url)).toEqual({ applied: [], unknown: [] })
})

test('a migration that was edited after it was applied is refused', async () => {
  await migrate(database.url)
  await execute(database.url, `UPDATE _prisma_migrations SET checksum = repeat('0', 64)`)
  await expect(migrate(database.url)).rejects.toThrow(/was edited after it was applied/)
})

test('a migration that failed before stops the boot until somebody looked', async () => {
  await migrate(database.url)
  await execute(database.url, 'UPDATE _prisma_migrations SET finished_at = NULL')
  await expect(migrate(database.url)).rejects.toThrow(/failed before/)
})

test('a migration that cannot be applied leaves nothing of itself', async () => {
  await execute(database.url, 'CREATE TABLE run (id int)')
  await expect(migrate(database.url)).rejects.toThrow(/could not be applied/)
  const tables = await execute(
    database.url,
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  )
  expect(tables).toEqual([{ tablename: 'run' }])
  expect(await execute(database.url, 'SELECT 1 FROM _prisma_migrations')).toEqual([])
})

test('a migration of a newer version is reported and left alone', async () => {
  await migrate(database.url)
  await execute(
    database.url,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'y', '29990101_later', now())`,
  )
  expect(await migrate(database.url)).toEqual({ applied: [], unknown: ['29990101_later'] })
})

test('prisma, without a way out, finds the books in order and the migrations equal to the schema', async () => {
  await migrate(database.url)
  expect(await prisma('migrate', 'deploy')).toContain('No pending migrations to apply')
  const difference = await prisma(
    'migrate',
    'diff',
    '--from-migrations=prisma/migrations',
    '--to-schema=prisma/schema.prisma',
    '--exit-code',
  )
  expect(difference).toContain('No difference detected')
})
