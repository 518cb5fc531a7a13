import { join } from 'node:path'
import { startPostgres, startRedis } from '@firedrill/local'
import { createQueue, createWorkers } from '@firedrill/queue'
import { systemClock } from '@firedrill/runtime'
import { seededIds } from '@firedrill/testkit'
import type { Backend } from '../figures/figure.ts'

/** The queue alone, on a server of its own of the same kind. */
export type QueueFloor = Readonly<{
  /** Milliseconds from handing a hint over until a worker has it. */
  once(): Promise<number>
  stop(): Promise<void>
}>

/** Starts a server, a sender and a worker that does nothing: what no dispatch over this backend can be faster than. */
export async function startQueueFloor(backend: Backend, stateDir: string, seed: number): Promise<QueueFloor> {
  const server = await startServer(backend, stateDir)
  const ids = seededIds(seed)
  let arrived: (() => void) | undefined
  const workers = await createWorkers({
    backend,
    url: server.url,
    concurrency: 4,
    handlers: { advance: async () => arrived?.() },
    clock: systemClock,
    worker: 'floor',
  })
  const queue = await createQueue({ backend, url: server.url })
  return {
    async once() {
      const { promise, resolve } = Promise.withResolvers<void>()
      arrived = resolve
      const from = systemClock.monotonicMs()
      await queue.hints.send('advance', ids.mint('run'))
      await promise
      return systemClock.monotonicMs() - from
    },
    async stop() {
      await queue.close()
      await workers.close(2000)
      await server.stop()
    },
  }
}

async function startServer(backend: Backend, stateDir: string) {
  if (backend === 'postgres') return startPostgres({ dataDir: join(stateDir, 'postgres'), databaseUrl: null })
  const redis = await startRedis({ dir: join(stateDir, 'redis') })
  if (redis.kind === 'absent') throw new Error(`Redis is not installed: ${redis.install}`)
  return redis
}
