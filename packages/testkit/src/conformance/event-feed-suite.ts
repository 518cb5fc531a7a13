import { describe, expect, test } from 'vitest'
import type { JournalEvent, RunId } from '@firedrill/core'
import { PERSON } from '../builders/journal-builder.ts'
import { noteDown } from './run-store-suite.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

/** Follows until an event with the given seq came. */
async function followTo(
  feed: AsyncIterable<JournalEvent>,
  seq: number,
  onEvent: (event: JournalEvent) => void = () => {},
): Promise<readonly number[]> {
  const seen: number[] = []
  for await (const event of feed) {
    seen.push(event.seq)
    onEvent(event)
    if (event.seq >= seq) break
  }
  return seen
}

/** What every `EventFeed` promises. */
export function eventFeedSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: event feed`, () => {
    const bench = openBench(factory)
    const append = (id: RunId, text: string) =>
      bench.stores.runs.append(id, { kind: 'open' }, PERSON, noteDown(text))
    const never = new AbortController().signal

    test('a follower gets what was and what comes, each once and in order', async () => {
      const { id } = await bench.run()
      for (let i = 0; i < 5; i++) await append(id, `${i}`)
      const whole = followTo(bench.stores.feed.follow(id, 0, never), 16)
      const resumed = followTo(bench.stores.feed.follow(id, 3, never), 16)
      await Promise.all(Array.from({ length: 10 }, (_, i) => append(id, `more ${i}`)))
      expect(await whole).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
      expect(await resumed).toEqual(Array.from({ length: 13 }, (_, i) => i + 4))
    })

    test('a slow follower misses nothing of what is written while it works', async () => {
      const { id } = await bench.run()
      const following = followTo(bench.stores.feed.follow(id, 0, never), 6, (event) => {
        if (event.seq < 6) void append(id, `after ${event.seq}`)
      })
      expect(await following).toEqual([1, 2, 3, 4, 5, 6])
    })

    test('a follower ends with its signal, also while it waits', async () => {
      const { id } = await bench.run()
      const stop = new AbortController()
      const seen: number[] = []
      for await (const event of bench.stores.feed.follow(id, 0, stop.signal)) {
        seen.push(event.seq)
        queueMicrotask(() => stop.abort())
      }
      expect(seen).toEqual([1])
    })

    test('a follower hears of its own run only', async () => {
      const [a, b] = [await bench.run(), await bench.run()]
      const following = followTo(bench.stores.feed.follow(a.id, 1, never), 2)
      await append(b.id, 'other')
      await append(a.id, 'mine')
      expect(await following).toEqual([2])
    })
  })
}
