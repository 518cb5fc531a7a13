import { worldAt, worldInstant, type Claim, type GuardView, type RunId } from '@firedrill/core'
import type { Pool } from 'pg'
import { platformOf } from '../connection/micros.ts'
import { clockOf, isDueSql, RUN_CLOCK, RUN_COLUMNS, runOf, type RunRecord } from './run-row.ts'

const claimSql = (format: number) => `
  WITH before AS (SELECT id, CASE WHEN lease_until <= now_micros() THEN owner END AS lost FROM run WHERE id = $1)
  UPDATE run r SET epoch = r.epoch + 1, owner = $2, lease_until = now_micros() + $3, is_woken = false
  FROM environment_clock c, before b
  WHERE r.id = $1 AND b.id = r.id AND ${RUN_CLOCK} AND ${isDueSql('now_micros()', format)}
  RETURNING ${RUN_COLUMNS}, b.lost, now_micros() AS reading`

/** Takes a run that is due and unheld, in one round trip; undefined when somebody else has it or it is not due. */
export async function claim(
  pool: Pool,
  id: RunId,
  owner: string,
  leaseMs: number,
  format: number,
): Promise<Claim | undefined> {
  const claimed = await pool.query<RunRecord & { reading: number; lost: string | null }>(claimSql(format), [
    id,
    owner,
    micros(leaseMs),
  ])
  const [row] = claimed.rows
  if (row === undefined) return undefined
  const run = runOf(row)
  const now = platformOf(row.reading)
  const lost = row.lost === null ? {} : { lost: row.lost }
  return { run, ...lost, epoch: run.epoch, now, worldNow: worldAt(run.clock, now), clock: run.clock }
}

/** Lengthens a lease that is still alive. A lapsed one is gone, even if nobody took the run since. */
export async function renew(pool: Pool, id: RunId, epoch: number, leaseMs: number): Promise<boolean> {
  const renewed = await pool.query(
    `UPDATE run SET lease_until = now_micros() + $3
     WHERE id = $1 AND epoch = $2 AND lease_until > now_micros()`,
    [id, epoch, micros(leaseMs)],
  )
  return renewed.rowCount === 1
}

type GuardRow = Readonly<{
  reading: number
  epoch: number | null
  lease_until: number | null
  abort_requested: boolean | null
  halted: boolean | null
  anchor_platform: number
  anchor_world: number
  rate: number
}>

const GUARD = `
  SELECT now_micros() AS reading, r.epoch, r.lease_until, r.abort_requested, h.is_set AS halted,
    coalesce(c.anchor_platform, 0) AS anchor_platform, coalesce(c.anchor_world, 0) AS anchor_world, coalesce(c.rate, 1) AS rate
  FROM (SELECT 1) AS one
  LEFT JOIN run r ON r.id = $1
  LEFT JOIN environment_clock c ON ${RUN_CLOCK}
  LEFT JOIN halt h ON h.id = 1`

/**
 * Everything that must hold right before an act, in one round trip. What cannot be read counts against acting: no
 * such run is an epoch that does not hold, and a missing halt row is a halt.
 */
export async function guard(pool: Pool, id: RunId, epoch: number): Promise<GuardView> {
  const [row] = (await pool.query<GuardRow>(GUARD, [id])).rows
  if (row === undefined) throw new Error('the guard query answered nothing')
  const now = platformOf(row.reading)
  const leaseLeftMs = Math.max(0, ((row.lease_until ?? 0) - now) / 1000)
  return {
    epochHolds: row.epoch === epoch && leaseLeftMs > 0,
    leaseLeftMs,
    halted: row.halted ?? true,
    abortRequested: row.abort_requested ?? false,
    now,
    worldNow: row.epoch === null ? worldInstant(now) : worldAt(clockOf(row), now),
  }
}

/** Whole microseconds of a length in milliseconds. */
function micros(ms: number): number {
  return Math.round(ms * 1000)
}
