import { measurementSchema } from '@firedrill/core'
import { z } from 'zod'
import { evidenceSchema } from './operations.ts'

/** Version of the bundle's form. */
export const BUNDLE_FORMAT = 1

/**
 * What a run's figures can be computed from again, besides the bytes of its evidence: the whole journal with its hashes,
 * and the scenario that the journal names. Kept as it is, since every byte of it is hashed.
 */
export const bundleSchema = z
  .object({
    format: z.literal(BUNDLE_FORMAT),
    run: z.string(),
    scenario: z.record(z.string(), z.unknown()),
    events: z.array(z.record(z.string(), z.unknown())),
    evidence: z.array(evidenceSchema),
  })
  .meta({ id: 'Bundle' })
export type BundleView = z.infer<typeof bundleSchema>

/** A run's measurement, computed again with the code of today, beside the one in its journal. */
export const recomputedSchema = z
  .object({
    run: z.string(),
    /** What is not as it was written; then nothing is computed. */
    faults: z.array(z.object({ what: z.string(), problem: z.string() })),
    /** Pieces of evidence whose bytes have their hash. */
    verified: z.int(),
    /** Sequence of the event that holds the stored measurement. */
    seq: z.int().nullable(),
    stored: measurementSchema.nullable(),
    recomputed: measurementSchema.nullable(),
    isEqual: z.boolean(),
    /** Members in which the two differ, as paths. */
    differences: z.array(z.string()),
    /** Why nothing was computed. */
    why: z.string().nullable(),
  })
  .meta({ id: 'Recomputed' })
export type RecomputedView = z.infer<typeof recomputedSchema>
