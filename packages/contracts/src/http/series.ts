import { z } from 'zod'
import { instantSchema, nameSchema } from './shared.ts'

/** A day of seconds fits. */
const POINTS_MAX = 100_000

/** A time series that somebody else measured, to be kept as evidence of a run. */
export const importSeriesSchema = z
  .object({
    /** The name under which the scenario's objectives know it. */
    series: nameSchema,
    /** What it was read from, with the SHA-256 of that file. */
    file: z.object({ name: z.string().min(1).max(255), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    /** The start of each period in world time, and the value of the period. */
    points: z
      .array(z.tuple([instantSchema, z.number()]))
      .min(1)
      .max(POINTS_MAX),
  })
  .meta({ id: 'ImportSeries' })
export type ImportSeries = z.infer<typeof importSeriesSchema>

/** What was kept: the hash of the evidence, and what it spans. */
export const seriesImportedSchema = z
  .object({ hash: z.string(), points: z.int(), from: instantSchema, to: instantSchema })
  .meta({ id: 'SeriesImported' })
export type SeriesImported = z.infer<typeof seriesImportedSchema>
