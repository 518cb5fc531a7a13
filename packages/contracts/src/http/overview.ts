import { durationIntervalSchema, OBJECTIVE_KINDS, STATUSES, VERDICTS } from '@firedrill/core'
import { z } from 'zod'
import { instantSchema, microsSchema } from './shared.ts'

/** One run that was carried out, as a trend draws it. */
export const trendRunSchema = z.object({
  id: z.string(),
  number: z.int(),
  at: instantSchema,
  /** Version of the scenario it had; null when that version is not kept. */
  version: z.int().nullable(),
  verdict: z.enum(VERDICTS),
  reason: z.string(),
  isAborted: z.boolean(),
  /** What it says about each objective, under the limit that held then; `observed` null: no figure that may decide anything. */
  results: z.array(
    z.object({
      objective: z.string(),
      maxMicros: microsSchema,
      verdict: z.enum(VERDICTS),
      observed: durationIntervalSchema.nullable(),
    }),
  ),
})
export type TrendRun = z.infer<typeof trendRunSchema>

/** A scenario in an environment: how it went, and when it comes again. `environment` null: it was never drilled anywhere. */
export const overviewRowSchema = z.object({
  scenario: z.string(),
  title: z.string(),
  /** The label `service` of the scenario; empty without one. */
  service: z.string(),
  environment: z.string().nullable(),
  isProduction: z.boolean(),
  version: z.int(),
  objectives: z.array(z.object({ name: z.string(), kind: z.enum(OBJECTIVE_KINDS), maxMicros: microsSchema })),
  /** Carried-out runs, the oldest first; a run that was refused or cancelled says nothing and is not among them. */
  runs: z.array(trendRunSchema),
  /** A run that is under way. */
  live: z.object({ id: z.string(), number: z.int(), status: z.enum(STATUSES) }).nullable(),
  /** When its schedules start it next; null when nothing does. */
  nextAt: instantSchema.nullable(),
  /** Since when a booked occurrence waits that nothing has made up for; null when none does. */
  overdueSince: instantSchema.nullable(),
  overdueWhy: z.string(),
})
export type OverviewRow = z.infer<typeof overviewRowSchema>

/** Every scenario of a team beside its objectives. */
export const overviewSchema = z
  .object({
    now: instantSchema,
    /** False when there were more runs than were looked at. */
    isWhole: z.boolean(),
    rows: z.array(overviewRowSchema),
  })
  .meta({ id: 'Overview' })
export type OverviewView = z.infer<typeof overviewSchema>
