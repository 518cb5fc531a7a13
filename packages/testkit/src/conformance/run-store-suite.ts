import { describe, expect, test } from 'vitest'
import {
  FAR_PLATFORM,
  journalProblem,
  platformInstant,
  plusMs,
  REAL_CLOCK,
  worldInstant,
  type DecideUnderLock,
  type RunEventBody,
  type Status,
} from '@firedrill/core'
import { foldJournal, PERSON, WORKER } from '../builders/journal-builder.ts'
import { sha256 } from '../memory/sha256.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

const LEASE_MS = 5000

/** Goes from whatever status the run is in to another. */
export function goTo(to: Status): DecideUnderLock {
  return (state) => [{ type: 'status-changed', data: { from: state.status, to, why: 'test' } }]
}

/** Notes a text. */
export function noteDown(text: string): DecideUnderLock {
  return () => [{ type: 'note-added', data: { text } }]
}

/** What every `RunStore` promises about runs, leases and their journal. */
export function runStoreSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: runs`, () => {
    const bench = openBench(factory)

    test('a new run is due at once, and its journal begins with run-created', async () => {
      const run = await bench.run()
      expect(run).toMatchObject({ foldedSeq: 1, epoch: 0, state: { status: 'booked' } })
      expect(await bench.stores.runs.due(1000)).toContainEqual({ id: run.id, status: 'booked' })
      const events = await bench.stores.runs.events(run.id, 0, 10)
      expect(events).toMatchObject([{ type: 'run-created', seq: 1, actor: PERSON }])
      expect(await bench.stores.runs.get(run.teamId, run.id)).toEqual(run)
    })

    test('the newest event is the newest of all runs', async () => {
      const run = await bench.run()
      await bench.passTime(1000)
      const appended = await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, noteDown('look'))
      expect(await bench.stores.runs.newestAt()).toBe(appended.ok ? appended.events.at(-1)?.at : undefined)
    })

    test('a repeated idempotency key answers the first run, also when both come at once', async () => {
      const teamId = 'team-idempotent'
      const [a, b] = await Promise.all([
        bench.run({ teamId, idempotencyKey: 'k' }),
        bench.run({ teamId, idempotencyKey: 'k' }),
      ])
      const c = await bench.run({ teamId, idempotencyKey: 'k' })
      expect([b.id, c.id]).toEqual([a.id, a.id])
      expect((await bench.run({ teamId: 'team-other', idempotencyKey: 'k' })).id).not.toBe(a.id)
      expect((await bench.run({ teamId })).number).toBe(2)
    })

    test('a team sees its own runs only, newest first, in pages', async () => {
      const teamId = 'team-pages'
      const created = []
      for (let i = 0; i < 5; i++) created.push(await bench.run({ teamId }))
      const newest = created.toReversed().map(({ id }) => id)
      const page = await bench.stores.runs.list(teamId, { limit: 3 })
      expect(page.map(({ id }) => id)).toEqual(newest.slice(0, 3))
      const rest = await bench.stores.runs.list(teamId, { before: page[2]?.id ?? bench.runId() })
      expect(rest.map(({ id }) => id)).toEqual(newest.slice(3))
      expect(await bench.stores.runs.get('team-nobody', newest[0] ?? bench.runId())).toBeUndefined()
    })

    test('of many that claim a run at once one gets it, with a new epoch', async () => {
      const run = await bench.run()
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, i) => bench.stores.runs.claim(run.id, `w${i}`, LEASE_MS)),
      )
      expect(claims.filter((claim) => claim !== undefined)).toMatchObject([{ epoch: 1, run: { id: run.id } }])
      await bench.passTime(LEASE_MS + 1)
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toMatchObject({ epoch: 2 })
    })

    test('a lease can be renewed while it lives and by its epoch only', async () => {
      const run = await bench.run()
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      await bench.passTime(LEASE_MS - 1000)
      expect(await bench.stores.runs.renew(run.id, 1, LEASE_MS)).toBe(true)
      expect(await bench.stores.runs.renew(run.id, 2, LEASE_MS)).toBe(false)
      await bench.passTime(LEASE_MS - 1000)
      expect((await bench.stores.runs.guard(run.id, claim?.epoch ?? 0)).epochHolds).toBe(true)
      await bench.passTime(2000)
      expect(await bench.stores.runs.renew(run.id, 1, LEASE_MS)).toBe(false)
    })

    test('a run that was yielded is due at its time, not before', async () => {
      const run = await bench.run()
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      await bench.stores.runs.yield(run.id, 1, { at: plusMs(claim?.now ?? platformInstant(0), 60_000) })
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toBeUndefined()
      await bench.passTime(60_001)
      expect(await bench.stores.runs.due(1000)).toContainEqual({ id: run.id, status: 'booked' })
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toMatchObject({ epoch: 2 })
    })

    test('a run that waits for its world is due when the world is there, however it came to be', async () => {
      const run = await bench.run()
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      const worldNow = claim?.worldNow ?? worldInstant(0)
      const { name } = run.state.environment
      const still = { anchorPlatform: claim?.now ?? platformInstant(0), rate: 0 }
      await bench.stores.clocks.put(run.teamId, name, { ...still, anchorWorld: worldNow })
      const worldAt = plusMs(worldNow, 3_600_000)
      await bench.stores.runs.yield(run.id, 1, { at: FAR_PLATFORM, worldAt })
      await bench.passTime(7_200_000)
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toBeUndefined()
      await bench.stores.clocks.put(run.teamId, name, { ...still, anchorWorld: worldAt })
      expect(await bench.stores.runs.due(1000)).toContainEqual({ id: run.id, status: 'booked' })
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toMatchObject({
        epoch: 2,
        worldNow: worldAt,
      })
    })

    test('a wake that comes while a worker holds the run is not slept over by its yield', async () => {
      const run = await bench.run()
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      await bench.stores.runs.wake(run.id)
      await bench.stores.runs.yield(run.id, 1, { at: plusMs(claim?.now ?? platformInstant(0), 3_600_000) })
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toMatchObject({ epoch: 2 })
      await bench.stores.runs.yield(run.id, 2, { at: plusMs(claim?.now ?? platformInstant(0), 3_600_000) })
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toBeUndefined()
    })

    test('what somebody else appends wakes the run by itself', async () => {
      const run = await bench.run()
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      const later = plusMs(claim?.now ?? platformInstant(0), 3_600_000)
      await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, noteDown('look'))
      await bench.stores.runs.yield(run.id, 1, { at: later })
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toMatchObject({ epoch: 2 })
    })

    test('a claim says who let its hold run out, and nothing of a run that was given back', async () => {
      const run = await bench.run()
      expect((await bench.stores.runs.claim(run.id, 'w1', LEASE_MS))?.lost).toBeUndefined()
      await bench.passTime(LEASE_MS + 1)
      const second = await bench.stores.runs.claim(run.id, 'w2', LEASE_MS)
      expect(second?.lost).toBe('w1')
      await bench.stores.runs.yield(run.id, 2, { at: second?.now ?? platformInstant(0) })
      expect((await bench.stores.runs.claim(run.id, 'w3', LEASE_MS))?.lost).toBeUndefined()
    })

    test('a yield of an old epoch changes nothing', async () => {
      const run = await bench.run()
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      await bench.passTime(LEASE_MS + 1)
      await bench.stores.runs.claim(run.id, 'w2', LEASE_MS)
      await bench.stores.runs.yield(run.id, claim?.epoch ?? 0, { at: platformInstant(0) })
      expect((await bench.stores.runs.guard(run.id, 2)).epochHolds).toBe(true)
    })

    test('the guard sees halt, abort, lease and a foreign epoch in one look', async () => {
      const run = await bench.run()
      await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      const before = await bench.stores.runs.guard(run.id, 1)
      expect(before).toMatchObject({ epochHolds: true, halted: false, abortRequested: false })
      expect(before.leaseLeftMs).toBeGreaterThan(LEASE_MS - 1500)
      expect(before.leaseLeftMs).toBeLessThanOrEqual(LEASE_MS)
      await bench.stores.halt.set(PERSON, 'drill gone wrong')
      await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, () => [
        { type: 'abort-requested', data: { reason: 'enough' } },
      ])
      const after = await bench.stores.runs.guard(run.id, 1)
      expect(after).toMatchObject({ epochHolds: true, halted: true, abortRequested: true })
      await bench.stores.halt.lift(PERSON, 'all good')
      expect((await bench.stores.runs.guard(run.id, 2)).epochHolds).toBe(false)
      expect(await bench.stores.runs.guard(bench.runId(), 1)).toMatchObject({
        epochHolds: false,
        leaseLeftMs: 0,
      })
    })

    test('a run that takes its faults out is due before all that do not', async () => {
      const waiting = await bench.run()
      const undoing = await bench.run()
      await bench.stores.runs.append(undoing.id, { kind: 'open' }, PERSON, goTo('recovering'))
      const due = (await bench.stores.runs.due(1000)).map(({ id }) => id)
      expect(due).toContain(waiting.id)
      expect(due.indexOf(undoing.id)).toBeGreaterThanOrEqual(0)
      expect(due.indexOf(undoing.id)).toBeLessThan(due.indexOf(waiting.id))
    })

    test('a run that is over is never due, claimed or probed', async () => {
      const run = await bench.run()
      await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, goTo('baseline'))
      expect((await bench.stores.runs.probed()).map(({ id }) => id)).toContain(run.id)
      await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, goTo('closed'))
      await bench.stores.runs.wake(run.id)
      expect((await bench.stores.runs.due(1000)).map(({ id }) => id)).not.toContain(run.id)
      expect(await bench.stores.runs.claim(run.id, 'w', LEASE_MS)).toBeUndefined()
      expect((await bench.stores.runs.probed()).map(({ id }) => id)).not.toContain(run.id)
    })
  })

  describe(`${name}: journal`, () => {
    const bench = openBench(factory)

    test('events are numbered, linked and hashed, later than each other, and fold to the state of the row', async () => {
      const run = await bench.run()
      await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      for (const to of ['planning', 'preflight', 'baseline'] as const) {
        const done = await bench.stores.runs.append(
          run.id,
          { kind: 'epoch', epoch: 1 },
          WORKER,
          (state, at) => [
            ...goTo(to)(state, at),
            ...noteDown('\u0000 and \ud800 and "quotes" \u2028 come back as they were')(state, at),
          ],
        )
        expect(done.ok).toBe(true)
      }
      const events = await bench.stores.runs.events(run.id, 0, 100)
      expect(journalProblem(events, sha256)).toBeUndefined()
      expect(events).toHaveLength(7)
      expect(events.slice(1).every((event, i) => event.at > (events[i]?.at ?? 0))).toBe(true)
      expect(events[1]).toMatchObject({ epoch: 1, actor: WORKER })
      const row = await bench.stores.runs.get(run.teamId, run.id)
      expect(row).toMatchObject({ foldedSeq: 7, state: foldJournal(events) })
      expect(await bench.stores.runs.events(run.id, 3, 2)).toEqual(events.slice(3, 5))
    })

    test('world time follows the clock of the environment and never runs backwards', async () => {
      const teamId = 'team-worlds'
      const start = await bench.stores.runs.now()
      const clock = { anchorPlatform: start, anchorWorld: worldInstant(5_000_000_000_000), rate: 30 }
      const run = await bench.run({ teamId, clock })
      await bench.passTime(10_000)
      const done = await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, noteDown('a'))
      if (!done.ok) throw new Error(done.why)
      const passed = (done.worldNow - clock.anchorWorld) / 1_000_000
      expect(passed).toBeGreaterThanOrEqual(300)
      expect(passed).toBeLessThan(600)
      const behind = await bench.stores.clocks.put(teamId, 'lab', { ...clock, anchorPlatform: done.now })
      expect(behind).toEqual(clock)
      const again = await bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, noteDown('b'))
      expect(again.ok && again.worldNow >= done.worldNow).toBe(true)
    })

    test('a worker that lost its epoch or its lease appends nothing', async () => {
      const run = await bench.run()
      await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      const fence = { kind: 'epoch', epoch: 1 } as const
      await bench.passTime(LEASE_MS + 1)
      expect(await bench.stores.runs.append(run.id, fence, WORKER, noteDown('lapsed'))).toEqual({
        ok: false,
        why: 'fenced',
      })
      await bench.stores.runs.claim(run.id, 'w2', LEASE_MS)
      expect(await bench.stores.runs.append(run.id, fence, WORKER, noteDown('taken'))).toEqual({
        ok: false,
        why: 'fenced',
      })
      expect(await bench.stores.runs.events(run.id, 0, 10)).toHaveLength(1)
    })

    test('writers at the same time never collide: each decides on what the others wrote', async () => {
      const run = await bench.run()
      await bench.stores.runs.claim(run.id, 'w', 60_000)
      const worker = Array.from({ length: 6 }, (_, i) =>
        bench.stores.runs.append(run.id, { kind: 'epoch', epoch: 1 }, WORKER, noteDown(`worker ${i}`)),
      )
      const people = Array.from({ length: 6 }, (_, i) =>
        bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, (state, at) =>
          state.abort === undefined
            ? [{ type: 'abort-requested', data: { reason: `${i}` } }]
            : noteDown('already')(state, at),
        ),
      )
      const results = await Promise.all([...worker, ...people])
      expect(results.every(({ ok }) => ok)).toBe(true)
      const events = await bench.stores.runs.events(run.id, 0, 100)
      expect(journalProblem(events, sha256)).toBeUndefined()
      expect(events).toHaveLength(13)
      expect(events.filter(({ type }) => type === 'abort-requested')).toHaveLength(1)
    })

    test('an append that throws, or whose event is malformed or too large, leaves no trace', async () => {
      const run = await bench.run()
      const attempt = (decide: DecideUnderLock) =>
        bench.stores.runs.append(run.id, { kind: 'open' }, PERSON, decide)
      await expect(
        attempt(() => {
          throw new Error('decide failed')
        }),
      ).rejects.toThrow('decide failed')
      const odd = { type: 'note-added', data: { text: 'x', surplus: 1 } } as unknown as RunEventBody
      await expect(attempt(() => [odd])).rejects.toThrow()
      await expect(
        attempt(() => [{ type: 'abort-requested', data: { reason: 'x'.repeat(20_000) } }]),
      ).rejects.toThrow(/16384/)
      expect(await bench.stores.runs.get(run.teamId, run.id)).toEqual(run)
      expect((await attempt(noteDown('fine'))).ok).toBe(true)
    })

    test('a target belongs to one run until that run ends, and a taken one stops the whole append', async () => {
      const [a, b] = [await bench.run({ teamId: 'team-locks' }), await bench.run({ teamId: 'team-locks' })]
      const open = { kind: 'open' } as const
      const take = (id: typeof a.id, locks: readonly string[]) =>
        bench.stores.runs.append(id, open, WORKER, noteDown('take'), { locks })
      expect((await take(a.id, ['i-1', 'i-2'])).ok).toBe(true)
      expect((await take(a.id, ['i-2', 'i-3'])).ok).toBe(true)
      expect(await take(b.id, ['i-4', 'i-3'])).toEqual({ ok: false, why: 'locked', target: 'i-3', by: a.id })
      expect(await bench.stores.runs.events(b.id, 0, 10)).toHaveLength(1)
      const other = await bench.run({ teamId: 'team-other-locks' })
      expect((await take(other.id, ['i-1'])).ok).toBe(true)
      await bench.stores.runs.append(a.id, open, WORKER, goTo('closed'))
      expect((await take(b.id, ['i-4', 'i-3', 'i-1'])).ok).toBe(true)
    })

    test('runs that take the same targets at once get them whole or not at all', async () => {
      const teamId = 'team-rush'
      const runs = await Promise.all(Array.from({ length: 5 }, () => bench.run({ teamId })))
      const results = await Promise.all(
        runs.map((run, i) =>
          bench.stores.runs.append(run.id, { kind: 'open' }, WORKER, noteDown('take'), {
            locks: i % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a'],
          }),
        ),
      )
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
      expect(results.filter((result) => !result.ok && result.why !== 'locked')).toEqual([])
    })

    test('nothing can be appended to a run that does not exist', async () => {
      const answer = await bench.stores.runs.append(bench.runId(), { kind: 'open' }, PERSON, noteDown('x'))
      expect(answer).toEqual({ ok: false, why: 'no-such-run' })
    })

    test('a run of a real environment has one time on both clocks', async () => {
      const run = await bench.run({ clock: REAL_CLOCK })
      const claim = await bench.stores.runs.claim(run.id, 'w', LEASE_MS)
      expect(claim?.worldNow).toBe(Number(claim?.now))
    })
  })
}
