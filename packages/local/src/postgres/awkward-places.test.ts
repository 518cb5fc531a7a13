import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { killHard, startHolder } from '../testing/holder.ts'
import { scratchDirectory } from '../testing/scratch.ts'
import { isReachable } from './account.ts'
import { withClient } from './create-database.ts'
import { startPostgres } from './start-postgres.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = { uid: 65_534, gid: 65_534 }
const source = dirname(import.meta.dirname)

function mountSmall(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0755', 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.runIf(isRoot)('as root', () => {
  it('runs as an unprivileged user, in a directory that this user can reach', async () => {
    const closed = join(scratchDirectory(), 'home')
    mkdirSync(closed, { mode: 0o700 })
    chmodSync(closed, 0o700)
    const dataDir = join(closed, 'data')
    const server = await startPostgres({ dataDir, databaseUrl: null })
    const place = readFileSync(join(dataDir, 'moved-to'), 'utf8').trim()
    onTestFinished(async () => {
      await server.stop()
      rmSync(place, { recursive: true, force: true })
    })
    const owner = execFileSync('stat', ['-c', '%u', `/proc/${server.pid}`], { encoding: 'utf8' }).trim()
    expect(owner).toBe(String(NOBODY.uid))
    await withClient(server.url, (client) => client.query('CREATE TABLE gone (n int)'))
    await server.stop()

    // Whoever removes the directory means the data, wherever it is.
    rmSync(dataDir, { recursive: true })
    const fresh = await startPostgres({ dataDir, databaseUrl: null })
    onTestFinished(() => fresh.stop())
    const { rowCount } = await withClient(fresh.url, (client) =>
      client.query("SELECT 1 FROM pg_tables WHERE tablename = 'gone'"),
    )
    expect(rowCount).toBe(0)
  })

  it('says that the disk is full, and what to do', async ({ skip }) => {
    const disk = join(scratchDirectory(), 'disk')
    mkdirSync(disk)
    if (!mountSmall(disk)) skip('this machine does not let tests mount')
    onTestFinished(() => void execFileSync('umount', [disk]))
    const refused = startPostgres({ dataDir: join(disk, 'data'), databaseUrl: null })
    await expect(refused).rejects.toMatchObject({ code: 'disk-full' })
    await expect(refused).rejects.toThrow(/Free at least/)
  })
})

describe.runIf(isRoot && isReachable(source, NOBODY))('as an ordinary user', () => {
  it('needs no preparation', async () => {
    const dataDir = scratchDirectory()
    chmodSync(dataDir, 0o777)
    const holder = await startHolder(join(dataDir, 'data'), { uid: NOBODY.uid })
    onTestFinished(() => killHard(holder.child))
    await withClient(holder.said.url, async () => {})
  })

  it('says that a directory cannot be written, and what to do', async () => {
    const dataDir = scratchDirectory()
    const holder = await startHolder(join(dataDir, 'data'), { uid: NOBODY.uid })
    onTestFinished(() => killHard(holder.child))
    expect(holder.said).toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining('chown'),
    })
  })
})
