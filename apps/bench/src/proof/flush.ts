import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { have, installCommand } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { Client } from 'pg'
import { rounded, type Backend, type Bench, type Figure } from '../figures/figure.ts'
import { eachInAWorld, openArena, type Played } from './arena.ts'
import { wrongWith } from './crash.ts'
import { drillOf, stepsOf } from './drill-kinds.ts'
import type { Lab } from './lab.ts'
import type { Weakness } from './weakness.ts'

const SEED = 1
const WORLDS = 3
const DRILLS = { default: 9, full: 51 } as const
const EVERY_MS = { default: 400, full: 300 } as const
const CONTROL_DRILLS = 3
const CONTROL_LOST_MS = 40_000
const run = promisify(execFile)

/** The queue is emptied again and again while drills go on. */
export const flush: Bench = {
  name: 'flush',
  about: 'the queue emptied again and again in mid-drill: nothing lost, at most two seconds added',
  async *run({ size, say }) {
    yield* measure('postgres', size, say)
    if (have('redis')) yield* measure('redis', size, say)
    else say(`redis is left out: ${installCommand('redis')}`)
  },
}

type Series = Readonly<{ played: readonly Played[]; flushes: number }>

async function* measure(
  backend: Backend,
  size: keyof typeof DRILLS,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const drills = DRILLS[size]
  const calm = await series(backend, { drills: Math.ceil(drills / 3) })
  const flushed = await series(backend, { drills, everyMs: EVERY_MS[size] })
  for (const one of flushed.played) for (const text of wrongWith(one)) say(`${backend}: ${text}`)
  const about = { bench: 'flush', backend, seed: SEED, better: 'lower' } as const
  const count = { ...about, unit: 'count' } as const
  const late = ({ played }: Series) =>
    rounded(Math.max(...played.flatMap(({ watched }) => watched.latenesses)) / 1000)
  yield {
    ...count,
    figure: 'drills',
    better: 'higher',
    value: flushed.played.length,
    goal: size === 'full' ? 50 : null,
  }
  yield {
    ...count,
    figure: 'flushes',
    better: 'higher',
    value: flushed.flushes,
    goal: size === 'full' ? 200 : null,
  }
  yield { ...count, figure: 'runs-lost', value: flushed.played.filter(({ lost }) => lost).length, goal: 0 }
  yield {
    ...count,
    figure: 'wrong',
    value: flushed.played.reduce((sum, one) => sum + wrongWith(one).length, 0),
    goal: 0,
  }
  yield { ...about, unit: 's', figure: 'late-calm-max', value: late(calm), goal: null }
  yield {
    ...about,
    unit: 's',
    figure: 'late-flushed-max',
    value: late(flushed),
    goal: rounded(late(calm) + 2),
  }
  const control = await series(backend, { drills: CONTROL_DRILLS, everyMs: 100, weakness: 'unreconciled' })
  const lost = control.played.filter((one) => one.lost).length
  say(`control, nobody looks for forgotten runs: ${lost} of ${CONTROL_DRILLS} lost`)
  yield { ...count, figure: 'control-unreconciled-lost', better: 'higher', value: lost, goal: 1 }
}

async function series(
  backend: Backend,
  { drills, everyMs, weakness }: Readonly<{ drills: number; everyMs?: number; weakness?: Weakness }>,
): Promise<Series> {
  const arena = await openArena({
    backend,
    seed: SEED,
    worlds: WORLDS,
    ...(weakness === undefined ? {} : { weakness }),
  })
  const played: Played[] = []
  let flushes = 0
  const over = new AbortController()
  const flushing = async (waitMs: number) => {
    while (!over.signal.aborted) {
      if (await empty(arena.lab)) flushes++
      await systemClock.sleep(waitMs, over.signal)
    }
  }
  const flusher = everyMs === undefined ? undefined : flushing(everyMs)
  // A failure is thrown where the drills have ended; until then it must not end the process.
  flusher?.catch(() => undefined)
  try {
    const items = Array.from({ length: drills }, (_, n) => n)
    await eachInAWorld(arena.worlds, items, async (_, world) => {
      const options = weakness === undefined ? {} : { lostMs: CONTROL_LOST_MS }
      played.push(await arena.play(drillOf('flush', world, stepsOf('linear', world)), world, options))
    })
    over.abort()
    await flusher
    return { played, flushes }
  } finally {
    over.abort()
    await flusher?.catch(() => undefined)
    await arena.close()
  }
}

/** PostgreSQL's code for a transaction that lost a deadlock: nothing of it happened. */
const DEADLOCK = '40P01'

/** Everything the queue knows is gone: FLUSHALL, or every row of its tables. False: not this time. */
async function empty({ redis, postgres }: Lab): Promise<boolean> {
  if (redis !== undefined) {
    const { password, port } = new URL(redis.url)
    const env = { ...process.env, REDISCLI_AUTH: decodeURIComponent(password) }
    // Its exit code is 0 whatever it was answered.
    const { stdout } = await run('redis-cli', ['-p', port, 'FLUSHALL'], { env })
    if (stdout.trim() !== 'OK') throw new Error(`Redis was not flushed: ${stdout}`)
    return true
  }
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables
       WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    )
    // Rows, not whole tables: TRUNCATE locks out everybody, and whoever it then deadlocks with is not flushed but killed.
    const all = rows.map(({ name }) => `DELETE FROM ${name};`).join(' ')
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica; ${all} COMMIT`)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === DEADLOCK) return false
    throw error
  } finally {
    await client.end()
  }
}
