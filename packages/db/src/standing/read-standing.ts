import type { PlatformStanding, ReadStanding, Status } from '@firedrill/core'
import type { Pool } from 'pg'
import { RUN_CLOCK, worldNowSql } from '../run/run-row.ts'

const MICROS_PER_MS = 1000

const READ = `
  WITH live AS (
    SELECT ${worldNowSql('now_micros()')} - u.expires_at AS overdue
    FROM undo_plan u JOIN run r ON r.id = u.run_id JOIN environment_clock c ON ${RUN_CLOCK} WHERE u.status = 'live'
  ), sent AS (
    SELECT d.state, e.at FROM webhook_delivery d
    JOIN webhook w ON w.id = d.webhook_id AND w.removed_at IS NULL
    JOIN run_event e ON e.run_id = d.run_id AND e.seq = d.seq WHERE d.state <> 'delivered'
  )
  SELECT
    (SELECT coalesce(json_object_agg(status, n), '{}') FROM (
      SELECT status, count(*) AS n FROM run WHERE NOT is_over GROUP BY status) by_status) AS runs,
    (SELECT count(*) FROM live) AS live,
    (SELECT count(*) FROM live WHERE overdue > 0) AS overdue,
    (SELECT greatest(0, coalesce(max(overdue), 0))::bigint FROM live) AS longest_overdue,
    (SELECT count(*) FROM sent WHERE state = 'waiting') AS waiting,
    (SELECT count(*) FROM sent WHERE state = 'dead') AS dead,
    (SELECT greatest(0, now_micros() - coalesce(min(at), now_micros())) FROM sent WHERE state = 'waiting') AS longest_waiting,
    coalesce((SELECT is_set FROM halt WHERE id = 1), false) AS halted`

type Row = Readonly<{
  runs: Partial<Record<Status, number>>
  live: number
  overdue: number
  longest_overdue: number
  waiting: number
  dead: number
  longest_waiting: number
  halted: boolean
}>

/** `ReadStanding` on PostgreSQL, in one statement. */
export function readStanding(pool: Pool): ReadStanding {
  return async (): Promise<PlatformStanding> => {
    const [row] = (await pool.query<Row>(READ)).rows
    if (row === undefined) throw new Error('the database answered nothing')
    const milliseconds = (micros: number) => micros / MICROS_PER_MS
    return {
      runs: row.runs,
      faults: {
        live: row.live,
        overdue: row.overdue,
        longestOverdueMs: milliseconds(row.longest_overdue),
      },
      events: {
        waiting: row.waiting,
        dead: row.dead,
        longestWaitingMs: milliseconds(row.longest_waiting),
      },
      isHalted: row.halted,
    }
  }
}
