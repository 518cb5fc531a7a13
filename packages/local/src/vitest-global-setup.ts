import { openBroker } from './postgres/test-broker.ts'
import { startThrowAwayPostgres } from './postgres/test-postgres.ts'
import type { LocalPostgres } from './postgres/start-postgres.ts'

/** Vitest's global set-up: one PostgreSQL server for the whole run, started by the first test that wants it. */
export async function setup(): Promise<() => Promise<void>> {
  let server: Promise<LocalPostgres> | undefined
  const close = await openBroker(async () => (await (server ??= startThrowAwayPostgres())).url)
  return async () => {
    close()
    await (await server)?.stop()
  }
}
