import { z } from 'zod'
import { clockAgreementSchema } from '../measurement/clock-reading.ts'
import { durationIntervalSchema, pointInTimeSchema, PARTS, POINTS } from '../measurement/interval.ts'
import { markerSummarySchema } from '../measurement/marker-summary.ts'

/** What was learned, per objective and for the run. */
export const VERDICTS = ['held', 'deviated', 'inconclusive', 'not-run'] as const
export type Verdict = (typeof VERDICTS)[number]

/** One objective beside what was observed. All times are microseconds of world time. */
export const objectiveResultSchema = z.strictObject({
  objective: z.string(),
  kind: z.string(),
  maxMicros: z.int(),
  verdict: z.enum(VERDICTS),
  observed: durationIntervalSchema.optional(),
  /** How the interval was found, in words. */
  method: z.string(),
  /** Why this verdict, in words, with the distance that decided it. */
  reason: z.string(),
  /** For inconclusive: what would have decided it. */
  wouldDecide: z.string().optional(),
  /**
   * For data loss, numbers of writes: acknowledged, of those absent when first read back, of those there later, and gone for
   * good. The last two are absent when nothing was read after the restoration.
   */
  markers: z
    .strictObject({
      acknowledged: z.int(),
      missing: z.int(),
      late: z.int().optional(),
      lost: z.int().optional(),
    })
    .optional(),
  /** With several vantages: what each saw by itself. `note` is in words. Absent: one vantage, or not by vantage. */
  vantages: z
    .array(
      z.strictObject({ vantage: z.string(), observed: durationIntervalSchema.optional(), note: z.string() }),
    )
    .optional(),
})
export type ObjectiveResult = z.infer<typeof objectiveResultSchema>

/** The same recovery time by another source, for comparison. */
export const crossCheckSchema = z.strictObject({
  source: z.string(),
  observed: durationIntervalSchema.optional(),
  agrees: z.boolean().nullable(),
  note: z.string(),
})
export type CrossCheck = z.infer<typeof crossCheckSchema>

/** Everything that was measured in a run. A point or part that is missing was not observed. */
export const measurementSchema = z.strictObject({
  provisional: z.boolean(),
  verdict: z.enum(VERDICTS),
  reason: z.string(),
  objectives: z.array(objectiveResultSchema),
  points: z.partialRecord(z.enum(POINTS), pointInTimeSchema),
  parts: z.partialRecord(z.enum(PARTS), durationIntervalSchema),
  crossChecks: z.array(crossCheckSchema),
  /** Per probe and vantage: counts, so that a reader sees what stands behind the figures. */
  samples: z.array(
    z.strictObject({
      probe: z.string(),
      vantage: z.string(),
      good: z.int(),
      bad: z.int(),
      unusable: z.int(),
    }),
  ),
  /** What each marker writer wrote, and whether that was taken out again; absent without marker writers. */
  markers: z.array(markerSummarySchema).optional(),
  /** How far the clocks behind the figures were apart; absent where one clock stamped everything. */
  clocks: z.array(clockAgreementSchema).optional(),
  /** SHA-256 of the raw evidence the figures were computed from. */
  evidence: z.array(z.string()),
})
export type Measurement = z.infer<typeof measurementSchema>
