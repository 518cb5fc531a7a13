import { existsSync, realpathSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startMark } from '../process-identity.ts'
import { gone, killHard, startHolder, watchdogsOf } from '../testing/holder.ts'
import type { Holder } from '../testing/holder.ts'
import { sharedDirectory } from '../testing/scratch.ts'
import { withClient } from './create-database.ts'
import { startPostgres } from './start-postgres.ts'

// Making a cluster is what takes time, so the tests share one.
const dataDir = realpathSync(sharedDirectory())
let committed = 0

async function hold(directory: string, mode?: 'throw-away'): Promise<Holder> {
  const holder = await startHolder(directory, mode === undefined ? {} : { mode })
  onTestFinished(() => killHard(holder.child))
  return holder
}

async function commit(url: string): Promise<void> {
  committed += 1
  await withClient(url, (client) => client.query(`CREATE TABLE committed_${committed} ()`))
}

async function expectCommitted(): Promise<string[]> {
  const lines: string[] = []
  const next = await startPostgres({ dataDir, databaseUrl: null, log: (line) => lines.push(line) })
  onTestFinished(() => next.stop())
  await withClient(next.url, (client) => client.query(`SELECT FROM committed_${committed}`))
  return lines
}

describe('a server whose owner was killed', () => {
  it('ends by itself, and the next start finds everything committed', async () => {
    const { child, said } = await hold(dataDir)
    await commit(said.url)
    await killHard(child)
    await gone(said.pid)
    await expectCommitted()
  })

  it('is waited for when the next start comes at once', async () => {
    const { child, said } = await hold(dataDir)
    await commit(said.url)
    await killHard(child)
    await expectCommitted()
    expect(startMark(said.pid)).toBeNull()
  })

  it.runIf(process.platform === 'linux')(
    'is stopped by the next start when its watchdog was killed too',
    async () => {
      const { child, said } = await hold(dataDir)
      await commit(said.url)
      const watchdogs = watchdogsOf(dataDir)
      expect(watchdogs).toHaveLength(1)
      for (const pid of watchdogs) process.kill(pid, 'SIGKILL')
      await killHard(child)
      // Control: without its watchdog the server does outlive its owner.
      await withClient(said.url, async () => {})
      const lines = await expectCommitted()
      expect(lines).toContainEqual(expect.stringContaining('left behind'))
      expect(startMark(said.pid)).toBeNull()
    },
  )

  it('recovers from its log when the server itself was killed as well', async () => {
    const { child, said } = await hold(dataDir)
    await commit(said.url)
    process.kill(said.pid, 'SIGKILL')
    await killHard(child)
    await expectCommitted()
  })

  it('ends when the whole process group is killed', async () => {
    const { child, said } = await hold(dataDir)
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await gone(said.pid)
  })

  it('survives the Ctrl-C that its owner is still dealing with', async () => {
    const { child, said } = await hold(dataDir)
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await withClient(said.url, async () => {})
    expect(child.exitCode).toBeNull()
  })

  it('takes its directory along when it was for tests only', async () => {
    const throwAway = `${dataDir}/throw-away`
    const { child, said } = await hold(throwAway, 'throw-away')
    expect(existsSync(`${throwAway}/cluster`)).toBe(true)
    await killHard(child)
    await gone(said.pid)
    await expect.poll(() => existsSync(`${throwAway}/cluster`), { timeout: 10_000 }).toBe(false)
  })
})
