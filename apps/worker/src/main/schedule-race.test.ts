import { formatWall, onceAt, plusMs, REAL_CLOCK, type Actor } from '@firedrill/core'
import { migrate, openStores, schemaKey, type Stores } from '@firedrill/db'
import { createStartRun, createTickSchedules } from '@firedrill/engine'
import { testPostgres, type FreshDatabase } from '@firedrill/local'
import { systemClock, systemIds, systemRandom } from '@firedrill/runtime'
import { buildEnvironment, buildScenario, memoryHints } from '@firedrill/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const WORKERS = 4
const TEAM = 'default'
const ADA: Actor = { kind: 'person', id: 'usr_ada', name: 'Ada' }

let database: FreshDatabase
let workers: readonly Stores[] = []
beforeAll(async () => {
  const server = await testPostgres()
  database = await server.freshDatabase({
    key: await schemaKey(),
    prepare: async (url) => void (await migrate(url)),
  })
  workers = Array.from({ length: WORKERS }, () =>
    openStores({ url: database.url, clock: systemClock, connectionsMax: 3 }),
  )
})
afterAll(async () => {
  await Promise.all(workers.map((stores) => stores.close()))
  await database.drop()
})

/** One more booking, of a drill of its own, whose time came `agoSeconds` ago. */
async function book(stores: Stores, agoSeconds: number) {
  const about = { teamId: TEAM, actor: ADA, origin: 'file', source: 'x' } as const
  const name = systemIds.mint('drill').toLowerCase().replaceAll('_', '-')
  const [scenario, environment] = [buildScenario({ name }), buildEnvironment()]
  await stores.definitions.put({
    ...about,
    kind: 'scenario',
    name: scenario.name,
    hash: 'a'.repeat(64),
    compiled: scenario,
  })
  await stores.definitions.put({
    ...about,
    kind: 'environment',
    name: environment.name,
    hash: 'b'.repeat(64),
    compiled: environment,
  })
  const drill = await stores.drills.book({
    id: systemIds.mint('drill'),
    teamId: TEAM,
    title: 'once',
    scenario: scenario.name,
    environment: environment.name,
    createdBy: ADA,
  })
  const wall = Math.floor((await stores.runs.now()) / 1_000_000) - agoSeconds
  const when = { kind: 'once', local: formatWall(wall), timeZone: 'UTC' } as const
  const made = await stores.schedules.create({
    id: systemIds.mint('schedule'),
    teamId: TEAM,
    drillId: drill.id,
    title: 'once',
    when,
    missed: { policy: 'skip' },
    enabled: true,
    createdBy: ADA,
    nextAt: onceAt(when),
  })
  return { ...made, nextAt: onceAt(when) }
}

/** All workers look at once, over connections of their own; `forget` leaves out the key that names the occurrence. */
async function race({ forget }: Readonly<{ forget: boolean }>): Promise<void> {
  await Promise.all(
    workers.map((stores) => {
      const startRun = createStartRun({
        ...stores,
        hints: memoryHints(),
        ids: systemIds,
        random: systemRandom,
        clockOf: async () => REAL_CLOCK,
      })
      return createTickSchedules({
        ...stores,
        startRun: (drill, actor, options) => startRun(drill, actor, forget ? { sandboxOnly: true } : options),
        sandboxOnly: true,
        onFailure: (_, error) => {
          throw error
        },
      })()
    }),
  )
}

async function runsOf(drillId: string): Promise<readonly string[]> {
  const all = (await workers[0]?.runs.list(TEAM, { limit: 200 })) ?? []
  return all.filter((run) => run.drillId === drillId).map(({ state }) => state.status)
}

describe('workers that look at one schedule at once, on PostgreSQL', () => {
  it('make one run for each occurrence, and one record of it', async () => {
    const [stores] = workers
    if (stores === undefined) throw new Error('no worker')
    const schedules = [await book(stores, 3), await book(stores, 2), await book(stores, 2)]
    for (let round = 0; round < 3; round++) await race({ forget: false })
    for (const { id, drillId, nextAt } of schedules) {
      const all = await stores.schedules.occurrences(TEAM, nextAt, plusMs(nextAt, 1))
      expect(all.filter((one) => one.scheduleId === id)).toMatchObject([{ outcome: 'started' }])
      expect(await runsOf(drillId)).toEqual(['booked'])
    }
  })

  it('control: without the key of the occurrence they make more', async () => {
    const [stores] = workers
    if (stores === undefined) throw new Error('no worker')
    const { drillId } = await book(stores, 2)
    await race({ forget: true })
    expect((await runsOf(drillId)).length).toBeGreaterThan(1)
  })
})
