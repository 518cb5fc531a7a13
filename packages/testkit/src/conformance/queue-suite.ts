import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { REAL_CLOCK, type HintQueue, type Hints, type RunId, type RunStore } from '@firedrill/core'
import { buildRunCreated, PERSON, TEAM } from '../builders/journal-builder.ts'
import { memoryStores } from '../memory/memory-stores.ts'
import { manualTime } from '../time/manual-time.ts'
import { seededIds } from '../time/seeded.ts'

type Handler = (payload: Readonly<{ runId: RunId }>) => Promise<void>

/** A queue under test: a way to send, a way to work, and a way to lose everything. */
export type QueueUnderTest = Readonly<{
  hints: Hints
  work(
    handlers: Readonly<Partial<Record<HintQueue, Handler>>>,
    concurrency: number,
  ): Promise<Readonly<{ close(): Promise<unknown> }>>
  /** Removes every hint, as a flushed Redis does. */
  loseAll(): Promise<void>
  close(): Promise<void>
}>

/** Resolves when `count` calls have come; counts whatever comes. */
function counter(): Readonly<{ hit(): number; reached(count: number): Promise<void>; count(): number }> {
  let hits = 0
  const waiting = new Map<number, () => void>()
  return {
    count: () => hits,
    hit: () => {
      hits += 1
      waiting.get(hits)?.()
      return hits
    },
    reached: (count) =>
      hits >= count ? Promise.resolve() : new Promise((resolve) => waiting.set(count, resolve)),
  }
}

function gate(): Readonly<{ open(): void; opened: Promise<void> }> {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

/** Sends a hint for every run that is due: the whole of a reconciler's duty. */
export async function reconcile(runs: RunStore, hints: Hints): Promise<void> {
  for (const { id } of await runs.due(100)) await hints.send('advance', id)
}

/** What every queue of hints promises. */
export function queueSuite(name: string, factory: () => Promise<QueueUnderTest>): void {
  describe(`${name}: hints`, () => {
    const ids = seededIds(11)
    let queue: QueueUnderTest
    beforeAll(async () => {
      queue = await factory()
    })
    beforeEach(() => queue.loseAll())
    afterAll(() => queue.close())

    /** Works with one handler on `advance` while `body` runs. */
    const working = async (handler: Handler, concurrency: number, body: () => Promise<void>) => {
      const workers = await queue.work({ advance: handler }, concurrency)
      try {
        await body()
      } finally {
        await workers.close()
      }
    }

    test('hints of one run that wait are one hint, and other runs have their own', async () => {
      const [a, b] = [ids.mint('run'), ids.mint('run')]
      for (let i = 0; i < 10; i++) await queue.hints.send('advance', a)
      await queue.hints.send('advance', b)
      const seen: RunId[] = []
      const calls = counter()
      const handler: Handler = async ({ runId }) => {
        seen.push(runId)
        calls.hit()
      }
      await working(handler, 1, () => calls.reached(2))
      expect(seen).toEqual([a, b])
    })

    test('a hint that comes while its run is worked on is worked on, even if that work never ends', async () => {
      const run = ids.mint('run')
      const stuck = gate()
      const begun = counter()
      const handler: Handler = async () => {
        if (begun.hit() === 1) await stuck.opened
      }
      await working(handler, 2, async () => {
        await queue.hints.send('advance', run)
        await begun.reached(1)
        await queue.hints.send('advance', run)
        await begun.reached(2)
        stuck.open()
      })
      expect(begun.count()).toBe(2)
    })

    test('with one worker at a time the hint that came meanwhile is worked on afterwards', async () => {
      const run = ids.mint('run')
      const stuck = gate()
      const begun = counter()
      const handler: Handler = async () => {
        if (begun.hit() === 1) await stuck.opened
      }
      await working(handler, 1, async () => {
        await queue.hints.send('advance', run)
        await begun.reached(1)
        for (let i = 0; i < 5; i++) await queue.hints.send('advance', run)
        stuck.open()
        await begun.reached(2)
      })
      expect(begun.count()).toBe(2)
    })

    test('a hint for later does not hold up one for now, and comes as well, not before its time', async () => {
      const run = ids.mint('run')
      const laterMs = 1000
      const begun = counter()
      const times: number[] = []
      const handler: Handler = async () => {
        times.push(performance.now())
        begun.hit()
      }
      const sent = performance.now()
      await working(handler, 1, async () => {
        await queue.hints.send('advance', run, laterMs)
        await queue.hints.send('advance', run)
        await begun.reached(2)
      })
      expect((times[0] ?? 0) - sent).toBeLessThan(laterMs)
      expect((times[1] ?? 0) - sent).toBeGreaterThanOrEqual(laterMs - 5)
    })

    test('a handler that throws gets its hint again', async () => {
      const run = ids.mint('run')
      const begun = counter()
      const handler: Handler = async () => {
        if (begun.hit() === 1) throw new Error('the database went away')
      }
      await working(handler, 1, async () => {
        await queue.hints.send('advance', run)
        await begun.reached(2)
      })
      expect(begun.count()).toBe(2)
    })

    test('recovery goes on while every worker of advance is busy', async () => {
      const stuck = gate()
      const busy = counter()
      const recovered = counter()
      const workers = await queue.work(
        {
          advance: async () => {
            busy.hit()
            await stuck.opened
          },
          recover: async () => void recovered.hit(),
        },
        2,
      )
      for (let i = 0; i < 4; i++) await queue.hints.send('advance', ids.mint('run'))
      await busy.reached(2)
      for (let i = 0; i < 4; i++) await queue.hints.send('recover', ids.mint('run'))
      await recovered.reached(4)
      expect(busy.count()).toBe(2)
      stuck.open()
      await workers.close()
    })

    test('a lost hint is made good by asking which runs are due, and by nothing else', async () => {
      const time = manualTime()
      const { runs } = memoryStores(time.now)
      const run = ids.mint('run')
      const created = buildRunCreated()
      await runs.create({
        id: run,
        teamId: TEAM,
        drillId: ids.mint('drill'),
        clock: REAL_CLOCK,
        created,
        actor: PERSON,
      })
      const seen: RunId[] = []
      const begun = counter()
      const handler: Handler = async ({ runId }) => {
        seen.push(runId)
        begun.hit()
      }
      await queue.hints.send('advance', run)
      await queue.loseAll()
      const marker = ids.mint('run')
      await working(handler, 1, async () => {
        // Control arm: without a reconciler a later hint of another run comes, and the lost one does not.
        await queue.hints.send('advance', marker)
        await begun.reached(1)
        expect(seen).toEqual([marker])
        await reconcile(runs, queue.hints)
        await begun.reached(2)
      })
      expect(seen).toEqual([marker, run])
    })
  })
}
