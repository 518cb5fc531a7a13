import type { RunId, UndoRecord, UndoStore } from '@firedrill/core'
import type { Pool } from 'pg'
import { worldOf } from '../connection/micros.ts'
import { RUN_CLOCK, worldNowSql } from '../run/run-row.ts'

/** How long a run that was asked to abort may lie unclaimed before the reaper takes its faults out. Platform time. */
const UNATTENDED_ABORT_MICROS = 15_000_000

type UndoRow = Readonly<{
  team_id: string
  run_id: RunId
  step: string
  hash: string
  plan: UndoRecord['plan']
  expires_at: number
  environment_hash: string
  status: UndoRecord['status']
  acknowledged_by: string | null
}>

const SELECT_UNDO =
  'SELECT u.team_id, u.run_id, u.step, u.hash, u.plan, u.expires_at, u.environment_hash, u.status, u.acknowledged_by FROM undo_plan u'

// Past its expiry or its run's recovery deadline in world time, halted, or asked to abort with no worker to do it.
const OVERDUE = `
  JOIN run r ON r.id = u.run_id
  JOIN environment_clock c ON ${RUN_CLOCK}
  CROSS JOIN (SELECT now_micros() AS reading, coalesce((SELECT is_set FROM halt WHERE id = 1), true) AS is_halted) AS t
  CROSS JOIN LATERAL (SELECT ${worldNowSql('t.reading')}::bigint AS world_now) AS w
  WHERE u.status = 'live' AND (
    t.is_halted
    OR w.world_now >= u.expires_at
    OR (r.abort_requested AND greatest(r.wake_at, r.lease_until) + ${UNATTENDED_ABORT_MICROS} <= t.reading)
    OR w.world_now > r.recovering_at + 1000 * (
      SELECT (d.compiled->'timing'->>'recoverWithinMs')::bigint FROM definition_version d
      WHERE d.team_id = r.team_id AND d.kind = 'scenario' AND d.hash = r.scenario_hash LIMIT 1)
  )`

/** `UndoStore` on PostgreSQL. Plans are written by `RunStore.append`, with the events they belong to. */
export function undoStore(pool: Pool): UndoStore {
  const records = async (rest: string, values: readonly unknown[] = []) =>
    (await pool.query<UndoRow>(`${SELECT_UNDO} ${rest} ORDER BY u.run_id, u.step`, [...values])).rows.map(
      recordOf,
    )
  return {
    unacknowledged: () => records(`WHERE u.status <> 'undone' AND u.acknowledged_by IS NULL`),
    acknowledge: async (runId, step, hash, reaper) => {
      await pool.query(
        `UPDATE undo_plan SET acknowledged_by = $4
         WHERE run_id = $1 AND step = $2 AND hash = $3 AND acknowledged_by IS NULL`,
        [runId, step, hash, reaper],
      )
    },
    get: async (runId, step) => (await records('WHERE u.run_id = $1 AND u.step = $2', [runId, step]))[0],
    ofRun: (runId) => records('WHERE u.run_id = $1', [runId]),
    overdue: () => records(OVERDUE),
  }
}

function recordOf(row: UndoRow): UndoRecord {
  return {
    teamId: row.team_id,
    runId: row.run_id,
    step: row.step,
    hash: row.hash,
    plan: row.plan,
    expiresAt: worldOf(row.expires_at),
    environmentHash: row.environment_hash,
    status: row.status,
    ...(row.acknowledged_by === null ? {} : { acknowledgedBy: row.acknowledged_by }),
  }
}
