import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CHUNK_SAMPLES_MAX,
  encodeChunk,
  plusMs,
  REAL_CLOCK,
  worldInstant,
  type RunId,
  type Sample,
} from '@firedrill/core'
import { migrate, openStores, type Stores } from '@firedrill/db'
import { startPostgres } from '@firedrill/local'
import { systemClock, systemIds } from '@firedrill/runtime'
import { buildRunCreated, PERSON, seededRandom, TEAM } from '@firedrill/testkit'
import { quantile, rounded, type Bench, type Figure } from '../figures/figure.ts'
import { recordLoopback } from './record-loopback.ts'
import { longSeries, latencyEntropyBytes } from './long-series.ts'

const SEED = 1
const STREAMS = 50
const RECORD_MS = { default: 30_000, full: 120_000 } as const
/** Series that are written to PostgreSQL and read back, besides those that are only packed. */
const STORED = { default: 3, full: STREAMS } as const
const HOURS = 24
const WINDOWS = 100
const BATCH = 10_000

/** What a day of samples of fifty series takes, and how fast an hour of one of them is read. */
export const evidence: Bench = {
  name: 'evidence',
  about: 'bytes a sample of 24 h of 50 series recorded on loopback, and how fast an hour of one is read',
  async *run({ size, say }) {
    const recorded = await recordLoopback(STREAMS, RECORD_MS[size])
    say(
      `recorded ${recorded.length} samples of ${STREAMS} probes; a day is made of them, in another order a series`,
    )
    yield* packing(recorded, 1000, say)
    yield* packing(recorded, 1, say)
    yield* await reading(recorded, STORED[size], say)
  },
}

function* packing(
  recorded: readonly Sample[],
  unit: 1 | 1000,
  say: (line: string) => void,
): Generator<Figure> {
  const name = unit === 1000 ? 'ms' : 'us'
  let bytes = 0
  let entropyBytes = 0
  let count = 0
  for (let n = 0; n < STREAMS; n++) {
    const series = longSeries(recorded, n, HOURS, unit)
    for (let at = 0; at < series.length; at += CHUNK_SAMPLES_MAX)
      bytes += encodeChunk(series.slice(at, at + CHUNK_SAMPLES_MAX)).byteLength
    entropyBytes += latencyEntropyBytes(series, unit)
    count += series.length
  }
  say(
    `${name}: ${count} samples in ${bytes} bytes; their latencies alone are worth ${Math.round(entropyBytes)}`,
  )
  const each = (value: number) => Math.round((1000 * value) / count) / 1000
  const about = { bench: 'evidence', unit: 'bytes', better: 'lower', backend: null, seed: SEED } as const
  yield { ...about, figure: `bytes-a-sample-${name}`, value: each(bytes), goal: null }
  yield { ...about, figure: `latency-entropy-${name}`, value: each(entropyBytes), goal: null }
  // Promised for milliseconds, which is what services are measured in; microseconds are kept all the same.
  const goal = unit === 1000 ? 2 : null
  yield { ...about, figure: `beyond-entropy-${name}`, value: each(bytes - entropyBytes), goal }
}

async function reading(
  recorded: readonly Sample[],
  stored: number,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  return onPostgres(async (stores) => {
    const run = systemIds.mint('run')
    await stores.runs.create({
      id: run,
      teamId: TEAM,
      drillId: systemIds.mint('drill'),
      clock: REAL_CLOCK,
      created: buildRunCreated({ teamId: TEAM }),
      actor: PERSON,
    })
    for (let n = 0; n < stored; n++) {
      const series = longSeries(recorded, n, HOURS, 1)
      for (let at = 0; at < series.length; at += BATCH)
        await stores.samples.append(
          run,
          series.slice(at, at + BATCH).map((sample) => ({ probe: `front-${n}`, vantage: 'here', ...sample })),
        )
      await stores.samples.seal(run, n === stored - 1 ? 'all' : 'full')
      say(`stored series ${n + 1} of ${stored}`)
    }
    const firstAt = longSeries(recorded, 0, 1, 1)[0]?.start ?? worldInstant(0)
    const { took, cpuMs } = await readWindows(stores, run, firstAt, stored)
    const about = { bench: 'evidence', unit: 'ms', better: 'lower', backend: null, seed: SEED } as const
    return [
      { ...about, figure: 'read-an-hour-p50', value: rounded(quantile(took, 0.5)), goal: null },
      { ...about, figure: 'read-an-hour-p99', value: rounded(quantile(took, 0.99)), goal: 20 },
      // What the reader itself computes for it, whatever else the machine does.
      { ...about, figure: 'read-an-hour-cpu', value: rounded(cpuMs), goal: null },
    ]
  })
}

async function readWindows(
  stores: Stores,
  run: RunId,
  firstAt: Sample['start'],
  stored: number,
): Promise<Readonly<{ took: readonly number[]; cpuMs: number }>> {
  const random = seededRandom(SEED)
  const took: number[] = []
  let before = process.cpuUsage()
  for (let i = -10; i < WINDOWS; i++) {
    if (i === 0) before = process.cpuUsage()
    const from = plusMs(firstAt, Math.floor(random.next() * (HOURS - 1) * 3_600_000))
    const probe = `front-${Math.floor(random.next() * stored)}`
    const beganMs = systemClock.monotonicMs()
    const window = await stores.samples.read(run, {
      from,
      to: plusMs(from, 3_600_000),
      probe,
      vantage: 'here',
    })
    const ms = systemClock.monotonicMs() - beganMs
    // A second is the most between two starts.
    if (window.length < 3540) throw new Error(`an hour of ${probe} has ${window.length} samples`)
    if (i >= 0) took.push(ms)
  }
  const { user, system } = process.cpuUsage(before)
  return { took, cpuMs: (user + system) / 1000 / WINDOWS }
}

async function onPostgres<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-evidence-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(dir, 0o755)
  try {
    const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), databaseUrl: null })
    try {
      await migrate(postgres.url)
      const stores = openStores({ url: postgres.url, name: 'bench', clock: systemClock })
      try {
        return await work(stores)
      } finally {
        await stores.close()
      }
    } finally {
      await postgres.stop()
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
