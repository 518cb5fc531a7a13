import { PrismaPg } from '@prisma/adapter-pg'
import type { AuditContext } from '@firedrill/core'
import { types, type ClientConfig, type Pool, type PoolClient } from 'pg'
import { PrismaClient } from '../generated/client.ts'
import { AuditedPool } from '../audit/audited-pool.ts'
import { exactNumber } from './micros.ts'

/** How to reach PostgreSQL. */
export type DatabaseOptions = Readonly<{
  url: string
  /** Most connections of this process, not counting the one that listens. Default 8. */
  connectionsMax?: number
  /** Shown in `pg_stat_activity`. */
  name?: string
  /**
   * A transaction that stands still for this long is ended by the server, so that a frozen process cannot keep a
   * run's row from an abort. Default 5000.
   */
  idleTransactionMs?: number
  /** On whose behalf the code that asks for a connection runs; undefined for nobody. Told to the audit. */
  auditContext?: () => AuditContext | undefined
  /** Told of errors on idle connections, which the next query survives. */
  onConnectionError?: (error: Error) => void
}>

/** One pool, used by Prisma where a query is plain and directly where one round trip matters. */
export type Database = Readonly<{ pool: Pool; prisma: PrismaClient; close(): Promise<void> }>

const INT8 = 20
const CONNECT_TIMEOUT_MS = 5000
/** No statement of ours takes long; one that does waits for somebody, and its caller has to learn of it. */
const STATEMENT_TIMEOUT_MS = 15_000
/** The same for a server that is gone without a word: it ends no statement, so the client has to. */
const QUERY_TIMEOUT_MS = 20_000
/** A silently dropped connection is noticed after seconds instead of hours. */
const KEEP_ALIVE_AFTER_MS = 10_000

/** The settings of every connection. `bigint` arrives as a number, or as an error when it would lose digits. */
export function connectionConfig(options: DatabaseOptions): ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.name ?? 'firedrill',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: options.idleTransactionMs ?? 5000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary'
          ? exactNumber
          : types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
    },
  }
}

/** Opens the pool; connects on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const onError = options.onConnectionError ?? (() => {})
  const pool = new AuditedPool(
    { ...connectionConfig(options), max: options.connectionsMax ?? 8 },
    options.auditContext ?? (() => undefined),
  )
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    pool,
    prisma,
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

/**
 * Runs a transaction on one connection. A connection whose transaction cannot be rolled back is thrown away rather
 * than given to the next caller.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Readonly<{ commit: boolean; value: T }>>,
): Promise<T> {
  const client = await pool.connect()
  let isUsable = false
  try {
    await client.query('BEGIN')
    const { commit, value } = await work(client)
    await client.query(commit ? 'COMMIT' : 'ROLLBACK')
    isUsable = true
    return value
  } catch (error) {
    isUsable = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    )
    throw error
  } finally {
    client.release(!isUsable)
  }
}
