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
import { EVENT_ARRAY_COLUMNS, eventArrays, eventArrayValues } from '../journal/event-arrays.ts'
import { projectionOf } from './projection.ts'
import { clockOf, RUN_CLOCK } from './run-row.ts'

/** Channel of `NOTIFY`; the payload is `runId seq`. */
export const RUN_CHANNEL = 'firedrill_run'

type Locked = Readonly<{
  team_id: string
  environment: string
  state: RunState
  folded_seq: number
  format: number
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
    SELECT r.team_id, r.environment, r.state, r.folded_seq, r.format, r.head, r.last_at, r.last_world_at, r.epoch, r.lease_until
    FROM run r WHERE r.id = $1 FOR NO KEY UPDATE
  )
  SELECT r.*, now_micros() AS reading, c.anchor_platform, c.anchor_world, c.rate
  FROM locked r JOIN environment_clock c ON ${RUN_CLOCK}`

// One statement for everything an append writes. Of several changes to wake_at the last one counts: an explicit time,
// else "now" when somebody other than the holder of the lease changed the run.
const WRITE = `
  WITH events AS (
    INSERT INTO run_event (run_id, team_id, actor_kind, actor_id, actor_name, epoch, ${EVENT_ARRAY_COLUMNS})
    SELECT $1, $2, $3, $4, $5, $6, e.* FROM ${eventArrays(7)} AS e
  ), undo AS (
    INSERT INTO undo_plan (run_id, team_id, step, hash, plan, expires_at, environment_hash, status)
    SELECT $1, $2, u.*
    FROM unnest($15::text[], $16::text[], $17::json[], $18::bigint[], $19::text[], $20::text[]) AS u
    ON CONFLICT (run_id, step) DO UPDATE SET hash = excluded.hash, plan = excluded.plan, expires_at = excluded.expires_at,
      environment_hash = excluded.environment_hash, status = excluded.status,
      acknowledged_by = CASE WHEN undo_plan.hash = excluded.hash THEN undo_plan.acknowledged_by END
  ), unlocked AS (
    DELETE FROM target_lock WHERE run_id = $1 AND $23
  ), told AS (
    SELECT pg_notify('${RUN_CHANNEL}', concat($1::text, ' ', $27::int)) WHERE $34
  )
  UPDATE run SET
    state = $21, status = $22, is_over = $23, is_probed = $24, abort_requested = $25, recovering_at = $26,
    format = greatest(format, $35), folded_seq = $27, head = $28, last_at = $29, last_world_at = $30,
    wake_at = CASE WHEN $31::bigint IS NOT NULL THEN $31 WHEN $32 THEN least(wake_at, $33) ELSE wake_at END,
    is_woken = is_woken OR $32
  FROM (SELECT count(*) FROM told) AS notified
  WHERE run.id = $1`

/** What one append does. */
export type Append = Readonly<{
  id: RunId
  fence: Fence
  actor: Actor
  decide: DecideUnderLock
  options: AppendOptions
  format: number
}>

/**
 * Appends under the run's row lock, in one transaction: fence, fold, hash, undo plans, target locks and the columns
 * that others read. All of it or nothing. The unique (run, seq) is the backstop.
 */
export function append(
  pool: Pool,
  { id, fence, actor, decide, options, format }: Append,
): Promise<AppendResult> {
  return inTransaction<AppendResult>(pool, async (client) => {
    const refuse = (value: AppendResult) => ({ commit: false, value })
    const run = (await client.query<Locked>(LOCK, [id])).rows[0]
    if (run === undefined) return refuse({ ok: false, why: 'no-such-run' })
    // What a newer version has folded means something else here, or nothing.
    if (run.format > format) return refuse({ ok: false, why: 'newer' })
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
    await write(client, { id, run, actor, fence, state, events, options, format, isWoken, reading })
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
  format: number
  isWoken: boolean
  reading: number
}>

async function write(client: PoolClient, w: Writing): Promise<void> {
  const projection = projectionOf(w.state)
  const last = w.events.at(-1)
  const undo = w.options.undo ?? []
  const column = <T>(read: (record: UndoRecord) => T): T[] => undo.map(read)
  await client.query(WRITE, [
    w.id,
    w.run.team_id,
    w.actor.kind,
    w.actor.id,
    w.actor.name,
    w.fence.kind === 'epoch' ? w.fence.epoch : null,
    ...eventArrayValues(w.events),
    column(({ step }) => step),
    column(({ hash }) => hash),
    column(({ plan }) => JSON.stringify(plan)),
    column(({ expiresAt }) => expiresAt),
    column(({ environmentHash }) => environmentHash),
    column(({ status }) => status),
    JSON.stringify(w.state),
    projection.status,
    projection.is_over,
    projection.is_probed,
    projection.abort_requested,
    projection.recovering_at,
    last?.seq ?? w.run.folded_seq,
    last?.hash ?? w.run.head,
    last?.at ?? w.run.last_at,
    last?.worldAt ?? w.run.last_world_at,
    w.options.wakeAt ?? null,
    w.isWoken,
    w.reading,
    w.events.length > 0,
    w.format,
  ])
}
