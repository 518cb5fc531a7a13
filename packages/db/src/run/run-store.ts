import { RUN_FORMAT, type RunId, type RunStore, type Status } from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf, worldOf } from '../connection/micros.ts'
import { EVENT_COLUMNS, eventOf, type EventRow } from '../journal/event-row.ts'
import { append } from './append.ts'
import { createRun } from './create-run.ts'
import { claim, guard, renew } from './lease.ts'
import { isDueSql, RUN_CLOCK, RUN_COLUMNS, runOf, type RunRecord } from './run-row.ts'

const LIST_LIMIT = 100
const SELECT_RUN = `SELECT ${RUN_COLUMNS} FROM run r JOIN environment_clock c ON ${RUN_CLOCK}`

/** `RunStore` on PostgreSQL, of a version that folds `format`. */
export function runStore(pool: Pool, format: number = RUN_FORMAT): RunStore {
  const runs = async (rest: string, values: readonly unknown[]) =>
    (await pool.query<RunRecord>(`${SELECT_RUN} ${rest}`, [...values])).rows.map(runOf)
  return {
    create: (run) => createRun(pool, run, format),
    get: async (teamId, id) => (await runs('WHERE r.team_id = $1 AND r.id = $2', [teamId, id]))[0],
    list: (teamId, options = {}) =>
      runs(
        `WHERE r.team_id = $1 AND ($2::text IS NULL OR r.number < (SELECT number FROM run WHERE team_id = $1 AND id = $2))
         ORDER BY r.number DESC LIMIT $3`,
        [teamId, options.before ?? null, options.limit ?? LIST_LIMIT],
      ),
    events: (id, afterSeq, limit) => eventsAfter(pool, id, afterSeq, limit),
    claim: (id, owner, leaseMs) => claim(pool, id, owner, leaseMs, format),
    renew: (id, epoch, leaseMs) => renew(pool, id, epoch, leaseMs),
    guard: (id, epoch) => guard(pool, id, epoch),
    append: (id, fence, actor, decide, options = {}) =>
      append(pool, { id, fence, actor, decide, options, format }),
    yield: async (id, epoch, { at, worldAt }) => {
      await pool.query(
        `UPDATE run SET lease_until = 0, owner = NULL, wake_world_at = $4,
           wake_at = CASE WHEN is_woken THEN least($3, now_micros()) ELSE $3 END
         WHERE id = $1 AND epoch = $2`,
        [id, epoch, at, worldAt ?? null],
      )
    },
    wake: async (id) => {
      await pool.query(
        'UPDATE run SET wake_at = least(wake_at, now_micros()), is_woken = true WHERE id = $1',
        [id],
      )
    },
    due: async (limit) => {
      const due = await pool.query<{ id: RunId; status: Status }>(
        `SELECT r.id, r.status FROM run r JOIN environment_clock c ON ${RUN_CLOCK}, (SELECT now_micros() AS reading) AS t
         WHERE ${isDueSql('t.reading', format)}
         ORDER BY r.recovering_at IS NULL, r.wake_at, r.wake_world_at, r.number LIMIT $1`,
        [limit],
      )
      return due.rows
    },
    nextWakes: async () => {
      const [row] = (
        await pool.query<{ reading: number; at: number | null; world_at: number | null }>(
          `SELECT now_micros() AS reading, min(greatest(wake_at, lease_until)) AS at, min(wake_world_at) AS world_at FROM run WHERE NOT is_over`,
        )
      ).rows
      if (row === undefined) throw new Error('the database told no time')
      return {
        now: platformOf(row.reading),
        ...(row.at === null ? {} : { at: platformOf(row.at) }),
        ...(row.world_at === null ? {} : { worldAt: worldOf(row.world_at) }),
      }
    },
    newestAt: async () => {
      const [row] = (await pool.query<{ at: number | null }>('SELECT max(last_at) AS at FROM run')).rows
      return row?.at === null || row?.at === undefined ? undefined : platformOf(row.at)
    },
    probed: () => runs('WHERE r.is_probed ORDER BY r.number', []),
    now: async () => {
      const [row] = (await pool.query<{ reading: number }>('SELECT now_micros() AS reading')).rows
      if (row === undefined) throw new Error('the database told no time')
      return platformOf(row.reading)
    },
  }
}

/** Events of a run after a seq, in order. Without gaps: a seq is taken under the run's lock, so commits are in order. */
export async function eventsAfter(
  pool: Pool,
  id: RunId,
  afterSeq: number,
  limit: number,
): Promise<ReturnType<typeof eventOf>[]> {
  const found = await pool.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM run_event WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [id, afterSeq, limit],
  )
  return found.rows.map(eventOf)
}
