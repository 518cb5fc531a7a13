import { testPostgres, type FreshDatabase } from '@firedrill/local'
import { realClock, type StoresUnderTest } from '@firedrill/testkit'
import { Client } from 'pg'
import { migrate, schemaKey } from '../migrate/migrate.ts'
import { openStores, type Stores } from '../stores.ts'

/** A database of the test's own with every migration applied. */
export async function migratedDatabase(): Promise<FreshDatabase> {
  const server = await testPostgres()
  return server.freshDatabase({
    key: await schemaKey(),
    prepare: async (url) => void (await migrate(url)),
  })
}

/** Runs one statement on a connection of its own. */
export async function execute(url: string, sql: string, values: readonly unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

/** Stores on real PostgreSQL whose platform time the test moves: the database's clock function gets an offset. */
export async function testStores(): Promise<StoresUnderTest & Readonly<{ url: string; stores: Stores }>> {
  const database = await migratedDatabase()
  const stores = openStores({ url: database.url, clock: realClock })
  let aheadMicros = 0
  return {
    url: database.url,
    stores,
    passTime: async (ms) => {
      aheadMicros += Math.round(ms * 1000)
      await execute(
        database.url,
        `CREATE OR REPLACE FUNCTION now_micros() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL SAFE
         AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + ${aheadMicros} $$`,
      )
    },
    close: async () => {
      await stores.close()
      await database.drop()
    },
  }
}
