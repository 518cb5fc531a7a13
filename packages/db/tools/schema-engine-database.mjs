import { Client } from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'

/** Parameters that Prisma reads from a connection string and PostgreSQL does not know. */
const PRISMA_PARAMETERS = ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer', 'connect_timeout']
/** Somebody else created the database at the same moment. */
const EXISTS = new Set(['42P04', '23505'])

/** Takes a Prisma connection string apart. */
export function connectionTarget(url) {
  const plain = new URL(url)
  const schema = plain.searchParams.get('schema') ?? undefined
  for (const parameter of PRISMA_PARAMETERS) plain.searchParams.delete(parameter)
  return {
    connectionString: plain.toString(),
    config: parseIntoClientConfig(plain.toString()),
    schema,
    database: decodeURIComponent(plain.pathname.slice(1)) || 'postgres',
  }
}

/** The same server, another database. */
export function withDatabase(url, name) {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.toString()
}

/** Creates the database that a connection string names, unless it is there. Answers its name. */
export async function createDatabase(url) {
  const { database } = connectionTarget(url)
  await onServer(url, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`)
    } catch (error) {
      if (!EXISTS.has(error.code)) throw error
    }
  })
  return database
}

/** Removes the database that a connection string names, and ends whoever is connected to it. */
export async function dropDatabase(url) {
  const { database } = connectionTarget(url)
  await onServer(url, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`),
  )
}

/** Connects, and answers what the server says of itself. */
export function serverVersion(url) {
  return connected(connectionTarget(url).connectionString, async (client) => {
    const answered = await client.query('SELECT version() AS version')
    return answered.rows[0].version
  })
}

function onServer(url, work) {
  return connected(withDatabase(connectionTarget(url).connectionString, 'postgres'), work)
}

async function connected(connectionString, work) {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
