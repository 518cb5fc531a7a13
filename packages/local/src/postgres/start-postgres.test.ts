import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { writeFileSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LocalError } from '../local-error.ts'
import type { LocalErrorCode } from '../local-error.ts'
import { sharedDirectory } from '../testing/scratch.ts'
import { createDatabase, withClient } from './create-database.ts'
import { startPostgres } from './start-postgres.ts'
import type { LocalPostgres, PostgresOptions } from './start-postgres.ts'

async function start(options: PostgresOptions): Promise<LocalPostgres> {
  const server = await startPostgres({ databaseUrl: null, ...options })
  onTestFinished(() => server.stop())
  return server
}

const failsWith = (code: LocalErrorCode) => expect.objectContaining({ name: LocalError.name, code })

// Making a cluster is what takes time, so the tests share one; each starts a server of its own on it.
const dataDir = sharedDirectory()

describe('startPostgres', () => {
  it('keeps what was committed over a restart, under the same password', async () => {
    const first = await start({ dataDir })
    await withClient(first.url, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'))
    await first.stop()
    const startedAt = performance.now()
    const second = await start({ dataDir })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    const { rows } = await withClient(second.url, (client) => client.query('SELECT answer FROM kept'))
    expect(rows).toEqual([{ answer: 42 }])
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
  })

  it('waits for the disk by default, listens on loopback alone and lets nobody in without the password', async () => {
    const server = await start({ dataDir })
    const { rows } = await withClient(server.url, (client) =>
      client.query(
        "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses', 'unix_socket_directories')",
      ),
    )
    expect(rows).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'unix_socket_directories', setting: '' },
    ])
    const stranger = new URL(server.url)
    stranger.password = 'guess'
    await expect(withClient(stranger.href, async () => {})).rejects.toThrow(/password authentication failed/)
  })

  it('refuses a second start on a directory whose owner is alive, naming the process', async () => {
    await start({ dataDir })
    const second = startPostgres({ dataDir, databaseUrl: null })
    await expect(second).rejects.toEqual(failsWith('in-use'))
    await expect(second).rejects.toThrow(`process ${process.pid}`)
  })

  it('says that a port is taken instead of choosing another one', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    onTestFinished(() => void blocker.close())
    const address = blocker.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const refused = startPostgres({ dataDir, databaseUrl: null, port })
    await expect(refused).rejects.toEqual(failsWith('port-taken'))
    await expect(refused).rejects.toThrow(String(port))
  })

  it('is not stopped by a lock file that names a process of somebody else', async () => {
    const first = await start({ dataDir })
    const file = join(dataDir, 'cluster', 'postmaster.pid')
    const whileRunning = readFileSync(file, 'utf8')
    await first.stop()
    writeFileSync(file, whileRunning.replace(/^\d+/, String(process.ppid)))
    const second = await start({ dataDir })
    expect(second.pid).not.toBe(process.ppid)
  })

  it('uses the server that DATABASE_URL names, and does not stop it', async () => {
    const server = await start({ dataDir })
    const external = await startPostgres({ dataDir: '/nowhere', databaseUrl: server.url })
    expect(external).toMatchObject({ origin: 'external', url: server.url, port: server.port, pid: null })
    await external.stop()
    await withClient(server.url, async () => {})
  })

  it('says so when DATABASE_URL leads nowhere', async () => {
    const unreachable = startPostgres({ dataDir: '/nowhere', databaseUrl: 'postgresql://a:b@127.0.0.1:1/c' })
    await expect(unreachable).rejects.toEqual(failsWith('unreachable'))
    await expect(unreachable).rejects.toThrow('DATABASE_URL')
  })

  it('refuses data of another major version before touching it', async () => {
    await (await start({ dataDir })).stop()
    const file = join(dataDir, 'cluster', 'PG_VERSION')
    const version = readFileSync(file, 'utf8')
    writeFileSync(file, '9\n')
    onTestFinished(() => writeFileSync(file, version))
    await expect(startPostgres({ dataDir, databaseUrl: null })).rejects.toEqual(failsWith('version-mismatch'))
  })
})

describe('createDatabase', () => {
  it('makes a database once, however many ask at the same time', async () => {
    const { url } = await start({ dataDir, durability: 'test' })
    const urls = await Promise.all([1, 2, 3].map(() => createDatabase(url, 'drills')))
    expect(new Set(urls).size).toBe(1)
    const { rows } = await withClient(urls[0] ?? '', (client) =>
      client.query('SELECT current_database() AS name'),
    )
    expect(rows).toEqual([{ name: 'drills' }])
  })
})
