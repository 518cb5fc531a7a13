import { FINDING_STATES, SEVERITIES } from '@firedrill/core'
import { z } from 'zod'
import { actorSchema, instantSchema } from './shared.ts'

const date = z.iso.date().describe('A calendar date, such as 2026-12-24')

/** What people say about a gap that a run showed. */
export const findingTermsSchema = z
  .object({
    gap: z.string().trim().min(1).max(2000),
    severity: z.enum(SEVERITIES),
    owner: z.string().trim().min(1).max(200),
    due: date,
    state: z.enum(FINDING_STATES).default('open'),
    ticket: z.string().trim().min(1).max(500).nullable().default(null),
    /** When it is drilled again. */
    retest: date.nullable().default(null),
  })
  .meta({ id: 'FindingTerms' })
export type FindingTermsView = z.input<typeof findingTermsSchema>

/** A finding of a run as it stands. `version` counts its changes; a change names the one it was made of. */
export const findingViewSchema = findingTermsSchema
  .extend({
    number: z.int(),
    version: z.int(),
    openedAt: instantSchema,
    openedBy: actorSchema,
    changedAt: instantSchema,
    changedBy: actorSchema,
  })
  .meta({ id: 'Finding' })
export type FindingView = z.output<typeof findingViewSchema>
