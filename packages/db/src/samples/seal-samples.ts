import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { CHUNK_SAMPLES_MAX, decodeChunk, encodeChunk, packOutline, type RunId } from '@firedrill/core'
import type { Pool } from 'pg'
import { inTransaction } from '../connection/database.ts'
import { seriesSampleOf, type SampleRow } from './read-samples.ts'

const SERIES_TO_SEAL = `
  SELECT s.id FROM sample_series s JOIN probe_sample p ON p.series_id = s.id
  WHERE s.run_id = $1 GROUP BY s.id HAVING count(*) >= $2`

// Weak enough for the writers of samples, which refer to the series; two that pack the same series take turns.
const LOCK = `SELECT 1 FROM sample_series WHERE id = $1 FOR NO KEY UPDATE`
const OLDEST = `
  SELECT started_at, ended_at, outcome, detail FROM probe_sample
  WHERE series_id = $1 ORDER BY started_at LIMIT ${CHUNK_SAMPLES_MAX}`
const PACK = `
  INSERT INTO sample_chunk (series_id, hash, first_at, last_at, count, bytes, outline)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT DO NOTHING`
// By their starts and not by a range: one that came in meanwhile was not packed.
const UNPACK = `DELETE FROM probe_sample WHERE series_id = $1 AND started_at = ANY($2::bigint[])`

/** Packs the rows of a run's series into chunks: only full ones, or all that there is. */
export async function sealSamples(pool: Pool, runId: RunId, what: 'full' | 'all'): Promise<void> {
  const least = what === 'full' ? CHUNK_SAMPLES_MAX : 1
  for (;;) {
    const { rows } = await pool.query<{ id: number }>(SERIES_TO_SEAL, [runId, least])
    if (rows.length === 0) return
    for (const { id } of rows) await sealOldest(pool, id, least)
  }
}

/** Puts the oldest rows of a series into one chunk, in one transaction. @throws Error when they would not come back as they are. */
async function sealOldest(pool: Pool, series: number, least: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(LOCK, [series])
    const { rows } = await client.query<SampleRow>(OLDEST, [series])
    if (rows.length < least) return { commit: false, value: undefined }
    const samples = rows.map(seriesSampleOf)
    const bytes = encodeChunk(samples)
    if (!isDeepStrictEqual(decodeChunk(bytes), samples))
      throw new Error(
        `samples of series ${series} would not come back from their chunk; they stay as they are`,
      )
    const starts = samples.map(({ start }) => start)
    const hash = createHash('sha256').update(bytes).digest('hex')
    const outline = JSON.stringify(packOutline(samples))
    await client.query(PACK, [series, hash, starts[0], starts.at(-1), starts.length, bytes, outline])
    await client.query(UNPACK, [series, starts])
    return { commit: true, value: undefined }
  })
}
