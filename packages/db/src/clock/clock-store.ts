import {
  worldAt,
  worldInstant,
  type ClockStore,
  type EnvironmentClock,
  type PlatformInstant,
} from '@firedrill/core'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../connection/database.ts'
import { platformOf } from '../connection/micros.ts'
import { clockOf } from '../run/run-row.ts'

type ClockRow = Readonly<{ anchor_platform: number; anchor_world: number; rate: number }>

/** `ClockStore` on PostgreSQL. */
export function clockStore(pool: Pool): ClockStore {
  return {
    put: (teamId, environment, clock) =>
      inTransaction(pool, async (client) => ({
        commit: true,
        value: await putClock(client, teamId, environment, clock),
      })),
    get: async (teamId, environment) => {
      const found = await pool.query<ClockRow>(
        'SELECT anchor_platform, anchor_world, rate FROM environment_clock WHERE team_id = $1 AND environment = $2',
        [teamId, environment],
      )
      return found.rows[0] === undefined ? undefined : clockOf(found.rows[0])
    },
  }
}

/** Stores a reading inside the caller's transaction and answers the clock that holds; see `laterClock`. */
export async function putClock(
  client: PoolClient,
  teamId: string,
  environment: string,
  clock: EnvironmentClock,
): Promise<EnvironmentClock> {
  const key = [teamId, environment]
  const inserted = await client.query(
    `INSERT INTO environment_clock (team_id, environment, anchor_platform, anchor_world, rate)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [...key, clock.anchorPlatform, clock.anchorWorld, clock.rate],
  )
  if (inserted.rowCount === 1) return clock
  const found = await client.query<ClockRow & { reading: number; written: number }>(
    `WITH locked AS MATERIALIZED (
       SELECT anchor_platform, anchor_world, rate FROM environment_clock
       WHERE team_id = $1 AND environment = $2 FOR NO KEY UPDATE
     ) SELECT locked.*, now_micros() AS reading,
         coalesce((SELECT max(last_world_at) FROM run WHERE team_id = $1 AND environment = $2), 0) AS written
       FROM locked`,
    key,
  )
  const [row] = found.rows
  if (row === undefined) throw new Error(`the clock of ${environment} vanished`)
  const before = clockOf(row)
  const holds = laterClock(before, clock, platformOf(row.reading), row.written)
  if (holds === before) return before
  await client.query(
    `UPDATE environment_clock SET anchor_platform = $3, anchor_world = $4, rate = $5
     WHERE team_id = $1 AND environment = $2`,
    [...key, holds.anchorPlatform, holds.anchorWorld, holds.rate],
  )
  return holds
}

/**
 * World time never runs backwards behind what was written down: such a reading is not taken, only its rate, or a
 * world that slowed down would be outrun for ever. A reading behind the old clock's mere projection is taken: a
 * simulated world stands still while its simulator is down.
 */
function laterClock(
  before: EnvironmentClock,
  next: EnvironmentClock,
  now: PlatformInstant,
  written: number,
): EnvironmentClock {
  const reached = worldInstant(Math.max(before.anchorWorld, written))
  if (worldAt(next, now) >= reached) return next
  if (next.rate === before.rate) return before
  return { anchorPlatform: now, anchorWorld: reached, rate: next.rate }
}
