import { describe, expect, test } from 'vitest'
import type { RunEventType, RunId, Webhook } from '@firedrill/core'
import { PERSON } from '../builders/journal-builder.ts'
import { seededIds } from '../time/seeded.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

const LEASE_MS = 60_000

/** What a store of webhooks promises. */
export function webhookStoreSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: webhooks`, () => {
    const bench = openBench(factory)
    const ids = seededIds(23)
    const hook = (
      teamId: string,
      types: readonly RunEventType[] = ['run-created', 'note-added'],
    ): Promise<Webhook> =>
      bench.stores.webhooks.create({
        id: ids.mint('webhook'),
        teamId,
        name: 'hook',
        kind: 'cloudevents',
        url: 'https://receiver.example/hook',
        secret: 'whsec_AAAA',
        types,
        createdBy: PERSON,
      })
    const note = async (id: RunId, text: string) => {
      await bench.stores.runs.append(id, { kind: 'open' }, PERSON, () => [
        { type: 'note-added', data: { text } },
      ])
      // No two events of a run are at the same instant.
      await bench.passTime(1)
    }
    const claimed = async (teamId: string) => {
      const due = await bench.stores.webhooks.claim(100, LEASE_MS)
      const others = due.filter(({ webhook }) => webhook.teamId !== teamId)
      for (const other of others) await bench.stores.webhooks.settle(other, { ok: true })
      return due.filter(({ webhook }) => webhook.teamId === teamId)
    }
    const seqs = (due: Awaited<ReturnType<typeof claimed>>) => due.map(({ event }) => event.seq)

    test('the first event of a run that waits holds the others back until it was taken, and runs do not wait for each other', async () => {
      const [teamId, { webhooks }] = ['order', bench.stores]
      const made = await hook(teamId)
      const [one, two] = [await bench.run({ teamId }), await bench.run({ teamId })]
      await note(one.id, 'a')
      const first = await claimed(teamId)
      expect(first.map(({ event }) => [event.runId, event.seq])).toEqual([
        [one.id, 1],
        [two.id, 1],
      ])
      expect(first[0]).toMatchObject({
        webhook: made,
        attempt: 1,
        run: { number: one.number, scenario: one.state.scenario.name },
        event: (await bench.stores.runs.events(one.id, 0, 1))[0],
      })
      expect(await claimed(teamId)).toEqual([])
      for (const due of first) await webhooks.settle(due, { ok: true })
      expect(seqs(await claimed(teamId))).toEqual([2])
    })

    test('what failed comes back later, what nobody settled when its lease is over, and nothing in between', async () => {
      const [teamId, { webhooks }] = ['retry', bench.stores]
      await hook(teamId)
      const { id } = await bench.run({ teamId })
      await note(id, 'a')
      const [failed] = await claimed(teamId)
      if (failed === undefined) throw new Error('nothing was due')
      await webhooks.settle(failed, { ok: false, why: 'the receiver answered 503' })
      expect(await claimed(teamId)).toEqual([])
      await bench.passTime(3000)
      const [again] = await claimed(teamId)
      expect([again?.event.seq, again?.attempt]).toEqual([1, 2])
      await bench.passTime(LEASE_MS + 1000)
      const [third] = await claimed(teamId)
      expect(third?.attempt).toBe(3)
      // Too late: somebody else has followed it up.
      if (again !== undefined) await webhooks.settle(again, { ok: false, why: 'late', gone: true })
      if (third !== undefined) await webhooks.settle(third, { ok: true })
      expect(seqs(await claimed(teamId))).toEqual([2])
    })

    test('what was given up on is seen, lets the next one pass, and waits again when it is replayed', async () => {
      const [teamId, { webhooks }] = ['dead', bench.stores]
      const { id: hookId } = await hook(teamId)
      const { id } = await bench.run({ teamId })
      await note(id, 'a')
      const [gone] = await claimed(teamId)
      if (gone !== undefined)
        await webhooks.settle(gone, { ok: false, why: 'the receiver answered 410', gone: true })
      expect(seqs(await claimed(teamId))).toEqual([2])
      expect(await webhooks.deliveries(teamId, hookId, { state: 'dead', limit: 10 })).toMatchObject([
        {
          run: id,
          seq: 1,
          type: 'run-created',
          state: 'dead',
          attempts: 1,
          problem: 'the receiver answered 410',
        },
      ])
      expect(await webhooks.deliveries('others', hookId, { limit: 10 })).toEqual([])
      expect(await webhooks.replay('others', hookId)).toBe(0)
      expect(await webhooks.replay(teamId, hookId)).toBe(1)
      const [replayed] = await claimed(teamId)
      expect([replayed?.event.seq, replayed?.attempt]).toEqual([1, 1])
      expect((await webhooks.deliveries(teamId, hookId, { limit: 1 }))[0]?.seq).toBe(2)
    })

    test('a webhook gets the types it asked for, of its own team, from when it was made until it is removed', async () => {
      const [teamId, { webhooks }] = ['types', bench.stores]
      const before = await bench.run({ teamId })
      await bench.passTime(1)
      const made = await hook(teamId, ['note-added'])
      const other = await bench.run({ teamId: 'types-of-others' })
      await note(other.id, 'not for it')
      await note(before.id, 'for it')
      const due = await claimed(teamId)
      expect(due.map(({ event }) => [event.runId, event.type])).toEqual([[before.id, 'note-added']])
      for (const one of due) await webhooks.settle(one, { ok: true })
      expect(await webhooks.list(teamId)).toEqual([made])
      expect(await webhooks.remove('others', made.id)).toBe(false)
      expect(await webhooks.remove(teamId, made.id)).toBe(true)
      expect([await webhooks.remove(teamId, made.id), await webhooks.list(teamId)]).toEqual([false, []])
      await note(before.id, 'too late')
      expect(await claimed(teamId)).toEqual([])
    })
  })
}
