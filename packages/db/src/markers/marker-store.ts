import type {
  CleanUp,
  MarkerOutcome,
  MarkerRanges,
  MarkerReading,
  MarkerRecord,
  MarkerStore,
  MarkerWrite,
  RunId,
} from '@firedrill/core'
import type { Pool } from 'pg'
import { worldOf } from '../connection/micros.ts'

// DO UPDATE instead of DO NOTHING, so that a marker that was opened before is answered too.
const OPEN = `
  INSERT INTO marker_stream (run_id, team_id, marker) SELECT id, team_id, $2 FROM run WHERE id = $1
  ON CONFLICT (run_id, marker) DO UPDATE SET marker = excluded.marker
  RETURNING (SELECT max(seq) FROM marker_write WHERE run_id = $1 AND marker = $2) AS seq`

// A write that is on record stays as it was recorded first.
const APPEND = `
  INSERT INTO marker_write (run_id, marker, seq, sent_at, ended_at, outcome, detail)
  SELECT $1, $2, * FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
  ON CONFLICT DO NOTHING`

const ADD_READING = `
  INSERT INTO marker_reading (run_id, marker, started_at, ended_at, why, up_to, present)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`

const CONCLUDE = `
  UPDATE marker_stream SET clean_up = $3, clean_up_note = $4
  WHERE run_id = $1 AND marker = $2 AND clean_up IS DISTINCT FROM 'removed' AND clean_up IS DISTINCT FROM 'kept'`

const LEFT_BEHIND = `
  SELECT m.run_id, m.team_id, m.marker FROM marker_stream m JOIN run r ON r.id = m.run_id
  WHERE NOT r.is_probed AND (m.clean_up IS NULL OR m.clean_up NOT IN ('removed', 'kept'))
  ORDER BY m.run_id, m.marker`

type StreamRow = Readonly<{ marker: string; clean_up: CleanUp | null; clean_up_note: string | null }>
type WriteRow = Readonly<{
  marker: string
  seq: number
  sent_at: number
  ended_at: number
  outcome: MarkerOutcome
  detail: string | null
}>
type ReadingRow = Readonly<{
  marker: string
  started_at: number
  ended_at: number
  why: MarkerReading['why']
  up_to: number
  present: MarkerRanges
}>

/** `MarkerStore` on PostgreSQL. */
export function markerStore(pool: Pool): MarkerStore {
  return {
    open: async (runId, marker) => {
      const opened = await pool.query<{ seq: number | null }>(OPEN, [runId, marker])
      const row = opened.rows[0]
      if (row === undefined) throw new Error(`there is no run ${runId}`)
      return row.seq ?? -1
    },
    append: async (runId, marker, writes) => {
      if (writes.length === 0) return
      const column = <T>(read: (write: MarkerWrite) => T): T[] => writes.map(read)
      await pool.query(APPEND, [
        runId,
        marker,
        column(({ seq }) => seq),
        column(({ sentAt }) => sentAt),
        column(({ endedAt }) => endedAt),
        column(({ outcome }) => outcome),
        column(({ detail }) => detail ?? null),
      ])
    },
    addReading: async (runId, marker, { startedAt, endedAt, why, upTo, present }) => {
      const row = [runId, marker, startedAt, endedAt, why, upTo, JSON.stringify(present)]
      await pool.query(ADD_READING, row)
    },
    conclude: async (runId, marker, { state, note }) => {
      await pool.query(CONCLUDE, [runId, marker, state, note])
    },
    read: (runId) => readRun(pool, runId),
    leftBehind: async () => {
      const found = await pool.query<{ run_id: RunId; team_id: string; marker: string }>(LEFT_BEHIND)
      return found.rows.map(({ run_id, team_id, marker }) => ({ runId: run_id, teamId: team_id, marker }))
    },
  }
}

async function readRun(pool: Pool, runId: RunId): Promise<readonly MarkerRecord[]> {
  const [streams, writes, readings] = await Promise.all([
    pool.query<StreamRow>(
      'SELECT marker, clean_up, clean_up_note FROM marker_stream WHERE run_id = $1 ORDER BY marker COLLATE "C"',
      [runId],
    ),
    pool.query<WriteRow>(
      'SELECT marker, seq, sent_at, ended_at, outcome, detail FROM marker_write WHERE run_id = $1 ORDER BY seq',
      [runId],
    ),
    pool.query<ReadingRow>(
      `SELECT marker, started_at, ended_at, why, up_to, present FROM marker_reading
       WHERE run_id = $1 ORDER BY started_at`,
      [runId],
    ),
  ])
  return streams.rows.map(({ marker, clean_up: state, clean_up_note: note }) => ({
    marker,
    writes: writes.rows.filter((row) => row.marker === marker).map(writeOf),
    readings: readings.rows.filter((row) => row.marker === marker).map(readingOf),
    ...(state === null ? {} : { cleanUp: { state, note: note ?? '' } }),
  }))
}

function writeOf({ seq, sent_at, ended_at, outcome, detail }: WriteRow): MarkerWrite {
  const times = { sentAt: worldOf(sent_at), endedAt: worldOf(ended_at) }
  return { seq, ...times, outcome, ...(detail === null ? {} : { detail }) }
}

function readingOf({ started_at, ended_at, why, up_to, present }: ReadingRow): MarkerReading {
  return { why, startedAt: worldOf(started_at), endedAt: worldOf(ended_at), upTo: up_to, present }
}
