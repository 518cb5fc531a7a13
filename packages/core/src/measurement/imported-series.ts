import { z } from 'zod'
import { worldInstant, type WorldInstant } from '../time/instant.ts'
import type { MetricBucket } from './interval.ts'

/** One point of a time series that somebody else measured: the start of its bucket in world time, and its value. */
export type SeriesPoint = Readonly<{ at: WorldInstant; value: number }>

/** The kind under which an imported series is kept as evidence. */
export const SERIES_EVIDENCE = 'series'

/** One import of a time series, as it is kept as evidence. Instants are integer microseconds. */
export const importedSeriesSchema = z.strictObject({
  /** The name under which objectives know it. */
  series: z.string(),
  importedAt: z.int(),
  by: z.string(),
  /** What it was read from, and the SHA-256 of that file. */
  file: z.strictObject({ name: z.string(), sha256: z.string() }),
  points: z.array(z.tuple([z.int(), z.number()])),
})
export type ImportedSeries = z.infer<typeof importedSeriesSchema>

/** Imports as series by name, each ascending. What was imported later counts for an instant that an earlier import has too. */
export function seriesOf(
  imports: readonly ImportedSeries[],
): Readonly<Record<string, readonly SeriesPoint[]>> {
  const found = new Map<string, Map<number, number>>()
  for (const { series, points } of imports.toSorted((a, b) => a.importedAt - b.importedAt)) {
    const known = found.get(series) ?? new Map<number, number>()
    for (const [at, value] of points) known.set(at, value)
    found.set(series, known)
  }
  return Object.fromEntries(
    [...found].map(([series, known]) => [
      series,
      [...known].map(([at, value]) => ({ at: worldInstant(at), value })).toSorted((a, b) => a.at - b.at),
    ]),
  )
}

/** The points of a series as buckets of its period. */
export function bucketsOfSeries(
  points: readonly SeriesPoint[],
  periodSeconds: number,
): readonly MetricBucket[] {
  return points.map(({ at, value }) => ({ start: at, periodSeconds, value }))
}
