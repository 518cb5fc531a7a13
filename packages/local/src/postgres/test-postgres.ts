import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDatabase } from './fresh-database.ts'
import type { DatabaseTemplate, FreshDatabase } from './fresh-database.ts'
import { startPostgres } from './start-postgres.ts'
import type { LocalPostgres } from './start-postgres.ts'
import { BROKER_VARIABLE, askBroker } from './test-broker.ts'

/** The PostgreSQL server that the tests of one run share. */
export interface TestPostgres {
  /** The server's default database. Tests take databases of their own from {@link freshDatabase}. */
  readonly url: string
  /**
   * A database nobody else uses, in well under 100 ms. With a template it is a copy of what `prepare` made, which
   * runs once for the whole run.
   */
  freshDatabase(template?: DatabaseTemplate): Promise<FreshDatabase>
}

let shared: Promise<TestPostgres> | undefined

/**
 * The throw-away server of this test run: one for all its processes when the run has the global set-up of this
 * package, else one for this process. It ends and is removed with whoever started it, even after a SIGKILL.
 */
export function testPostgres(): Promise<TestPostgres> {
  shared ??= serverUrl().then((url) => ({ url, freshDatabase: (template) => freshDatabase(url, template) }))
  return shared
}

async function serverUrl(): Promise<string> {
  const broker = process.env[BROKER_VARIABLE]
  return broker === undefined ? (await startThrowAwayPostgres()).url : askBroker(broker)
}

/** A server for tests only: no protection against power cuts, gone with this process, never DATABASE_URL's. */
export function startThrowAwayPostgres(): Promise<LocalPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fd-test-pg-'))
  chmodSync(dataDir, 0o711)
  return startPostgres({ dataDir, durability: 'test', isThrowAway: true, databaseUrl: null })
}
