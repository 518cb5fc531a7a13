import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mintId, type RunId } from '@firedrill/core'
import { createReconcile } from '@firedrill/engine'
import { have, startRedis } from '@firedrill/local'
import { createWorkers } from '@firedrill/queue'
import { systemClock } from '@firedrill/runtime'
import { afterEach, describe, expect, it } from 'vitest'
import { every } from './every.ts'
import { keepQueue } from './keep-queue.ts'
import { lookForDue } from './look-for-due.ts'
import { createDueServer } from './serve-without-queue.ts'

const RUN: RunId = mintId('run', 1_767_225_600_000, new Uint8Array(10))
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** From when a run is due until it is served: half a second for hints that hang, two reconcile periods, and a crowd. */
const SERVED_MS = 2000
const RECONCILE_MS = 100

/** Nothing here has to be waited for when a queue whose Redis is gone is closed. */
const hasty = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 200), signal),
}

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function redis() {
  const dir = mkdtempSync(join(tmpdir(), 'fd-look-redis-'))
  const server = await startRedis({ dir })
  if (server.kind !== 'started') throw new Error('Redis is not installed')
  closers.push(async () => {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  return server
}

/** The parts of the role `recover`, with one run that becomes due when the test says so and never gets a hint of its own. */
async function recoverRole(url: string) {
  const served = Promise.withResolvers<'here' | 'by the queue'>()
  let isDue = false
  const runs = { due: async () => (isDue ? [{ id: RUN, status: 'recovering' as const }] : []) }
  const queue = keepQueue({
    open: () =>
      createWorkers({
        backend: 'redis',
        url,
        concurrency: 1,
        worker: 'w1',
        clock: hasty,
        handlers: { recover: async () => served.resolve('by the queue') },
      }),
    clock: systemClock,
    log: silent,
  })
  const dueServer = createDueServer({
    runs,
    role: 'recover',
    concurrency: 1,
    serve: async () => served.resolve('here'),
  })
  const look = lookForDue({
    reconcile: createReconcile({ runs, hints: queue.hints }),
    isOpen: queue.isOpen,
    dueServer,
    clock: systemClock,
  })
  const stopped = new AbortController()
  const looking = every(RECONCILE_MS, 'looking', systemClock, silent as never, stopped.signal, look)
  closers.push(async () => {
    stopped.abort()
    await looking
    await queue.close()
  })
  const started = queue.start()
  return {
    started,
    becomeDue: async () => {
      const begun = performance.now()
      isDue = true
      const by = await served.promise
      return { by, inTime: performance.now() - begun < SERVED_MS }
    },
  }
}

describe.skipIf(!have('redis'))('an undo that is due', () => {
  it('goes by the queue while Redis is there', async () => {
    const role = await recoverRole((await redis()).url)
    await role.started
    expect((await role.becomeDue()).by).toBe('by the queue')
  })

  it('is served in time although Redis was killed', async () => {
    const server = await redis()
    const role = await recoverRole(server.url)
    await role.started
    process.kill(server.pid, 'SIGKILL')
    expect(await role.becomeDue()).toEqual({ by: 'here', inTime: true })
  })

  it('is served in time although Redis hangs and refuses nothing', async () => {
    const server = await redis()
    const role = await recoverRole(server.url)
    await role.started
    process.kill(server.pid, 'SIGSTOP')
    closers.push(async () => process.kill(server.pid, 'SIGCONT'))
    expect(await role.becomeDue()).toEqual({ by: 'here', inTime: true })
  })

  it('is served in time by a worker that starts while Redis hangs', async () => {
    const server = await redis()
    process.kill(server.pid, 'SIGSTOP')
    closers.push(async () => process.kill(server.pid, 'SIGCONT'))
    const role = await recoverRole(server.url)
    expect(await role.becomeDue()).toEqual({ by: 'here', inTime: true })
  })

  it('is served in time by a worker that starts while Redis is gone', async () => {
    const server = await redis()
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    const role = await recoverRole(server.url)
    expect(await role.becomeDue()).toEqual({ by: 'here', inTime: true })
  })
})
