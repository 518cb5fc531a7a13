import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isEnd, type Actor, type DrillId, type RunId, type RunRow } from '@firedrill/core'
import { migrate, openStores, type Stores } from '@firedrill/db'
import { createStartRun, createUseCases } from '@firedrill/engine'
import { startPostgres, startRedis, type LocalPostgres, type LocalRedis } from '@firedrill/local'
import { createQueue } from '@firedrill/queue'
import { createWorldClocks, sha256, systemClock, systemIds } from '@firedrill/runtime'
import { seededRandom } from '@firedrill/testkit'
import type { Backend } from '../figures/figure.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'
import type { DrillDefinition } from './drill-kinds.ts'

const TEAM = 'default'
/** More than any bench starts. */
const RUNS_MAX = 5000
const TRIES_MAX = 10
const BENCH: Actor = { kind: 'person', id: 'bench', name: 'Bench' }

/** A server that can be lost. */
export type Server = 'postgres' | 'redis'

/** Real stores and a real queue, and the use-cases that an API would call. No worker runs yet. */
export type Lab = Readonly<{
  backend: Backend
  dir: string
  postgres: LocalPostgres
  redis: LocalRedis | undefined
  /** Kills the server; what is answered starts it again, with the same data at the same port. */
  lose(server: Server): Promise<() => Promise<void>>
  stores: Stores
  useCases: ReturnType<typeof createUseCases>
  /** What worker processes need to find all this. */
  env: Readonly<Record<string, string>>
  /** Writes scenario and environment down and books a drill of them. */
  book(drill: DrillDefinition): Promise<DrillId>
  /** Starts a run under an id that is known before anybody works on it. */
  start(drill: DrillId, run: RunId): Promise<void>
  abort(run: RunId, reason: string): Promise<void>
  /** Approves the plan that the run has frozen. */
  approve(run: RunId): Promise<void>
  setHalt(reason: string): Promise<void>
  liftHalt(reason: string): Promise<void>
  row(run: RunId): Promise<RunRow>
  /** Runs that are not over. */
  open(): Promise<readonly RunId[]>
  stop(): Promise<void>
}>

/** Starts PostgreSQL, and Redis where that carries the hints, in a directory of their own. */
export async function startLab(backend: Backend, seed: number): Promise<Lab> {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-proof-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(dir, 0o755)
  const closers: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true })]
  const stop = async () => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    const dataDir = join(dir, 'postgres')
    let postgres = await startPostgres({ dataDir, databaseUrl: null })
    closers.push(() => postgres.stop())
    await migrate(postgres.url)
    let redis = backend === 'redis' ? await redisIn(join(dir, 'redis')) : undefined
    closers.push(async () => redis?.stop())
    const lose = async (server: Server) => {
      const lost = server === 'postgres' ? postgres : redis
      if (lost?.pid === undefined || lost.pid === null) throw new Error(`there is no ${server} to lose`)
      process.kill(lost.pid, 'SIGKILL')
      await lost.exited
      await lost.stop()
      const { port, url } = lost
      const password = decodeURIComponent(new URL(url).password)
      return async () => {
        if (server === 'postgres') postgres = await startPostgres({ dataDir, databaseUrl: null, port })
        else redis = await redisIn(join(dir, 'redis'), { port, password })
      }
    }
    const stores = openStores({ url: postgres.url, connectionsMax: 10, name: 'proof', clock: systemClock })
    closers.push(() => stores.close())
    const queue = await createQueue(
      redis === undefined ? { backend: 'postgres', url: postgres.url } : { backend: 'redis', url: redis.url },
    )
    closers.push(() => queue.close())
    const clocks = createWorldClocks({
      store: stores.clocks,
      platformNow: () => stores.runs.now(),
      clock: systemClock,
    })
    closers.push(() => clocks.stop())
    const ports = {
      ...stores,
      hints: queue.hints,
      installation: { ceiling: {}, hosts: [], paging: 'nobody' },
      random: seededRandom(seed),
      calls: systemClock,
      clockOf: (team, environment) => clocks.of(team, environment),
      sha256,
      ids: systemIds,
      cloud: () => Promise.reject(new Error('proofs do not plan without a run')),
      sandboxOnly: true,
    } satisfies Parameters<typeof createUseCases>[0]
    const useCases = createUseCases(ports)
    const asker = { teamId: TEAM, actor: BENCH }
    return {
      backend,
      dir,
      postgres,
      redis,
      lose,
      stores,
      useCases,
      env: {
        DATABASE_URL: postgres.url,
        FIREDRILL_DB_POOL: '4',
        FIREDRILL_CONCURRENCY: '1',
        FIREDRILL_KIT_DIR: join(dir, 'kits'),
        FIREDRILL_LOG_LEVEL: 'error',
        // Of all arenas: to compile everything anew for each takes longer than some drills.
        NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/firedrill-proof'),
        ...(redis === undefined ? { FIREDRILL_QUEUE: 'postgres' } : { REDIS_URL: redis.url }),
      },
      async book({ scenario, environment }) {
        const from = { ...asker, source: '', origin: 'file' } as const
        await inTime(() => useCases.applyDefinition({ ...from, kind: 'environment', compiled: environment }))
        await inTime(() => useCases.applyDefinition({ ...from, kind: 'scenario', compiled: scenario }))
        const { id } = await stores.drills.book({
          id: systemIds.mint('drill'),
          teamId: TEAM,
          title: scenario.title,
          scenario: scenario.name,
          environment: environment.name,
          createdBy: BENCH,
        })
        return id
      },
      async start(drillId, run) {
        const drill = await stores.drills.get(TEAM, drillId)
        if (drill === undefined) throw new Error(`drill ${drillId} is gone from the database`)
        const startRun = createStartRun({ ...ports, ids: { mint: () => run as never } })
        await startRun(drill, BENCH, { sandboxOnly: true, seed })
      },
      abort: async (runId, reason) => void (await useCases.requestAbort({ ...asker, runId, reason })),
      async approve(runId) {
        const run = await stores.runs.get(TEAM, runId)
        const plan = run?.state.planHash ?? ''
        await useCases.approveRun({ ...asker, runId, reason: 'as planned', plan })
      },
      setHalt: (reason) => useCases.setHalt({ ...asker, reason }),
      liftHalt: (reason) => useCases.liftHalt({ ...asker, reason }),
      async open() {
        const newest = await stores.runs.list(TEAM, { limit: RUNS_MAX })
        return newest.flatMap(({ id, state }) => (isEnd(state.status) ? [] : [id]))
      },
      async row(run) {
        const found = await stores.runs.get(TEAM, run)
        if (found === undefined) throw new Error(`run ${run} is gone from the database`)
        return found
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** On a busy machine a transaction may not get its connection in time; nothing of it was done. */
async function inTime<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write()
    } catch (error) {
      if (tries === TRIES_MAX || !String(error).includes('Unable to start a transaction')) throw error
    }
  }
}

async function redisIn(
  dir: string,
  known: Readonly<{ port?: number; password?: string }> = {},
): Promise<LocalRedis> {
  const redis = await startRedis({ dir, ...known })
  if (redis.kind === 'absent') throw new Error(`Redis is not installed: ${redis.install}`)
  return redis
}
