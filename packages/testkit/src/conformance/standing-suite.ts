import { canonicalJson, worldInstant, type UndoPlan } from '@firedrill/core'
import { describe, expect, test } from 'vitest'
import { PERSON, WORKER } from '../builders/journal-builder.ts'
import { sha256 } from '../memory/sha256.ts'
import { seededIds } from '../time/seeded.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

const MINUTE_MS = 60_000

const plan: UndoPlan = {
  fault: 'fake-break',
  faultVersion: 1,
  targets: [{ id: 'i-1', label: 'i-1', region: 'eu-west-1' }],
  restoration: 'exact',
  capture: { 'i-1': 'running' },
  key: 'key-1',
  commands: ['fake set i-1 running'],
}

/** What whoever watches the installation is told, all teams together. */
export function standingSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: how the installation stands`, () => {
    const bench = openBench(factory)

    test('counts runs, faults past their expiry and events that nobody took', async () => {
      const { stores } = bench
      expect(await stores.readStanding()).toEqual({
        runs: {},
        faults: { live: 0, overdue: 0, longestOverdueMs: 0 },
        events: { waiting: 0, dead: 0, longestWaitingMs: 0 },
        isHalted: false,
      })
      const teamId = 'standing'
      const about = { kind: 'cloudevents', url: 'https://x.example/', secret: '', createdBy: PERSON } as const
      const id = seededIds(29).mint('webhook')
      await stores.webhooks.create({ id, teamId, name: 'hook', types: ['run-created'], ...about })
      const run = await bench.run({ teamId })
      const expiresAt = worldInstant(run.createdAt + MINUTE_MS * 1000)
      const undo = {
        teamId,
        runId: run.id,
        step: 'break',
        hash: sha256(canonicalJson(plan)),
        plan,
        expiresAt,
      }
      await stores.runs.append(run.id, { kind: 'open' }, WORKER, () => [], {
        undo: [{ ...undo, environmentHash: 'e'.repeat(64), status: 'live' }],
      })
      expect(await stores.readStanding()).toMatchObject({
        runs: { [run.state.status]: 1 },
        faults: { live: 1, overdue: 0, longestOverdueMs: 0 },
        events: { waiting: 1, dead: 0 },
      })
      await bench.passTime(3 * MINUTE_MS)
      await stores.halt.set(PERSON, 'test')
      const later = await stores.readStanding()
      expect(later).toMatchObject({ faults: { live: 1, overdue: 1 }, isHalted: true })
      for (const ms of [
        later.faults.longestOverdueMs - 2 * MINUTE_MS,
        later.events.longestWaitingMs - 3 * MINUTE_MS,
      ])
        expect(Math.abs(ms)).toBeLessThan(MINUTE_MS / 2)
    })
  })
}
