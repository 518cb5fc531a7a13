import { decodeChunk, type ProbeOutcome, type RunId, type Sample, type SampleRange } from '@firedrill/core'
import type { Pool } from 'pg'
import { worldOf } from '../connection/micros.ts'

const SERIES_IN = `s.run_id = $1 AND ($4::text IS NULL OR s.probe = $4) AND ($5::text IS NULL OR s.vantage = $5)`

// One statement, and so one view of the database: what is packed meanwhile is seen in one place, and one answer is waited for.
const ROWS_AND_CHUNKS = `
  SELECT s.probe, s.vantage, p.started_at, p.ended_at, p.outcome, p.detail, NULL::bytea AS bytes
  FROM sample_series s JOIN probe_sample p ON p.series_id = s.id
  WHERE ${SERIES_IN} AND p.started_at >= $2 AND p.started_at < $3
  UNION ALL
  SELECT s.probe, s.vantage, NULL, NULL, NULL, NULL, c.bytes
  FROM sample_series s JOIN sample_chunk c ON c.series_id = s.id
  WHERE ${SERIES_IN} AND c.last_at >= $2 AND c.first_at < $3`

/** A sample as a row that was not packed yet. */
export type SampleRow = Readonly<{
  started_at: number
  ended_at: number
  outcome: ProbeOutcome
  detail: string | null
}>
type Named = Readonly<{ probe: string; vantage: string }>
type Found = Named & ((SampleRow & Readonly<{ bytes: null }>) | Readonly<{ bytes: Uint8Array }>)

/** Samples in a range, ascending by start, packed or not; one that is there twice counts once. */
export async function readSamples(pool: Pool, runId: RunId, range: SampleRange): Promise<readonly Sample[]> {
  const [from, to] = [range.from ?? 0, range.to ?? Number.MAX_SAFE_INTEGER]
  const values = [runId, from, to, range.probe ?? null, range.vantage ?? null]
  const { rows } = await pool.query<Found>(ROWS_AND_CHUNKS, values)
  const series = new Map<string, Map<number, Sample>>()
  // What was packed counts before the same sample that was sent once more later.
  const packedFirst = rows.toSorted((a, b) => Number(a.bytes === null) - Number(b.bytes === null))
  for (const found of packedFirst) {
    const { probe, vantage } = found
    const kept = seriesOf(series, found)
    const samples = found.bytes === null ? [seriesSampleOf(found)] : decodeChunk(found.bytes)
    for (const sample of samples) {
      const { start } = sample
      if (start >= from && start < to && !kept.has(start)) kept.set(start, { probe, vantage, ...sample })
    }
  }
  return [...series.values()]
    .flatMap((samples) => [...samples.values()])
    .sort((a, b) => a.start - b.start || order(a.probe, b.probe) || order(a.vantage, b.vantage))
}

function seriesOf(series: Map<string, Map<number, Sample>>, { probe, vantage }: Named): Map<number, Sample> {
  const key = JSON.stringify([probe, vantage])
  const kept = series.get(key) ?? new Map<number, Sample>()
  series.set(key, kept)
  return kept
}

/** A row as the sample it holds. */
export function seriesSampleOf(row: SampleRow): Omit<Sample, 'probe' | 'vantage'> {
  return {
    start: worldOf(row.started_at),
    end: worldOf(row.ended_at),
    outcome: row.outcome,
    ...(row.detail === null ? {} : { detail: row.detail }),
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
