import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@firedrill/contracts'
import { REAL_CLOCK, type CompiledScenario, type Measurement } from '@firedrill/core'
import { migrate, openStores, type Stores } from '@firedrill/db'
import { startPostgres } from '@firedrill/local'
import { systemClock, systemIds } from '@firedrill/runtime'
import { buildRunCreated, buildScenario, definitionHash, PERSON } from '@firedrill/testkit'
import { Pool } from 'pg'
import { startApi } from '../sandbox/start-api.ts'

/** The team of the token that an API makes at its first start. */
export const TEAM = 'default'

/** An API over a database with many runs. */
export type Team = Readonly<{ client: Client; stop(): Promise<void> }>

/** How much there is to be. */
export type TeamSize = Readonly<{ runs: number; services: number; say: (line: string) => void }>

/** Starts PostgreSQL, fills it, and starts an API on it. */
export async function startTeam({ runs, services, say }: TeamSize): Promise<Team> {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-trend-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(dir, 0o755)
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), databaseUrl: null })
  const undo = async () => {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await migrate(postgres.url)
    await fill(postgres.url, runs, services)
    say(`${runs} runs of ${services} services are written`)
    const api = await startApi(postgres.url, join(dir, 'state'))
    return {
      client: api.client,
      stop: async () => {
        await api.stop()
        await undo()
      },
    }
  } catch (error) {
    await undo()
    throw error
  }
}

async function fill(url: string, runs: number, services: number): Promise<void> {
  const stores = openStores({ url, name: 'bench', clock: systemClock })
  const pool = new Pool({ connectionString: url, max: 1 })
  try {
    for (let n = 0; n < services; n++) await storeScenario(stores, scenarioOf(n))
    await endOneRun(stores)
    // The rest are copies of a run that went through the store, each of a scenario of its own; the database notes what they came to.
    await pool.query(
      `INSERT INTO run SELECT (json_populate_record(r, json_build_object('id', 'run_' || n, 'number', n,
         'scenario_hash', (SELECT hash FROM definition_version WHERE team_id = $1 AND name = 'scenario-' || n % $3 LIMIT 1),
         'last_at', r.last_at - n::bigint * 60000000,
         'state', (r.state::jsonb || jsonb_build_object('scenario', jsonb_build_object('name', 'scenario-' || n % $3, 'hash', r.scenario_hash))))::json)).*
       FROM run r, generate_series(2, $2::int) n WHERE r.team_id = $1 AND r.number = 1`,
      [TEAM, runs, services],
    )
    await pool.query('ANALYZE')
  } finally {
    await pool.end()
    await stores.close()
  }
}

function scenarioOf(n: number): CompiledScenario {
  return buildScenario({ name: `scenario-${n}`, labels: { service: `service-${n}` } })
}

async function storeScenario(stores: Stores, compiled: CompiledScenario): Promise<void> {
  const hash = definitionHash(compiled)
  await stores.definitions.put({
    kind: 'scenario',
    teamId: TEAM,
    name: compiled.name,
    hash,
    source: compiled.name,
    compiled,
    origin: 'file',
    actor: PERSON,
  })
}

const MEASUREMENT: Measurement = {
  provisional: false,
  verdict: 'held',
  reason: 'held',
  objectives: [
    {
      objective: 'recovery',
      kind: 'recovery-time',
      maxMicros: 300_000_000,
      observed: { lo: 77_000_000, hi: 80_000_000 },
      verdict: 'held',
      reason: 'under',
      method: 'probe',
    },
  ],
  points: {},
  parts: {},
  crossChecks: [],
  samples: [],
  evidence: [],
}

/** One run through the store. */
async function endOneRun(stores: Stores): Promise<void> {
  const id = systemIds.mint('run')
  const created = buildRunCreated({ teamId: TEAM, scenario: scenarioOf(0) })
  const drillId = systemIds.mint('drill')
  await stores.runs.create({ id, teamId: TEAM, drillId, clock: REAL_CLOCK, created, actor: PERSON })
  await stores.runs.append(id, { kind: 'open' }, PERSON, () => [
    { type: 'measured', data: { measurement: MEASUREMENT } },
    { type: 'status-changed', data: { from: 'settling', to: 'closed', why: 'held' } },
  ])
}
