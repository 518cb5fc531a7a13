import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'

/** What `migrate` did: names of migrations applied now, and of those in the database that this version does not have. */
export type Migrated = Readonly<{ applied: readonly string[]; unknown: readonly string[] }>

type Migration = Readonly<{ name: string; sql: string; checksum: string }>
type Entry = Readonly<{
  migration_name: string
  checksum: string
  finished_at: Date | null
  rolled_back_at: Date | null
}>

const FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
/** The advisory lock that `prisma migrate` takes, so that both wait for each other. */
const LOCK = 72_707_369
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

/**
 * Brings a database up to this version's schema with the committed migrations, keeping the books of
 * `prisma migrate deploy`, which may be used instead. Each migration is applied whole or not at all. May be called by
 * any number of processes at once; answers in milliseconds when there is nothing to do.
 * @throws Error when an applied migration was edited, or one failed before and was not resolved.
 */
export async function migrate(url: string): Promise<Migrated> {
  const migrations = await committedMigrations()
  const client = new Client({ connectionString: url, application_name: 'firedrill migrate' })
  await client.connect()
  try {
    const before = await difference(client, migrations)
    if (before.missing.length === 0) return { applied: [], unknown: before.unknown }
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query(BOOKKEEPING)
    const { missing, unknown } = await difference(client, migrations)
    for (const migration of missing) await apply(client, migration)
    return { applied: missing.map(({ name }) => name), unknown }
  } finally {
    // Ending the session gives the lock back.
    await client.end()
  }
}

/** Names the schema of this version: it changes when any migration does. For databases kept as templates. */
export async function schemaKey(): Promise<string> {
  const checksums = (await committedMigrations()).map(({ checksum }) => checksum)
  return createHash('sha256').update(checksums.join()).digest('hex')
}

/** The migrations of this version, in order. */
export async function committedMigrations(): Promise<readonly Migration[]> {
  const folders = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const names = folders.map(({ name }) => name).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(`${FOLDER}/${name}/migration.sql`, 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function difference(
  client: Client,
  migrations: readonly Migration[],
): Promise<Readonly<{ missing: readonly Migration[]; unknown: readonly string[] }>> {
  const entries = await books(client)
  const failed = entries.find((entry) => entry.finished_at === null && entry.rolled_back_at === null)
  if (failed !== undefined) {
    throw new Error(
      `migration ${failed.migration_name} failed before; repair the database and run prisma migrate resolve`,
    )
  }
  const done = new Map(
    entries.filter((entry) => entry.rolled_back_at === null).map((entry) => [entry.migration_name, entry]),
  )
  const edited = migrations.find(({ name, checksum }) => (done.get(name)?.checksum ?? checksum) !== checksum)
  if (edited !== undefined) throw new Error(`migration ${edited.name} was edited after it was applied`)
  const known = new Set(migrations.map(({ name }) => name))
  return {
    missing: migrations.filter(({ name }) => !done.has(name)),
    unknown: [...done.keys()].filter((name) => !known.has(name)),
  }
}

async function books(client: Client): Promise<readonly Entry[]> {
  const found = await client.query<{ present: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
  )
  if (found.rows[0]?.present !== true) return []
  const entries = await client.query<Entry>(
    'SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations ORDER BY started_at',
  )
  return entries.rows
}

/** Applies one migration and its entry in one transaction: there is no half-applied state to repair. */
async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    throw new Error(`migration ${name} could not be applied`, { cause: error })
  }
}
