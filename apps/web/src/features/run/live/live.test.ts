import type { LiveEvent } from '@firedrill/contracts'
import { describe, expect, test } from 'vitest'
import { world } from '../../../../test/story/clock.ts'
import { detailOf, eventsOf } from '../../../../test/story/tell.ts'
import { closedRun, liveRun } from '../../../../test/story/told-runs.ts'
import { livenessOf, STALE_AFTER_MS, worldNowOf } from './liveness.ts'
import { createRunFeed, type FeedState } from './run-feed.ts'

const quiet: FeedState = {
  events: eventsOf(liveRun()),
  connection: 'open',
  heardAtMs: 1000,
  clock: { worldAt: world(141.3), rate: 10, readAtMs: 1000 },
  error: null,
}

describe('a page', () => {
  test('is live until it has heard nothing for five seconds, and then says how old it is', () => {
    expect(livenessOf(quiet, false, 1000 + STALE_AFTER_MS)).toMatchObject({ kind: 'live' })
    expect(livenessOf(quiet, false, 1001 + STALE_AFTER_MS)).toMatchObject({ kind: 'stale', ageMs: 5001 })
  })

  test('lets world time run at its own rate, and stand still when nothing is heard', () => {
    const run = detailOf(liveRun())
    expect(worldNowOf(run, quiet, 2000)).toBe(world(151.3))
    expect(worldNowOf(run, quiet, 60_000)).toBe(worldNowOf(run, quiet, 1000 + STALE_AFTER_MS))
  })

  test('of a run that is over stays at its end', () => {
    expect(worldNowOf(detailOf(closedRun()), quiet, 99_000)).toBe(world(415))
  })
})

describe('the feed', () => {
  test('draws a burst once, loses nothing when it is closed, and opens again after the last event', async () => {
    const events = eventsOf(liveRun())
    const asked: number[] = []
    async function* follow(
      _run: string,
      { after = 0 }: Readonly<{ after?: number }> = {},
    ): AsyncGenerator<LiveEvent, void> {
      asked.push(after)
      for (const event of events.slice(after, after + 6)) yield { kind: 'journal', seq: event.seq, event }
    }
    const feed = createRunFeed(follow, 'run_1', () => 0)
    let drawn = 0
    feed.subscribe(() => drawn++)
    for (let round = 0; round < 3; round++) {
      const close = feed.open()
      await Promise.resolve()
      for (let turn = 0; turn < 40; turn++) await Promise.resolve()
      close()
    }
    expect(asked).toEqual([0, 6, 12])
    expect(feed.get().events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq))
    expect(drawn).toBe(3)
  })

  test('a stream that is lost a hundred times, each time in the middle, loses no event and repeats none', async () => {
    const [first] = eventsOf(liveRun())
    if (first === undefined) throw new Error('the story has no event')
    const events = Array.from({ length: 350 }, (_, index) => ({ ...first, seq: index + 1 }))
    async function* follow(
      _run: string,
      { after = 0 }: Readonly<{ after?: number }> = {},
    ): AsyncGenerator<LiveEvent, void> {
      for (const event of events.slice(after, after + 7)) yield { kind: 'journal', seq: event.seq, event }
    }
    const feed = createRunFeed(follow, 'run_1', () => 0)
    for (let round = 0; round < 100; round++) {
      const close = feed.open()
      // Closed after three to seven events, wherever the stream is then.
      for (let turn = 0; turn < 8 + (round % 30); turn++) await Promise.resolve()
      close()
    }
    const seen = feed.get().events.map(({ seq }) => seq)
    expect(seen.length).toBeGreaterThan(200)
    expect(seen).toEqual(events.slice(0, seen.length).map(({ seq }) => seq))
  })
})
