import {
  evolve,
  type Actor,
  type AppendOptions,
  type AppendResult,
  type DecideUnderLock,
  type Fence,
  type JournalEvent,
  type RunId,
  type RunState,
  type UndoRecord,
} from '@firedrill/core'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../connection/database.ts'
import { platformOf } from '../connection/micros.ts'
import { envelopes, momentAfter } from '../journal/envelope-writer.ts'
import { projectionOf } from './projection.ts'
import { clockOf, RUN_CLOCK } from './run-row.ts'

/** Channel of `NOTIFY`; the payload is `runId seq`. */
export const RUN_CHANNEL = 'firedrill_run'

type Locked = Readonly<{
  team_id: string
  environment: string
  state: RunState
  folded_seq: number
  head: string
  last_at: number
  last_world_at: number
  epoch: number
  lease_until: number
  reading: number
  anchor_platform: number
  anchor_world: number
  rate: number
}>

// Key columns never change, so NO KEY UPDATE is enough, and writers of samples and evidence, which only refer to the
// run, do not wait. The clock is read outside the CTE, that is, after the lock was got.
const LOCK = `
  WITH locked AS MATERIALIZED (
    SELECT r.team_id, r.environment, r.state, r.folded_seq, r.head, r.last_at, r.last_world_at, r.epoch, r.lease_until
    FROM run r WHERE r.id = $1 FOR NO KEY UPDATE
  )
  SELECT r.*, now_micros() AS reading, c.anchor_platform, c.anchor_world, c.rate
  FROM locked r JOIN environment_clock c ON ${RUN_CLOCK}`

// One statement for everything an append writes. Of several changes to wake_at the last one counts: an explicit time,
// else "now" when somebody other than the holder of the lease changed the run.
const WRITE = `
  WITH events AS (
    INSERT INTO run_event (run_id, seq, team_id, type, v, at, world_at, actor_kind, actor_id, actor_name, epoch, data, prev, hash)
    SELECT $1, e.seq, $2, e.type, e.v, e.at, e.world_at, $3, $4, $5, $6, e.data, e.prev, e.hash
    FROM json_to_recordset($7) AS e(seq int, type text, v int, at bigint, world_at bigint, data json, prev text, hash text)
  ), undo AS (
    INSERT INTO undo_plan (run_id, step, team_id, hash, plan, expires_at, environment_hash, status)
    SELECT u.run_id, u.step, $2, u.hash, u.plan, u.expires_at, u.environment_hash, u.status
    FROM json_to_recordset($8) AS u(run_id text, step text, hash text, plan json, expires_at bigint, environment_hash text, status text)
    ON CONFLICT (run_id, step) DO UPDATE SET hash = excluded.hash, plan = excluded.plan, expires_at = excluded.expires_at,
      environment_hash = excluded.environment_hash, status = excluded.status,
      acknowledged_by = CASE WHEN undo_plan.hash = excluded.hash THEN undo_plan.acknowledged_by END
  ), unlocked AS (
    DELETE FROM target_lock WHERE run_id = $1 AND $11
  ), told AS (
    SELECT pg_notify('${RUN_CHANNEL}', concat($1::text, ' ', $15::int)) WHERE $9 > 0
  )
  UPDATE run SET
    state = $10, status = $12, is_over = $11, is_probed = $13, abort_requested = $14,
    folded_seq = $15, head = $16, last_at = $17, last_world_at = $18, recovering_at = $19,
    wake_at = CASE WHEN $20::bigint IS NOT NULL THEN $20 WHEN $21 THEN least(wake_at, $22) ELSE wake_at END,
    is_woken = is_woken OR $21
  FROM (SELECT count(*) FROM told) AS notified
  WHERE run.id = $1`

/** What one append does; `isFenced` false is the control arm of the race test and nothing else. */
export type Append = Readonly<{
  id: RunId
  fence: Fence
  actor: Actor
  decide: DecideUnderLock
  options: AppendOptions
}>

/**
 * Appends under the run's row lock, in one transaction: fence, fold, hash, undo plans, target locks and the columns
 * that others read. All of it or nothing. The unique (run, seq) is the backstop.
 */
export function append(pool: Pool, { id, fence, actor, decide, options }: Append): Promise<AppendResult> {
  return inTransaction<AppendResult>(pool, async (client) => {
    const refuse = (value: AppendResult) => ({ commit: false, value })
    const run = (await client.query<Locked>(LOCK, [id])).rows[0]
    if (run === undefined) return refuse({ ok: false, why: 'no-such-run' })
    const reading = platformOf(run.reading)
    if (fence.kind === 'epoch' && (run.epoch !== fence.epoch || run.lease_until <= reading))
      return refuse({ ok: false, why: 'fenced' })
    const end = { seq: run.folded_seq, hash: run.head, at: run.last_at, worldAt: run.last_world_at }
    const moment = momentAfter(end, clockOf(run), reading)
    const bodies = decide(run.state, moment)
    const by = fence.kind === 'epoch' ? { actor, epoch: fence.epoch } : { actor }
    const events = envelopes(id, end, bodies, moment, by)
    const state = events.reduce<RunState>((folded, event) => evolve(folded, event), run.state)
    const held = await lockTargets(client, id, run, options.locks ?? [])
    if (held !== undefined) return refuse({ ok: false, why: 'locked', ...held })
    const isWoken = fence.kind === 'open' && events.length > 0 && options.wakeAt === undefined
    await write(client, { id, run, actor, fence, state, events, options, isWoken, reading })
    const foldedSeq = run.folded_seq + events.length
    return { commit: true, value: { ok: true, state, foldedSeq, events, ...moment } }
  })
}

/**
 * Takes the targets for the run, in one order for all runs so that no two wait for each other. A target that another
 * transaction is taking right now is waited for. Answers the first one that another run holds.
 */
async function lockTargets(
  client: PoolClient,
  id: RunId,
  run: Locked,
  targets: readonly string[],
): Promise<Readonly<{ target: string; by: RunId }> | undefined> {
  if (targets.length === 0) return undefined
  const sorted = [...new Set(targets)].sort()
  await client.query(
    `INSERT INTO target_lock (team_id, environment, target, run_id)
     SELECT $1, $2, target, $3 FROM unnest($4::text[]) WITH ORDINALITY AS t(target, place) ORDER BY place
     ON CONFLICT (team_id, environment, target) DO NOTHING`,
    [run.team_id, run.environment, id, sorted],
  )
  const held = await client.query<{ target: string; run_id: RunId }>(
    `SELECT target, run_id FROM target_lock
     WHERE team_id = $1 AND environment = $2 AND target = ANY($4) AND run_id <> $3 ORDER BY target COLLATE "C" LIMIT 1`,
    [run.team_id, run.environment, id, sorted],
  )
  const [first] = held.rows
  return first === undefined ? undefined : { target: first.target, by: first.run_id }
}

type Writing = Readonly<{
  id: RunId
  run: Locked
  actor: Actor
  fence: Fence
  state: RunState
  events: readonly JournalEvent[]
  options: AppendOptions
  isWoken: boolean
  reading: number
}>

async function write(client: PoolClient, w: Writing): Promise<void> {
  const projection = projectionOf(w.state)
  const last = w.events.at(-1)
  await client.query(WRITE, [
    w.id,
    w.run.team_id,
    w.actor.kind,
    w.actor.id,
    w.actor.name,
    w.fence.kind === 'epoch' ? w.fence.epoch : null,
    JSON.stringify(w.events.map(eventRecord)),
    JSON.stringify((w.options.undo ?? []).map(undoRecord)),
    w.events.length,
    JSON.stringify(w.state),
    projection.is_over,
    projection.status,
    projection.is_probed,
    projection.abort_requested,
    last?.seq ?? w.run.folded_seq,
    last?.hash ?? w.run.head,
    last?.at ?? w.run.last_at,
    last?.worldAt ?? w.run.last_world_at,
    projection.recovering_at,
    w.options.wakeAt ?? null,
    w.isWoken,
    w.reading,
  ])
}

/** An event as `json_to_recordset` takes it. */
export function eventRecord(event: JournalEvent): Readonly<Record<string, unknown>> {
  const { seq, type, v, at, worldAt, data, prev, hash } = event
  return { seq, type, v, at, world_at: worldAt, data, prev, hash }
}

function undoRecord(record: UndoRecord): Readonly<Record<string, unknown>> {
  const { runId, step, hash, plan, expiresAt, environmentHash, status } = record
  return { run_id: runId, step, hash, plan, expires_at: expiresAt, environment_hash: environmentHash, status }
}
