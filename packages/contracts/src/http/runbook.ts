import { RUNBOOK_ACTIONS, RUNBOOK_MARKS } from '@firedrill/core'
import { z } from 'zod'
import { instantSchema, microsSchema, pinnedSchema } from './shared.ts'

/** What a person says of a step: nothing, or a note for the journal. Leaving a step out takes one. */
export const runbookNoteSchema = z
  .object({ note: z.string().trim().max(1000).default('') })
  .meta({ id: 'RunbookNote' })

/** Who said it, and when in world time. */
const saidSchema = z.object({ by: z.string(), note: z.string(), worldAt: instantSchema })

/** Where a step of a runbook stands. */
export const RUNBOOK_STEP_STATES = ['open', 'started', 'done', 'skipped'] as const
export type RunbookStepState = (typeof RUNBOOK_STEP_STATES)[number]

/** One step of a run's runbook beside what people said of it. */
export const runbookStepSchema = z.object({
  name: z.string(),
  title: z.string(),
  role: z.string(),
  expectedMicros: microsSchema,
  /** Markdown. */
  instructions: z.string(),
  check: z.string().nullable(),
  action: z.enum(RUNBOOK_ACTIONS).nullable(),
  marks: z.enum(RUNBOOK_MARKS).nullable(),
  state: z.enum(RUNBOOK_STEP_STATES),
  started: saidSchema.nullable(),
  done: saidSchema.extend({ checked: z.string().nullable() }).nullable(),
  skipped: saidSchema.nullable(),
})
export type RunbookStepView = z.infer<typeof runbookStepSchema>

/** The runbook that a run pinned. `isOpen`: people may act by it now. */
export const runRunbookSchema = pinnedSchema.extend({
  title: z.string(),
  isOpen: z.boolean(),
  steps: z.array(runbookStepSchema),
})
export type RunRunbook = z.infer<typeof runRunbookSchema>
