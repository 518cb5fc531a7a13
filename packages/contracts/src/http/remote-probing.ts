import { compiledProbeSchema, PROBE_OUTCOMES } from '@firedrill/core'
import { z } from 'zod'
import { instantSchema, microsSchema, nameSchema } from './shared.ts'

/** What a prober has to watch from a remote vantage, and what time it was on the platform meanwhile. */
export const probeWorkSchema = z
  .object({
    platformAt: instantSchema,
    runs: z.array(
      z.object({
        id: z.string(),
        resolver: z.string().optional(),
        proxy: z.string().optional(),
        /** Certificate authorities to trust besides the well-known ones, PEM. */
        ca: z.string().optional(),
        probes: z.array(compiledProbeSchema),
        /** World time is `anchorWorld` at `anchorPlatform` and goes `rate` times as fast. */
        clock: z.object({ anchorPlatform: instantSchema, anchorWorld: instantSchema, rate: z.number() }),
      }),
    ),
  })
  .meta({ id: 'ProbeWork' })
export type ProbeWork = z.infer<typeof probeWorkSchema>

/** So many samples are taken at once. */
export const REPORTED_SAMPLES_MAX = 1000

/** Samples of a remote prober, in world time, each with the bound of its clock's error. */
export const reportSamplesSchema = z
  .object({
    vantage: nameSchema,
    samples: z
      .array(
        z.object({
          probe: nameSchema,
          start: instantSchema,
          end: instantSchema,
          outcome: z.enum(PROBE_OUTCOMES),
          detail: z.string().max(500).optional(),
          clockErrorMicros: microsSchema.min(0),
        }),
      )
      .min(1)
      .max(REPORTED_SAMPLES_MAX),
  })
  .meta({ id: 'ReportSamples' })
export type ReportSamples = z.infer<typeof reportSamplesSchema>

/** How many samples were taken, known ones included. */
export const reportedSchema = z.object({ taken: z.int() })
