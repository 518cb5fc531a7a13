import {
  CHUNK_SAMPLES_MAX,
  encodeChunk,
  packOutline,
  REAL_CLOCK,
  worldInstant,
  type CompiledScenario,
  type Measurement,
  type RunEventBody,
  type RunId,
  type SeriesSample,
  type Status,
} from '@firedrill/core'
import { openStores, type Stores } from '@firedrill/db'
import { systemClock, systemIds } from '@firedrill/runtime'
import {
  buildEnvironment,
  buildRunCreated,
  buildScenario,
  definitionHash,
  PERSON,
  seededRandom,
  WORKER,
} from '@firedrill/testkit'
import { Pool } from 'pg'

/** The team of the token that an API makes at its first start. */
const TEAM = 'default'
const PROBES = ['checkout', 'checkout-name', 'orders', 'search', 'login'] as const
const STEP = 'break'

/** How much a run is to hold. Samples are one a second. */
export type RunSize = Readonly<{ events: number; lanes: number; points: number }>

/** A database with the runs whose pages are measured. */
export type BigRuns = Readonly<{
  /** Over: everything is there. */
  closed: RunId
  /** As long, and still observing. */
  live: RunId
  /** Waits for an approval. */
  waiting: RunId
  stores: Stores
  close(): Promise<void>
}>

/** Fills a migrated database. */
export async function fillRuns(url: string, size: RunSize): Promise<BigRuns> {
  // A crowded machine may stop this process for longer than a worker would be; its transaction is waited for all the same.
  const stores = openStores({ url, name: 'bench', clock: systemClock, idleTransactionMs: 60_000 })
  const pool = new Pool({ connectionString: url, max: 1 })
  try {
    const scenario = bigScenario()
    await storeDefinitions(stores, scenario)
    const closed = await createRun(stores, scenario)
    await writeJournal(stores, closed, size.events, 'closed')
    const live = await createRun(stores, scenario)
    await writeJournal(stores, live, size.events, 'observing')
    const waiting = await createRun(stores, scenario)
    await append(stores, waiting, [...planned(), moved('planning', 'awaiting-approval')])
    for (const run of [closed, live]) await spread(pool, run, size)
    await writeSamples(pool, closed, size)
    await copySamples(pool, closed, live)
    await pool.query('ANALYZE')
    return { closed, live, waiting, stores, close: () => stores.close() }
  } catch (error) {
    await stores.close()
    throw error
  } finally {
    await pool.end()
  }
}

function bigScenario(): CompiledScenario {
  const [probe] = buildScenario().probes
  if (probe?.kind !== 'http') throw new Error('the builder has an HTTP probe')
  return buildScenario({
    name: 'a-long-day',
    title: 'A long day for checkout',
    labels: { service: 'checkout' },
    probes: PROBES.map((name) => ({ ...probe, name })),
    steadyState: { forMs: 5000, probes: ['checkout'], successRatioMin: 1 },
    objectives: [
      {
        kind: 'recovery-time',
        name: 'rto',
        maxMs: 60_000,
        source: { from: 'probe', probe: 'checkout' },
        sustained: { goodInARow: 3, holdMs: 10_000 },
      },
    ],
  })
}

async function storeDefinitions(stores: Stores, scenario: CompiledScenario): Promise<void> {
  const about = { teamId: TEAM, origin: 'file', actor: PERSON } as const
  const environment = buildEnvironment({ approvalsNeeded: 1 })
  const { name } = scenario
  const hash = definitionHash(scenario)
  await stores.definitions.put({ ...about, kind: 'scenario', name, hash, source: name, compiled: scenario })
  await stores.definitions.put({
    ...about,
    kind: 'environment',
    name: environment.name,
    hash: definitionHash(environment),
    source: environment.name,
    compiled: environment,
  })
}

async function createRun(stores: Stores, scenario: CompiledScenario): Promise<RunId> {
  const id = systemIds.mint('run')
  // A drill of its own: one drill has one run at a time.
  const drillId = systemIds.mint('drill')
  const environment = buildEnvironment({ approvalsNeeded: 1 })
  const created = buildRunCreated({ teamId: TEAM, scenario, environment, drillId })
  await stores.runs.create({ id, teamId: TEAM, drillId, clock: REAL_CLOCK, created, actor: PERSON })
  return id
}

const moved = (from: Status, to: Status): RunEventBody => ({
  type: 'status-changed',
  data: { from, to, why: `it was time for ${to}` },
})

function planned(): readonly RunEventBody[] {
  const hash = 'a'.repeat(64)
  const targets = Array.from({ length: 10 }, (_, n) => ({
    id: `i-${String(n).padStart(17, '0')}`,
    label: `web-${n}`,
    region: 'eu-west-1',
  }))
  return [
    moved('booked', 'planning'),
    {
      type: 'planned',
      data: {
        planHash: hash,
        permissions: ['ec2:StopInstances'],
        steps: [
          {
            step: STEP,
            fault: 'fake-break',
            faultVersion: 1,
            restoration: 'equivalent',
            targets,
            population: 10,
            capture: hash,
          },
        ],
      },
    },
  ]
}

function firstHour(): readonly RunEventBody[] {
  return [
    ...planned(),
    moved('planning', 'preflight'),
    moved('preflight', 'baseline'),
    moved('baseline', 'injecting'),
    {
      type: 'injection-requested',
      data: { step: STEP, key: 'key', attempt: 1, expiresAt: Date.now() * 1000 },
    },
    { type: 'injection-accepted', data: { step: STEP, handle: 'EXP1', requestIds: ['r-1'] } },
    moved('injecting', 'observing'),
  ]
}

function writeJournal(stores: Stores, run: RunId, count: number, end: 'closed' | 'observing'): Promise<void> {
  const before = firstHour()
  const after: readonly RunEventBody[] =
    end === 'observing'
      ? []
      : [
          moved('observing', 'recovering'),
          moved('recovering', 'verifying'),
          moved('verifying', 'settling'),
          { type: 'measured', data: { measurement: MEASUREMENT } },
          moved('settling', 'closed'),
        ]
  const filling = count - 1 - before.length - after.length
  const middle = Array.from({ length: filling }, (_, n) => middleEvent(n))
  return append(stores, run, [...before, ...middle, ...after])
}

/** What a long observation writes: looks at the steady state, people's notes, calls that were throttled. */
function middleEvent(n: number): RunEventBody {
  if (n % 10 === 3) return { type: 'note-added', data: { text: `note ${n}: the queue of orders is growing` } }
  if (n % 10 === 7)
    return {
      type: 'call-failed',
      data: {
        failure: {
          kind: 'throttled',
          operation: 'ec2.DescribeInstances',
          code: 'RequestLimitExceeded',
          message: 'Request limit exceeded.',
          requestId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
        },
        attempt: 1,
      },
    }
  return { type: 'steady-state-checked', data: { holds: n % 5 !== 0, seen: `${n % 300} of 300 probes good` } }
}

const MEASUREMENT: Measurement = {
  provisional: false,
  verdict: 'held',
  reason: 'held: within the objective by at least 20 s',
  objectives: [
    {
      objective: 'rto',
      kind: 'recovery-time',
      maxMicros: 60_000_000,
      observed: { lo: 38_000_000, hi: 40_000_000 },
      verdict: 'held',
      reason: 'within the objective by at least 20 s',
      method: 'probe',
    },
  ],
  points: {},
  parts: {},
  crossChecks: [],
  samples: [],
  evidence: [],
}

async function append(stores: Stores, run: RunId, bodies: readonly RunEventBody[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += 2000) {
    const part = bodies.slice(at, at + 2000)
    const answer = await stores.runs.append(run, { kind: 'open' }, WORKER, () => part)
    if (!answer.ok) throw new Error(`the journal was not written: ${answer.why}`)
  }
}

/** Puts a journal that was written in a moment over the time of its samples. Its hashes are no longer true; no page asks. */
async function spread(pool: Pool, run: RunId, { points, events }: RunSize): Promise<void> {
  const each = Math.floor((points * 1_000_000) / events)
  await pool.query('SET session_replication_role = replica')
  await pool.query(
    `WITH now AS (SELECT max(at) AS at, max(seq) AS seq FROM run_event WHERE run_id = $1)
     UPDATE run_event e SET at = now.at - (now.seq - e.seq)::bigint * $2, world_at = now.at - (now.seq - e.seq)::bigint * $2
     FROM now WHERE e.run_id = $1`,
    [run, each],
  )
  await pool.query(
    `UPDATE run SET created_at = (SELECT min(at) FROM run_event WHERE run_id = $1) WHERE id = $1`,
    [run],
  )
  await pool.query('SET session_replication_role = DEFAULT')
}

/** Lanes packed as the store packs them, without the detour over a million rows. */
async function writeSamples(pool: Pool, run: RunId, { lanes, points }: RunSize): Promise<void> {
  const random = seededRandom(1)
  const first = Date.now() * 1000 - points * 1_000_000
  for (let lane = 0; lane < lanes; lane++) {
    const { rows } = await pool.query<{ id: number }>(
      'INSERT INTO sample_series (run_id, team_id, probe, vantage) VALUES ($1, $2, $3, $4) RETURNING id',
      [run, TEAM, PROBES[lane % PROBES.length], `place-${Math.floor(lane / PROBES.length)}`],
    )
    for (let at = 0; at < points; at += CHUNK_SAMPLES_MAX) {
      const count = Math.min(CHUNK_SAMPLES_MAX, points - at)
      const samples = Array.from({ length: count }, (_, n) =>
        sampleAt(first + (at + n) * 1_000_000, Math.floor((at + n) / 500) % 40 === 7, random.next()),
      )
      const bytes = encodeChunk(samples)
      await pool.query(
        "INSERT INTO sample_chunk (series_id, hash, first_at, last_at, count, bytes, outline) VALUES ($1, encode(sha256($5), 'hex'), $2, $3, $4, $5, $6)",
        [
          rows[0]?.id,
          samples[0]?.start,
          samples.at(-1)?.start,
          count,
          bytes,
          JSON.stringify(packOutline(samples)),
        ],
      )
    }
  }
}

function sampleAt(start: number, isDown: boolean, share: number): SeriesSample {
  const took = isDown ? 500_000 : 8000 + Math.round(share * 30_000)
  const looked = { start: worldInstant(start), end: worldInstant(start + took) }
  return isDown ? { ...looked, outcome: 'bad', detail: 'timeout' } : { ...looked, outcome: 'good' }
}

/** The second run gets the samples of the first as they were packed. */
async function copySamples(pool: Pool, from: RunId, to: RunId): Promise<void> {
  await pool.query(
    `INSERT INTO sample_series (run_id, team_id, probe, vantage)
     SELECT $2, team_id, probe, vantage FROM sample_series WHERE run_id = $1`,
    [from, to],
  )
  await pool.query(
    `INSERT INTO sample_chunk (series_id, hash, first_at, last_at, count, bytes, outline)
     SELECT t.id, c.hash, c.first_at, c.last_at, c.count, c.bytes, c.outline
     FROM sample_series f JOIN sample_series t ON t.run_id = $2 AND t.probe = f.probe AND t.vantage = f.vantage
     JOIN sample_chunk c ON c.series_id = f.id WHERE f.run_id = $1`,
    [from, to],
  )
}
