import type { Samples } from '@firedrill/core'
import type { Pool } from 'pg'
import { worldOf } from '../connection/micros.ts'

const NOTE = `
  INSERT INTO clock_reading (run_id, team_id, clock, at, lo, hi)
  SELECT r.id, r.team_id, c.clock, c.at, c.lo, c.hi
  FROM run r, unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS c(clock, at, lo, hi) WHERE r.id = $1
  ON CONFLICT DO NOTHING`

const READ = 'SELECT clock, at, lo, hi FROM clock_reading WHERE run_id = $1 ORDER BY clock, at'

/** How clocks compared, on PostgreSQL: a batch is one statement. */
export function clockReadings(pool: Pool): Pick<Samples, 'noteClocks' | 'clocks'> {
  return {
    noteClocks: async (runId, readings) => {
      if (readings.length === 0) return
      await pool.query(NOTE, [
        runId,
        readings.map(({ clock }) => clock),
        readings.map(({ at }) => at),
        readings.map(({ lo }) => lo),
        readings.map(({ hi }) => hi),
      ])
    },
    clocks: async (runId) => {
      const { rows } = await pool.query<{ clock: string; at: number; lo: number; hi: number }>(READ, [runId])
      return rows.map(({ clock, at, lo, hi }) => ({ clock, at: worldOf(at), lo, hi }))
    },
  }
}
