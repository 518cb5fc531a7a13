import {
  decodeChunk,
  joinStrokes,
  OUTLINE_SAMPLES,
  strokesOf,
  unpackOutline,
  type PackedOutline,
  type RunId,
  type SampleLane,
  type SampleRange,
  type SeriesSample,
  type Stroke,
} from '@firedrill/core'
import type { Pool } from 'pg'
import { seriesSampleOf, type SampleRow } from './read-samples.ts'

const HEADS = `
  SELECT s.probe, s.vantage, c.series_id, c.hash, c.first_at, c.last_at, c.count, c.outline
  FROM sample_series s JOIN sample_chunk c ON c.series_id = s.id
  WHERE s.run_id = $1 AND c.last_at >= $2 AND c.first_at < $3 ORDER BY c.first_at`
const ROWS = `
  SELECT s.probe, s.vantage, p.series_id, p.started_at, p.ended_at, p.outcome, p.detail
  FROM sample_series s JOIN probe_sample p ON p.series_id = s.id
  WHERE s.run_id = $1 AND p.started_at >= $2 AND p.started_at < $3 ORDER BY p.started_at`
const BYTES = `
  SELECT c.series_id, c.first_at, c.hash, c.bytes FROM sample_chunk c
  JOIN unnest($1::int[], $2::bigint[], $3::text[]) AS w(series_id, first_at, hash) USING (series_id, first_at, hash)`

type Head = Readonly<{
  probe: string
  vantage: string
  series_id: number
  hash: string
  first_at: number
  last_at: number
  count: number
  outline: PackedOutline | null
}>
type Row = SampleRow & Readonly<{ probe: string; vantage: string; series_id: number }>
type Series = { probe: string; vantage: string; heads: Head[]; rows: Row[] }
type Range = Readonly<{ from: number; to: number }>

/** Samples of a range as strokes. Chunks are unpacked only where their outline is too coarse, or others lie over them. */
export async function drawSamples(
  pool: Pool,
  runId: RunId,
  asked: Pick<SampleRange, 'from' | 'to'>,
  strokesMax: number,
): Promise<readonly SampleLane[]> {
  const range = { from: asked.from ?? 0, to: asked.to ?? Number.MAX_SAFE_INTEGER }
  const values = [runId, range.from, range.to]
  // Rows first: what is packed in between is then seen twice, and counts once.
  const { rows } = await pool.query<Row>(ROWS, values)
  const { rows: heads } = await pool.query<Head>(HEADS, values)
  const all = [...seriesOf(heads, rows).values()]
  const wanted = all.flatMap((one) => one.heads.filter((head) => isToUnpack(head, one, range, strokesMax)))
  const unpacked = await unpack(pool, wanted)
  return all
    .map((one) => laneOf(one, unpacked, range, strokesMax))
    .sort((a, b) => order(a.probe, b.probe) || order(a.vantage, b.vantage))
}

function seriesOf(heads: readonly Head[], rows: readonly Row[]): ReadonlyMap<number, Series> {
  const found = new Map<number, Series>()
  const at = ({ probe, vantage, series_id: id }: Head | Row) => {
    const one = found.get(id) ?? { probe, vantage, heads: [], rows: [] }
    found.set(id, one)
    return one
  }
  for (const head of heads) at(head).heads.push(head)
  for (const row of rows) at(row).rows.push(row)
  return found
}

function isToUnpack(head: Head, series: Series, range: Range, strokesMax: number): boolean {
  const isWhole = head.first_at >= range.from && head.last_at < range.to
  if (head.outline === null || !isWhole || samplesAbout(series, range) / strokesMax < OUTLINE_SAMPLES)
    return true
  const isOver = (from: number, to: number) => from <= head.last_at && to >= head.first_at
  return (
    series.rows.some((row) => isOver(row.started_at, row.started_at)) ||
    series.heads.some((other) => other !== head && isOver(other.first_at, other.last_at))
  )
}

const counted = new WeakMap<Series, number>()

/** About how many samples of a series start in the range: a chunk at its edge counts for its share. */
function samplesAbout(series: Series, { from, to }: Range): number {
  const known = counted.get(series)
  if (known !== undefined) return known
  const packed = series.heads.reduce((sum, { first_at: first, last_at: last, count }) => {
    const span = last - first
    const inside = Math.min(last, to) - Math.max(first, from)
    return sum + (span <= 0 ? count : count * Math.min(1, Math.max(0, inside / span)))
  }, series.rows.length)
  counted.set(series, packed)
  return packed
}

async function unpack(
  pool: Pool,
  heads: readonly Head[],
): Promise<ReadonlyMap<string, readonly SeriesSample[]>> {
  if (heads.length === 0) return new Map()
  const { rows } = await pool.query<Pick<Head, 'series_id' | 'first_at' | 'hash'> & { bytes: Uint8Array }>(
    BYTES,
    [
      heads.map(({ series_id: id }) => id),
      heads.map(({ first_at: first }) => first),
      heads.map(({ hash }) => hash),
    ],
  )
  return new Map(rows.map((row) => [keyOf(row), decodeChunk(row.bytes)]))
}

function keyOf({
  series_id: id,
  first_at: first,
  hash,
}: Pick<Head, 'series_id' | 'first_at' | 'hash'>): string {
  return `${id} ${first} ${hash}`
}

function laneOf(
  series: Series,
  unpacked: ReadonlyMap<string, readonly SeriesSample[]>,
  range: Range,
  strokesMax: number,
): SampleLane {
  const { probe, vantage, heads, rows } = series
  const samples = new Map<number, SeriesSample>()
  const strokes: Stroke[] = []
  for (const head of heads) {
    const found = unpacked.get(keyOf(head))
    if (found === undefined) strokes.push(...unpackOutline(head.outline ?? [], head.first_at))
    else for (const one of found) if (!samples.has(one.start)) samples.set(one.start, one)
  }
  for (const row of rows) if (!samples.has(row.started_at)) samples.set(row.started_at, seriesSampleOf(row))
  const kept = [...samples.values()]
    .filter(({ start }) => start >= range.from && start < range.to)
    .sort((a, b) => a.start - b.start)
  const outlined = strokes.reduce((sum, { good, bad, unusable }) => sum + good + bad + unusable, 0)
  const each = Math.max(1, Math.ceil((kept.length + outlined) / strokesMax))
  if (outlined === 0) return { probe, vantage, strokes: strokesOf(kept, each) }
  const fine = strokesOf(kept, Math.min(each, OUTLINE_SAMPLES))
  const drawn = [...strokes, ...fine].sort((a, b) => a.start - b.start)
  return { probe, vantage, strokes: joinStrokes(drawn, each) }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
