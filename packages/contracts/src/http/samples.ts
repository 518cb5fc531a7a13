import { z } from 'zod'
import { instantSchema, microsSchema } from './shared.ts'

/**
 * What one probe saw from one vantage, in order. A point stands for one or more samples that started in
 * [`start`, `end`]; counts are kept, so that no failure is hidden by drawing fewer points.
 */
export const probeLaneSchema = z
  .object({
    probe: z.string(),
    vantage: z.string(),
    good: z.int(),
    bad: z.int(),
    unusable: z.int(),
    points: z.array(
      z.object({
        start: instantSchema,
        end: instantSchema,
        good: z.int(),
        bad: z.int(),
        unusable: z.int(),
        /** Longest time from start to end of a good or bad sample. */
        slowestMicros: microsSchema,
        /** Why the first sample that was not good was not. */
        detail: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'ProbeLane' })
export type ProbeLane = z.infer<typeof probeLaneSchema>

/** All lanes of a run, by probe and vantage. */
export const probeLanesSchema = z.object({ lanes: z.array(probeLaneSchema) })
