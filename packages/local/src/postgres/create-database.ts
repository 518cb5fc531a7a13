import { Client, escapeIdentifier } from 'pg'

/** What PostgreSQL answers when the database is there already, or is being made at this moment by somebody else. */
const EXISTS = new Set(['42P04', '23505'])

/**
 * Makes sure that a database exists on the server of `url`.
 *
 * @returns the URL of that database, with the credentials of `url`.
 */
export async function createDatabase(url: string, name: string): Promise<string> {
  await withClient(url, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`)
    } catch (error) {
      if (!EXISTS.has((error as { code?: string }).code ?? '')) throw error
    }
  })
  return databaseUrl(url, name)
}

/** The URL of another database of the same server. */
export function databaseUrl(url: string, name: string): string {
  const result = new URL(url)
  result.pathname = `/${encodeURIComponent(name)}`
  return result.href
}

/** Runs `use` on a connection of its own and closes it, whatever happens. */
export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // A connection that breaks while idle also fails the next query, which is where it is dealt with.
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
