import { DIFFERENCES, durationIntervalSchema, OBJECTIVE_KINDS } from '@firedrill/core'
import { z } from 'zod'
import { microsSchema } from './shared.ts'

const boundSchema = z.number()
/** Bounds of something reckoned from several intervals: microseconds that need not be whole; `hi` null: not bounded. */
const boundsSchema = durationIntervalSchema.extend({ lo: boundSchema, hi: boundSchema.nullable() })

/** Repeated runs, for one objective. */
export const runsSummarySchema = z.object({
  runs: z.int(),
  held: z.int(),
  deviated: z.int(),
  inconclusive: z.int(),
  /** Runs with a figure; the others are in none of the numbers below. */
  measured: z.int(),
  /** The median of the true values of these runs lies in it. */
  median: boundsSchema.optional(),
  /** An interval for the median of all runs of this kind, and how sure it is; absent with fewer than six figures. */
  typical: z.object({ bounds: boundsSchema, confidence: z.number() }).optional(),
  worst: boundsSchema.optional(),
  worstRun: z.string().optional(),
})
export type RunsSummary = z.infer<typeof runsSummarySchema>

/** One objective over repeated runs of a scenario, beside earlier ones when they were asked for. */
export const objectiveSummarySchema = z.object({
  objective: z.string(),
  kind: z.enum(OBJECTIVE_KINDS),
  /** What it allows in the newest run. */
  maxMicros: microsSchema,
  summary: runsSummarySchema,
  before: runsSummarySchema.optional(),
  /** The runs beside the earlier ones; absent when one of the two has no figure. */
  comparison: z
    .object({
      difference: z.enum(DIFFERENCES),
      confidence: z.number(),
      /** The median distance lies in it; null: not bounded on that side. */
      shift: z.object({ lo: z.number().nullable(), hi: z.number().nullable() }),
    })
    .optional(),
})

/** Repeated runs of one scenario. */
export const repeatedRunsSchema = z
  .object({
    scenario: z.string(),
    environment: z.string().nullable(),
    since: microsSchema.nullable(),
    against: microsSchema.nullable(),
    /** Versions of the scenario that the runs had: figures of several may not be of the same kind. */
    versions: z.int(),
    /** False when there were more runs than were looked at. */
    isWhole: z.boolean(),
    objectives: z.array(objectiveSummarySchema),
  })
  .meta({ id: 'RepeatedRuns' })
export type RepeatedRuns = z.infer<typeof repeatedRunsSchema>
