import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { scratchDirectory } from '../testing/scratch.ts'
import { killHard, gone } from '../testing/holder.ts'
import { have } from '../tools.ts'
import { startRedis } from './start-redis.ts'
import type { LocalRedis, RedisOptions } from './start-redis.ts'

const module = join(import.meta.dirname, 'start-redis.ts')

async function start(options: RedisOptions): Promise<LocalRedis> {
  const redis = await startRedis(options)
  if (redis.kind === 'absent') throw new Error(`no Redis here: ${redis.install}`)
  onTestFinished(() => redis.stop())
  return redis
}

/** Sends commands as lines and returns what came back after the last one. */
async function ask(url: string, ...commands: string[]): Promise<string> {
  const { port, password } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.end([`AUTH ${password}`, ...commands, 'QUIT', ''].join('\r\n'))
  const chunks = await socket.setEncoding('utf8').toArray()
  return chunks.join('')
}

describe('without a Redis on this machine', () => {
  it('says so, and how to get one', () => {
    const script = `import { startRedis } from ${JSON.stringify(module)}; console.log(JSON.stringify(await startRedis({ dir: '/nowhere' })))`
    const said = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      encoding: 'utf8',
      env: { PATH: '/nowhere' },
    })
    expect(JSON.parse(said)).toEqual({
      kind: 'absent',
      install: expect.stringMatching(/^(brew|sudo apt-get) install .*redis/),
    })
  })
})

describe.runIf(have('redis'))('startRedis', () => {
  it('never evicts, and lets nobody in without the password', async () => {
    const { url } = await start({ dir: scratchDirectory() })
    expect(await ask(url, 'CONFIG GET maxmemory-policy')).toContain('noeviction')
    const stranger = new URL(url)
    stranger.password = 'guess'
    expect(await ask(stranger.href, 'PING')).toContain('-NOAUTH')
  })

  it('keeps what was written over a restart when asked to, and forgets it otherwise', async () => {
    const kept = scratchDirectory()
    const forgotten = scratchDirectory()
    for (const [dir, isDurable] of [
      [kept, true],
      [forgotten, false],
    ] as const) {
      const first = await start({ dir, isDurable })
      await ask(first.url, 'SET answer 42')
      await first.stop()
    }
    expect(await ask((await start({ dir: kept, isDurable: true })).url, 'GET answer')).toContain('42')
    expect(await ask((await start({ dir: forgotten })).url, 'GET answer')).not.toContain('42')
  })

  it('ends with the process that started it, even one that was killed', async () => {
    const script = `import { startRedis } from ${JSON.stringify(module)}
      const redis = await startRedis({ dir: ${JSON.stringify(scratchDirectory())} })
      console.log(redis.pid); setInterval(() => {}, 60000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => killHard(child))
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    await killHard(child)
    await gone(Number(line))
  })
})
