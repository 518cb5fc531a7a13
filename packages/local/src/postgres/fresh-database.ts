import { createHash, randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { databaseUrl, withClient } from './create-database.ts'

/** A database that is filled once and then copied, such as one with all migrations applied. */
export interface DatabaseTemplate {
  /** Names the content: the same key means the same content. Put a hash of the migrations in it. */
  readonly key: string
  /** Fills an empty database; must close every connection it opens. */
  readonly prepare: (url: string) => Promise<void>
}

/** A database that only its caller uses. */
export interface FreshDatabase {
  readonly name: string
  readonly url: string
  /** Removes it and ends whatever is still connected to it. */
  drop(): Promise<void>
}

/** Makes a database, empty or as a copy of a template, which is prepared by whoever asks for it first. */
export async function freshDatabase(serverUrl: string, template?: DatabaseTemplate): Promise<FreshDatabase> {
  const admin = databaseUrl(serverUrl, 'postgres')
  const name = `t_${randomBytes(8).toString('hex')}`
  await withClient(admin, async (client) => {
    const source = template === undefined ? 'template0' : await ensureTemplate(client, serverUrl, template)
    // Copying files beats writing the copy through the log several times over when nothing waits for the disk.
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY file_copy`)
  })
  return {
    name,
    url: databaseUrl(serverUrl, name),
    drop: () =>
      withClient(
        admin,
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} (FORCE)`)),
      ),
  }
}

async function ensureTemplate(
  client: Client,
  serverUrl: string,
  template: DatabaseTemplate,
): Promise<string> {
  const name = `tpl_${createHash('sha256').update(template.key).digest('hex').slice(0, 16)}`
  if (await exists(client, name)) return name
  // Others who want the same template wait here, and then find it made.
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name])
  if (await exists(client, name)) return name
  // Only a template that was prepared to the end gets its name.
  const draft = `${name}_draft`
  await client.query(`DROP DATABASE IF EXISTS ${draft} (FORCE)`)
  await client.query(`CREATE DATABASE ${draft} TEMPLATE template0`)
  await template.prepare(databaseUrl(serverUrl, draft))
  // A pool that was just closed may not have hung up yet, and a busy template cannot be copied.
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [draft])
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`)
  await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name])
  return name
}

async function exists(client: Client, name: string): Promise<boolean> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  return found.rowCount === 1
}
