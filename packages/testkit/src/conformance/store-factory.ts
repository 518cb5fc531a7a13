import { afterAll, beforeAll } from 'vitest'
import type { DrillId, Id, RunId, RunRow } from '@firedrill/core'
import { REAL_CLOCK, type EnvironmentClock } from '@firedrill/core'
import { buildRunCreated, PERSON, TEAM } from '../builders/journal-builder.ts'
import type { StoreSet } from '../memory/memory-stores.ts'
import { seededIds } from '../time/seeded.ts'

/** The stores under test, with their platform time in the hand of the suite. */
export type StoresUnderTest = Readonly<{
  stores: StoreSet
  /** Moves the stores' platform time forward. */
  passTime(ms: number): Promise<void>
  close(): Promise<void>
}>

/** Makes fresh, empty stores. */
export type StoreFactory = () => Promise<StoresUnderTest>

/** What the suites share: the stores, ids that are new in every test, and a run that is due. */
export type Bench = Readonly<{
  stores: StoreSet
  passTime(ms: number): Promise<void>
  runId(): RunId
  drillId(): DrillId
  gameDayId(): Id<'gameDay'>
  /** Creates a run; by default in a team and an environment of everybody. */
  run(
    options?: Readonly<{ id?: RunId; teamId?: string; clock?: EnvironmentClock; idempotencyKey?: string }>,
  ): Promise<RunRow>
}>

/** Opens the stores once per suite; tests keep apart by ids and teams of their own. */
export function openBench(factory: StoreFactory): Bench {
  const ids = seededIds(7)
  let opened: StoresUnderTest | undefined
  const now = () => {
    if (opened === undefined) throw new Error('the stores are open only while tests run')
    return opened
  }
  beforeAll(async () => {
    opened = await factory()
  })
  afterAll(async () => {
    await opened?.close()
  })
  return {
    get stores() {
      return now().stores
    },
    passTime: (ms) => now().passTime(ms),
    runId: () => ids.mint('run'),
    drillId: () => ids.mint('drill'),
    gameDayId: () => ids.mint('gameDay'),
    run: ({ id, teamId, clock, idempotencyKey } = {}) =>
      now().stores.runs.create({
        id: id ?? ids.mint('run'),
        teamId: teamId ?? TEAM,
        drillId: ids.mint('drill'),
        clock: clock ?? REAL_CLOCK,
        created: buildRunCreated({ teamId: teamId ?? TEAM }),
        actor: PERSON,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      }),
  }
}
