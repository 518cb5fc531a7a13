import {
  evolve,
  GENESIS,
  type RunEventBody,
  type RunId,
  type RunRow,
  type RunState,
  type RunStore,
} from '@firedrill/core'
import type { Pool, PoolClient } from 'pg'
import { putClock } from '../clock/clock-store.ts'
import { inTransaction } from '../connection/database.ts'
import { platformOf } from '../connection/micros.ts'
import { envelopes, momentAfter } from '../journal/envelope-writer.ts'
import { EVENT_ARRAY_COLUMNS, eventArrays, eventArrayValues } from '../journal/event-arrays.ts'
import { RUN_CHANNEL } from './append.ts'
import { projectionOf } from './projection.ts'
import { RUN_CLOCK, RUN_COLUMNS, runOf, type RunRecord } from './run-row.ts'

type NewRun = Parameters<RunStore['create']>[0]

const INSERT = `
  WITH run AS (
    INSERT INTO run (id, team_id, drill_id, number, environment, status, is_over, is_probed, state, folded_seq, head,
      last_at, last_world_at, wake_at, scenario_hash, idempotency_key, created_at, format)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $18, $10, $11, $12, $19, $13, $14, $19, $20)
  ), events AS (
    INSERT INTO run_event (run_id, team_id, actor_kind, actor_id, actor_name, ${EVENT_ARRAY_COLUMNS})
    SELECT $1, $2, $15, $16, $17, e.* FROM ${eventArrays(21)} AS e
  )
  SELECT pg_notify('${RUN_CHANNEL}', concat($1::text, ' ', $18::int))`

/**
 * Creates a run and the first events of its journal, due at once unless it ends with them. A repeated idempotency key of the team answers the
 * run it made the first time.
 */
export function createRun(pool: Pool, run: NewRun, format: number): Promise<RunRow> {
  return inTransaction<RunRow>(pool, async (client) => {
    // The team's row is locked until commit: numbers have no gaps, and a repeated key finds the run it made.
    const counted = await client.query<{ run_count: number; reading: number }>(
      `INSERT INTO team (id, run_count) VALUES ($1, 1)
       ON CONFLICT (id) DO UPDATE SET run_count = team.run_count + 1 RETURNING run_count, now_micros() AS reading`,
      [run.teamId],
    )
    const [team] = counted.rows
    if (team === undefined) throw new Error('a run could not be numbered')
    const repeated = await runOfKey(client, run)
    if (repeated !== undefined) return { commit: false, value: repeated }
    return {
      commit: true,
      value: await insertRun(client, run, { number: team.run_count, reading: team.reading, format }),
    }
  })
}

async function runOfKey(client: PoolClient, run: NewRun): Promise<RunRow | undefined> {
  if (run.idempotencyKey === undefined) return undefined
  const found = await client.query<RunRecord>(
    `SELECT ${RUN_COLUMNS} FROM run r JOIN environment_clock c ON ${RUN_CLOCK}
     WHERE r.team_id = $1 AND r.idempotency_key = $2`,
    [run.teamId, run.idempotencyKey],
  )
  return found.rows[0] === undefined ? undefined : runOf(found.rows[0])
}

/** A run of the drill that is not over. The team's row is locked, so that no two starts look at the same time. */
async function openRunOf(client: PoolClient, drillId: string): Promise<RunId | undefined> {
  const found = await client.query<{ id: RunId }>(
    'SELECT id FROM run WHERE drill_id = $1 AND NOT is_over ORDER BY number LIMIT 1',
    [drillId],
  )
  return found.rows[0]?.id
}

/** What ends the run where it begins: the halt, or another run of the drill. */
async function refusal(client: PoolClient, run: NewRun): Promise<readonly RunEventBody[]> {
  const { whileHalted, whileOpen } = run
  const halted = whileHalted === undefined ? undefined : await haltReason(client)
  if (whileHalted !== undefined && halted !== undefined) return whileHalted(halted)
  const open = whileOpen === undefined ? undefined : await openRunOf(client, run.drillId)
  return whileOpen === undefined || open === undefined ? [] : whileOpen(open)
}

/** Why the halt is set. The row stays shared until commit, so that whoever sets the halt waits, and then finds the run. */
async function haltReason(client: PoolClient): Promise<string | undefined> {
  const found = await client.query<{ is_set: boolean; reason: string }>(
    'SELECT is_set, reason FROM halt WHERE id = 1 FOR SHARE',
  )
  const [row] = found.rows
  // Not knowing is a refusal.
  if (row === undefined) return 'the halt row is missing'
  return row.is_set ? row.reason : undefined
}

async function insertRun(
  client: PoolClient,
  run: NewRun,
  { number, reading, format }: Readonly<{ number: number; reading: number; format: number }>,
): Promise<RunRow> {
  const { environment, scenario } = run.created.data
  const clock = await putClock(client, run.teamId, environment.name, run.clock)
  const end = { seq: 0, hash: GENESIS, at: 0, worldAt: 0 }
  const moment = momentAfter(end, clock, platformOf(reading))
  const more = [...(run.followedBy ?? []), ...(await refusal(client, run))]
  const events = envelopes(run.id, end, [run.created, ...more], moment, { actor: run.actor })
  const [first, ...rest] = events
  if (first === undefined) throw new Error('a run begins with an event')
  const last = rest.at(-1) ?? first
  const state = rest.reduce<RunState>((folded, event) => evolve(folded, event), evolve(undefined, first))
  const projection = projectionOf(state)
  await client.query(INSERT, [
    run.id,
    run.teamId,
    run.drillId,
    number,
    environment.name,
    projection.status,
    projection.is_over,
    projection.is_probed,
    JSON.stringify(state),
    last.hash,
    last.at,
    last.worldAt,
    scenario.hash,
    run.idempotencyKey ?? null,
    run.actor.kind,
    run.actor.id,
    run.actor.name,
    last.seq,
    first.at,
    format,
    ...eventArrayValues(events),
  ])
  return {
    id: run.id,
    teamId: run.teamId,
    drillId: run.drillId,
    number,
    state,
    foldedSeq: last.seq,
    epoch: 0,
    clock,
    createdAt: moment.now,
    wakeAt: moment.now,
  }
}
