import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

const INDEX = JSON.stringify(new URL('../index.ts', import.meta.url).href)

/** Runs a process that prints what it closes, sends it signals once it is up, and answers what it printed and its exit. */
async function ended(body: string, ...signals: readonly NodeJS.Signals[]) {
  const script = `const { createShutdown, createLogger, systemClock } = await import(${INDEX})
    const say = (text) => process.stdout.write(text + '\\n')
    const shutdown = createShutdown({ log: createLogger('t', { level: 'silent' }), clock: systemClock, deadlineMs: 300 })
    const alive = setInterval(() => {}, 1000)
    ${body}
    say('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    for (const mark of ['up\n', 'hanging\n']) {
      if (String(chunk).includes(mark) && signals.length > 0)
        child.kill(signals[mark === 'up\n' ? 0 : 1] ?? 'SIGCONT')
    }
  }
  const [code] = (await exit) as [number | null]
  return { said: text.trim().split('\n'), code }
}

const CLOSERS = `shutdown.add('db', async () => say('db'))
  shutdown.add('http', async () => say('http aborted=' + shutdown.signal.aborted))`

describe('shutdown', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('closes in reverse order on %s and exits 0', async (signal) => {
    expect(await ended(CLOSERS, signal)).toEqual({ said: ['up', 'http aborted=true', 'db'], code: 0 })
  })

  it('goes on closing the rest when one part fails, and exits 1', async () => {
    const body = `${CLOSERS}; shutdown.add('broken', () => { throw new Error('no') })`
    expect(await ended(body, 'SIGTERM')).toEqual({ said: ['up', 'http aborted=true', 'db'], code: 1 })
  })

  it('exits 1 at the deadline when a part hangs', async () => {
    const body = `shutdown.add('hung', () => new Promise(() => say('stuck')))`
    expect(await ended(body, 'SIGTERM')).toEqual({ said: ['up', 'stuck'], code: 1 })
  })

  it('exits 1 at once when asked a second time', async () => {
    const body = `shutdown.add('hung', () => new Promise(() => say('hanging')))`
    expect(await ended(body, 'SIGTERM', 'SIGINT')).toEqual({ said: ['up', 'hanging'], code: 1 })
  })
})
