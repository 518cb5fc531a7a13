import type { RunId, Sample, Samples } from '@firedrill/core'
import type { Pool } from 'pg'
import { clockReadings } from './clock-readings.ts'
import { drawSamples } from './draw-samples.ts'
import { readSamples } from './read-samples.ts'
import { sealSamples } from './seal-samples.ts'

/** Known series are kept in memory up to this many; then they are asked for again. */
const SERIES_KEPT_MAX = 10_000

// DO UPDATE instead of DO NOTHING, so that a series that another process made meanwhile is answered too.
const OPEN_SERIES = `
  INSERT INTO sample_series (run_id, team_id, probe, vantage)
  SELECT r.id, r.team_id, s.probe, s.vantage
  FROM run r, unnest($2::text[], $3::text[]) AS s(probe, vantage) WHERE r.id = $1
  ON CONFLICT (run_id, probe, vantage) DO UPDATE SET probe = excluded.probe
  RETURNING id, probe, vantage`

// A sample that was written before (a batch sent twice) stays as it is.
const APPEND = `
  INSERT INTO probe_sample (series_id, started_at, ended_at, outcome, detail)
  SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
  ON CONFLICT DO NOTHING`

/** `Samples` on PostgreSQL: a batch is one statement, and a row holds a number in place of names. */
export function sampleStore(pool: Pool): Samples {
  const known = new Map<string, number>()
  return {
    append: async (runId, samples) => {
      if (samples.length === 0) return
      const series = await seriesOf(pool, known, runId, samples)
      const column = <T>(read: (sample: Sample) => T): T[] => samples.map(read)
      await pool.query(APPEND, [
        series,
        column(({ start }) => start),
        column(({ end }) => end),
        column(({ outcome }) => outcome),
        column(({ detail }) => detail ?? null),
      ])
    },
    read: (runId, range = {}) => readSamples(pool, runId, range),
    draw: (runId, range, strokesMax) => drawSamples(pool, runId, range, strokesMax),
    seal: (runId, what) => sealSamples(pool, runId, what),
    ...clockReadings(pool),
  }
}

/** The series of each sample, in the order of the samples. */
async function seriesOf(
  pool: Pool,
  known: Map<string, number>,
  runId: RunId,
  samples: readonly Sample[],
): Promise<readonly number[]> {
  const keyOf = ({ probe, vantage }: Readonly<{ probe: string; vantage: string }>) =>
    `${runId} ${probe} ${vantage}`
  if (known.size > SERIES_KEPT_MAX) known.clear()
  const unknown = new Map(
    samples.filter((sample) => !known.has(keyOf(sample))).map((sample) => [keyOf(sample), sample]),
  )
  if (unknown.size > 0) {
    const wanted = [...unknown].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sample]) => sample)
    const opened = await pool.query<{ id: number; probe: string; vantage: string }>(OPEN_SERIES, [
      runId,
      wanted.map(({ probe }) => probe),
      wanted.map(({ vantage }) => vantage),
    ])
    if (opened.rows.length === 0) throw new Error(`there is no run ${runId}`)
    for (const row of opened.rows) known.set(keyOf(row), row.id)
  }
  return samples.map((sample) => {
    const id = known.get(keyOf(sample))
    if (id === undefined) throw new Error(`probe ${sample.probe} has no series`)
    return id
  })
}
