import { platformInstant, plusMs, REAL_CLOCK, type DecideUnderLock, type RunId } from '@firedrill/core'
import {
  buildRunCreated,
  manualTime,
  memoryStores,
  PERSON,
  seededIds,
  seededRandom,
  TEAM,
  WORKER,
  type StoreSet,
} from '@firedrill/testkit'
import { expect, test } from 'vitest'
import { testStores } from '../testing/test-stores.ts'

// Leases and pauses are minutes, so that the milliseconds that a real database takes decide nothing.
const LEASE_MS = 500_000
const PAUSE_MS = 200_000
const STEPS = 250

/** One thing that happens to a store, with all chance taken out; answers what can be compared. */
type Step = Readonly<{ name: string; run: (stores: StoreSet) => Promise<unknown> }>

const note: DecideUnderLock = (state) =>
  state.abort === undefined
    ? [{ type: 'abort-requested', data: { reason: 'enough' } }]
    : [{ type: 'note-added', data: { text: state.status } }]

function steps(ids: readonly RunId[], seed: number): readonly Step[] {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[Math.floor(random.next() * from.length)]
    if (picked === undefined) throw new Error('there is nothing to pick from')
    return picked
  }
  return Array.from({ length: STEPS }, (): Step => {
    const id = pick(ids)
    const epoch = Math.floor(random.next() * 4)
    const lock = pick(['a', 'b', 'c'])
    const target = random.next() < 0.06 ? 'closed' : pick(['planning', 'baseline', 'injecting'] as const)
    const isWorker = random.next() < 0.5
    const fence = isWorker ? ({ kind: 'epoch', epoch } as const) : ({ kind: 'open' } as const)
    const actor = isWorker ? WORKER : PERSON
    const appended = async (stores: StoreSet, decide: DecideUnderLock, locks: readonly string[] = []) => {
      const result = await stores.runs.append(id, fence, actor, decide, { locks })
      return result.ok ? [result.state.status, result.foldedSeq, result.events.length] : result
    }
    return pick<Step>([
      { name: 'claim', run: async ({ runs }) => (await runs.claim(id, 'w', LEASE_MS))?.epoch },
      { name: 'renew', run: ({ runs }) => runs.renew(id, epoch, LEASE_MS) },
      { name: 'note', run: (stores) => appended(stores, note) },
      {
        name: `lock ${lock}`,
        run: (stores) => appended(stores, () => [{ type: 'note-added', data: { text: lock } }], [lock]),
      },
      {
        name: `go to ${target}`,
        run: (stores) =>
          appended(stores, (state) =>
            state.status === 'closed'
              ? []
              : [{ type: 'status-changed', data: { from: state.status, to: target, why: '' } }],
          ),
      },
      {
        name: 'yield',
        run: async ({ runs }) => runs.yield(id, epoch, { at: plusMs(await runs.now(), PAUSE_MS * epoch) }),
      },
      { name: 'yield for good', run: ({ runs }) => runs.yield(id, epoch, { at: platformInstant(2 ** 52) }) },
      { name: 'wake', run: ({ runs }) => runs.wake(id) },
      {
        name: 'guard',
        run: async ({ runs }) => {
          const { epochHolds, abortRequested, leaseLeftMs } = await runs.guard(id, epoch)
          return [epochHolds, abortRequested, Math.round(leaseLeftMs / 100_000)]
        },
      },
    ])
  })
}

test.each([1, 2, 3])(
  'PostgreSQL and the in-memory fake answer alike, whatever happens (seed %i)',
  async (seed) => {
    const time = manualTime()
    const fake = memoryStores(time.now)
    const real = await testStores()
    const mint = seededIds(seed)
    const ids = Array.from({ length: 3 }, () => mint.mint('run'))
    for (const id of ids) {
      const created = {
        id,
        teamId: TEAM,
        drillId: mint.mint('drill'),
        clock: REAL_CLOCK,
        created: buildRunCreated(),
        actor: PERSON,
      }
      await fake.runs.create(created)
      await real.stores.runs.create(created)
    }
    const random = seededRandom(seed + 100)
    for (const [index, step] of steps(ids, seed).entries()) {
      if (random.next() < 0.3) {
        await time.advance(PAUSE_MS)
        await real.passTime(PAUSE_MS)
      }
      const [expected, answered] = [await step.run(fake), await step.run(real.stores)]
      expect(answered, `step ${index}: ${step.name}`).toEqual(expected)
      const due = async ({ runs }: StoreSet) => (await runs.due(10)).map(({ id }) => id).toSorted()
      expect(await due(real.stores), `due after step ${index}: ${step.name}`).toEqual(await due(fake))
    }
    for (const id of ids) {
      const types = async ({ runs }: StoreSet) =>
        (await runs.events(id, 0, 1000)).map(({ type, epoch }) => [type, epoch])
      expect(await types(real.stores)).toEqual(await types(fake))
    }
    await real.close()
  },
)
