import { durationIntervalSchema, VERDICTS } from '@firedrill/core'
import { z } from 'zod'
import { instantSchema, microsSchema } from './shared.ts'

const verdict = z.enum(VERDICTS)

/** What one run came to. */
export const outcomeSchema = z
  .object({
    run: z.string(),
    number: z.int(),
    service: z.string(),
    scenario: z.string(),
    /** Another one than that of the run before: the scenario was changed in between. */
    scenarioHash: z.string(),
    environment: z.string(),
    verdict,
    /** When it was over. */
    at: instantSchema,
    /** What was left of the objective with least left, in percent of it; negative: beyond it; null: not known. */
    marginPercent: z.number().nullable(),
    objectives: z.array(
      z.object({
        objective: z.string(),
        kind: z.string(),
        maxMicros: microsSchema,
        observed: durationIntervalSchema.nullable(),
        verdict,
      }),
    ),
  })
  .meta({ id: 'Outcome' })
export type OutcomeView = z.infer<typeof outcomeSchema>

/** Runs that are over, newest first, a page of them. */
export const trendSchema = z
  .object({
    outcomes: z.array(outcomeSchema),
    /** `before` of the next page; null: there is none. */
    next: z.int().nullable(),
  })
  .meta({ id: 'Trend' })
export type TrendView = z.infer<typeof trendSchema>

/** How one service stands. */
export const standingSchema = z
  .object({
    service: z.string(),
    /** Scenarios that are stored for it now. */
    scenarios: z.int(),
    /** Runs of the period by verdict. */
    drilled: z.object({ held: z.int(), deviated: z.int(), inconclusive: z.int(), notRun: z.int() }),
    /** The newest run of all time; null: never drilled. */
    last: z.object({ run: z.string(), number: z.int(), at: instantSchema, verdict }).nullable(),
    /** The smallest margin in the period; null: no figure. */
    marginPercent: z.number().nullable(),
    /** When the next drill starts by itself; null: nothing is booked. */
    dueAt: instantSchema.nullable(),
    openFindings: z.int(),
    /** Open for more than 30 days. */
    oldFindings: z.int(),
    /** Scenarios in an environment that have deviated, and have not held since. */
    failing: z.int(),
  })
  .meta({ id: 'Standing' })
export type StandingView = z.infer<typeof standingSchema>

/** Services in the order of their names, a page of them. */
export const portfolioSchema = z
  .object({
    since: instantSchema,
    services: z.array(standingSchema),
    /** `after` of the next page; null: there is none. */
    next: z.string().nullable(),
  })
  .meta({ id: 'Portfolio' })
export type PortfolioView = z.infer<typeof portfolioSchema>
