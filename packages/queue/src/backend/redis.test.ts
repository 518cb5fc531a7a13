import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunId } from '@firedrill/core'
import { have, startRedis } from '@firedrill/local'
import { queueSuite, realClock, seededIds } from '@firedrill/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createQueue } from '../create-queue.ts'
import { createWorkers } from '../create-workers.ts'
import { breakableProxy } from '../testing/breakable-proxy.ts'
import { queueUnderTest } from '../testing/queue-under-test.ts'

/** A Redis of the test's own, and a client that may change it. */
async function redisForTest() {
  const dir = mkdtempSync(join(tmpdir(), 'fd-queue-redis-'))
  const server = await startRedis({ dir })
  if (server.kind !== 'started') throw new Error('Redis is not installed')
  const client = new Redis(server.url)
  return {
    url: server.url,
    client,
    server,
    stop: async () => {
      client.disconnect()
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

describe.skipIf(!have('redis'))('Redis', () => {
  queueSuite('on Redis', async () => {
    const redis = await redisForTest()
    const queue = await queueUnderTest('redis', redis.url, async () => void (await redis.client.flushall()))
    return {
      ...queue,
      close: async () => {
        await queue.close()
        await redis.stop()
      },
    }
  })

  describe('safety', () => {
    let redis: Awaited<ReturnType<typeof redisForTest>>
    beforeAll(async () => {
      redis = await redisForTest()
    })
    afterAll(() => redis.stop())

    test('a Redis that may evict jobs is refused, and the message says what to set', async () => {
      await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru')
      await expect(createQueue({ backend: 'redis', url: redis.url })).rejects.toMatchObject({
        code: 'config-invalid',
        message: expect.stringContaining('noeviction'),
      })
      await redis.client.config('SET', 'maxmemory-policy', 'noeviction')
      await (await createQueue({ backend: 'redis', url: redis.url })).close()
    })

    test('a worker can tell at once that Redis is away, and goes on by itself when it is back', async () => {
      const proxy = await breakableProxy(Number(new URL(redis.url).port))
      const url = new URL(redis.url)
      url.port = String(proxy.port)
      const ids = seededIds(9)
      const [lost, run] = [ids.mint('run'), ids.mint('run')]
      const seen: RunId[] = []
      let arrived = () => {}
      const came = new Promise<void>((resolve) => {
        arrived = resolve
      })
      const workers = await createWorkers({
        backend: 'redis',
        url: url.toString(),
        worker: 'w1',
        concurrency: 1,
        clock: realClock,
        handlers: {
          advance: async ({ runId }) => {
            seen.push(runId)
            arrived()
          },
        },
      })
      await proxy.leave()
      await expect(workers.hints.send('advance', lost)).rejects.toMatchObject({ code: 'queue-away' })
      await proxy.comeBack()
      const isSent = () =>
        workers.hints.send('advance', run).then(
          () => true,
          () => false,
        )
      while (!(await isSent())) await realClock.sleep(20)
      await came
      expect(seen).toEqual([run])
      expect(await workers.close(5000)).toBe(true)
      await proxy.leave()
    })

    test('sending fails at once while Redis is away instead of waiting for it', async () => {
      const queue = await createQueue({ backend: 'redis', url: redis.url })
      await redis.server.stop()
      const begun = performance.now()
      const send = queue.hints.send('advance', seededIds().mint('run'))
      await expect(send).rejects.toMatchObject({ code: 'queue-away' })
      expect(performance.now() - begun).toBeLessThan(1000)
      await queue.close()
    })

    test('a queue that cannot be reached at the start is said to be away', async () => {
      await expect(createQueue({ backend: 'redis', url: redis.url })).rejects.toMatchObject({
        code: 'queue-away',
      })
    })
  })
})
