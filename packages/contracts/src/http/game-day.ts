import { GAME_DAY_ROLES, STATUSES, VERDICTS } from '@firedrill/core'
import { z } from 'zod'
import { findingViewSchema } from './finding.ts'
import { actorSchema, instantSchema, nameSchema } from './shared.ts'
import { TONES } from '../closed-sets.ts'

const words = (max: number) => z.string().trim().max(max)

/** One drill of an agenda, as people plan it. */
const agendaItemSchema = z.object({
  time: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
    .describe('Planned beginning in UTC, such as 14:30'),
  scenario: nameSchema,
  environment: nameSchema,
  isBlind: z.boolean().default(false),
  isRevealed: z.boolean().default(false),
  run: z.string().nullable().default(null),
})

/** What people agree on about a game day. */
export const gameDayTermsSchema = z
  .object({
    title: words(200).min(1),
    date: z.iso.date().describe('A calendar date, such as 2026-12-24'),
    briefing: words(4000).default(''),
    participants: z
      .array(z.object({ name: words(200).min(1), role: z.enum(GAME_DAY_ROLES) }))
      .max(200)
      .default([]),
    agenda: z.array(agendaItemSchema).max(50).default([]),
    /** Null: it is not over. */
    summary: words(8000).nullable().default(null),
  })
  .meta({ id: 'GameDayTerms' })
export type GameDayTermsView = z.input<typeof gameDayTermsSchema>
export type AgendaItemView = z.output<typeof agendaItemSchema>

/** A game day as a list shows it. */
export const gameDaySummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  date: z.string(),
  drills: z.int(),
  isOver: z.boolean(),
})
export type GameDaySummary = z.infer<typeof gameDaySummarySchema>

/** A line of the log: what the scribe wrote, or what the platform did. */
export const logLineSchema = z.object({
  at: instantSchema,
  kind: z.enum(['scribe', 'machine']),
  by: z.string(),
  text: z.string(),
  tone: z.enum(TONES),
  /** Number of the run, for what the platform did. */
  run: z.int().nullable(),
})
export type LogLine = z.infer<typeof logLineSchema>

/** A game day with everything that happened on it. */
export const gameDayViewSchema = z
  .object({
    id: z.string(),
    version: z.int(),
    terms: gameDayTermsSchema,
    /** What became of each item of the agenda, in its order. */
    drills: z.array(
      z.object({
        /** What it is, is not told here and now. */
        isHidden: z.boolean(),
        title: z.string(),
        run: z
          .object({
            id: z.string(),
            number: z.int(),
            status: z.enum(STATUSES),
            isOver: z.boolean(),
            verdict: z.enum(VERDICTS).nullable(),
            reason: z.string(),
          })
          .nullable(),
      }),
    ),
    log: z.array(logLineSchema),
    findings: z.array(
      z.object({
        finding: findingViewSchema,
        run: z.string(),
        runNumber: z.int(),
        /** Number of a later run of the same drill that held; null: it was not drilled again, or not with success. */
        heldAgain: z.int().nullable(),
      }),
    ),
    changedAt: instantSchema,
    changedBy: actorSchema,
    /** Whether the caller may lead: plan, start, reveal. */
    mayLead: z.boolean(),
  })
  .meta({ id: 'GameDay' })
export type GameDayView = z.output<typeof gameDayViewSchema>
