import { describe, expect, test } from 'vitest'
import {
  canonicalJson,
  plusMs,
  worldInstant,
  type RunId,
  type UndoPlan,
  type UndoRecord,
} from '@firedrill/core'
import { buildScenario } from '../builders/scenario-builder.ts'
import { definitionHash, PERSON, TEAM, WORKER } from '../builders/journal-builder.ts'
import { sha256 } from '../memory/sha256.ts'
import { goTo } from './run-store-suite.ts'
import { openBench, type StoreFactory } from './store-factory.ts'

const plan: UndoPlan = {
  fault: 'fake-break',
  faultVersion: 1,
  targets: [{ id: 'i-1', label: 'i-1', region: 'eu-west-1' }],
  restoration: 'exact',
  capture: { 'i-1': 'running' },
  key: 'key-1',
  commands: ['fake set i-1 running'],
}

function record(runId: RunId, overrides: Partial<UndoRecord> = {}): UndoRecord {
  return {
    teamId: TEAM,
    runId,
    step: 'break',
    hash: sha256(canonicalJson(plan)),
    plan,
    expiresAt: worldInstant(9_000_000_000_000_000),
    environmentHash: 'e'.repeat(64),
    status: 'prepared',
    ...overrides,
  }
}

/** What every `UndoStore` promises; its records are written by `RunStore.append`. */
export function undoStoreSuite(name: string, factory: StoreFactory): void {
  describe(`${name}: undo plans`, () => {
    const bench = openBench(factory)
    const write = (runId: RunId, overrides: Partial<UndoRecord> = {}) =>
      bench.stores.runs.append(runId, { kind: 'open' }, WORKER, () => [], {
        undo: [record(runId, overrides)],
      })
    const overdue = async () => (await bench.stores.undo.overdue()).map(({ runId }) => runId)

    test('a plan waits for a reaper to acknowledge it, and only its own hash counts', async () => {
      const { id } = await bench.run()
      await write(id)
      const waiting = async () =>
        (await bench.stores.undo.unacknowledged()).filter(({ runId }) => runId === id)
      expect(await waiting()).toEqual([record(id)])
      await bench.stores.undo.acknowledge(id, 'break', 'f'.repeat(64), 'reaper')
      expect(await waiting()).toHaveLength(1)
      await bench.stores.undo.acknowledge(id, 'break', record(id).hash, 'reaper')
      await bench.stores.undo.acknowledge(id, 'break', record(id).hash, 'another')
      expect(await waiting()).toEqual([])
      expect(await bench.stores.undo.get(id, 'break')).toMatchObject({ acknowledgedBy: 'reaper' })
    })

    test('an acknowledgement survives the handle becoming known and not a changed plan', async () => {
      const { id } = await bench.run()
      await write(id)
      await bench.stores.undo.acknowledge(id, 'break', record(id).hash, 'reaper')
      await write(id, { plan: { ...plan, handle: 'effect-1' }, status: 'live' })
      expect(await bench.stores.undo.ofRun(id)).toMatchObject([
        { status: 'live', acknowledgedBy: 'reaper', plan: { handle: 'effect-1' } },
      ])
      await write(id, { hash: 'c'.repeat(64) })
      expect((await bench.stores.undo.get(id, 'break'))?.acknowledgedBy).toBeUndefined()
    })

    test('a plan of an append that was refused is not kept', async () => {
      const { id } = await bench.run()
      const refused = await bench.stores.runs.append(id, { kind: 'epoch', epoch: 9 }, WORKER, () => [], {
        undo: [record(id)],
      })
      expect(refused.ok).toBe(false)
      expect(await bench.stores.undo.ofRun(id)).toEqual([])
      expect(await bench.stores.undo.get(id, 'break')).toBeUndefined()
    })

    test('a live plan is overdue once the world reaches its expiry, whatever the rate', async () => {
      const teamId = 'team-expiry'
      const now = await bench.stores.runs.now()
      const clock = { anchorPlatform: now, anchorWorld: worldInstant(1_000_000_000), rate: 10 }
      const { id } = await bench.run({ teamId, clock })
      await write(id, { teamId, status: 'live', expiresAt: plusMs(clock.anchorWorld, 600_000) })
      await bench.passTime(50_000)
      expect(await overdue()).not.toContain(id)
      await bench.passTime(10_001)
      expect(await overdue()).toContain(id)
      await write(id, { teamId, status: 'undone' })
      expect(await overdue()).not.toContain(id)
    })

    test('a halt makes every live plan overdue', async () => {
      const { id } = await bench.run()
      await write(id, { status: 'live' })
      expect(await overdue()).not.toContain(id)
      await bench.stores.halt.set(PERSON, 'stop')
      expect(await overdue()).toContain(id)
      await bench.stores.halt.lift(PERSON, 'go on')
      await write(id, { status: 'prepared' })
      expect(await overdue()).not.toContain(id)
    })

    test('a run that was asked to abort and that no worker takes is overdue', async () => {
      const { id } = await bench.run()
      await write(id, { status: 'live' })
      await bench.stores.runs.append(id, { kind: 'open' }, PERSON, () => [
        { type: 'abort-requested', data: { reason: 'enough' } },
      ])
      expect(await overdue()).not.toContain(id)
      await bench.passTime(15_001)
      expect(await overdue()).toContain(id)
      await bench.stores.runs.claim(id, 'w', 5000)
      expect(await overdue()).not.toContain(id)
    })

    test('a run past its recovery deadline is overdue', async () => {
      const scenario = buildScenario()
      await bench.stores.definitions.put({
        kind: 'scenario',
        teamId: TEAM,
        name: scenario.name,
        hash: definitionHash(scenario),
        source: '',
        compiled: scenario,
        origin: 'file',
        actor: PERSON,
      })
      const { id } = await bench.run()
      await write(id, { status: 'live' })
      await bench.stores.runs.append(id, { kind: 'open' }, WORKER, goTo('recovering'))
      await bench.passTime(scenario.timing.recoverWithinMs - 5000)
      expect(await overdue()).not.toContain(id)
      await bench.passTime(6000)
      expect(await overdue()).toContain(id)
    })
  })
}
