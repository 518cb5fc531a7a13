import { z } from 'zod'
import { API_VERSION } from '../scenario/scenario.ts'

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, starting with a letter')

/** What the platform does when a person starts a step: abort the run, or let a held one go on. */
export const RUNBOOK_ACTIONS = ['abort', 'continue'] as const
export type RunbookAction = (typeof RUNBOOK_ACTIONS)[number]

/** Points in time that a step stands for: they lie between its start and its end, and split the recovery time. */
export const RUNBOOK_MARKS = ['decided', 'acted'] as const
export type RunbookMark = (typeof RUNBOOK_MARKS)[number]

/** One thing that people do. */
export const runbookStepSchema = z.strictObject({
  name,
  title: z.string(),
  role: z.string(),
  expectedMs: z.int().nonnegative(),
  /** Markdown. */
  instructions: z.string(),
  /** Name of the scenario's probe that has to be good before the step can be done. */
  check: name.optional(),
  action: z.enum(RUNBOOK_ACTIONS).optional(),
  marks: z.enum(RUNBOOK_MARKS).optional(),
})
export type RunbookStep = z.infer<typeof runbookStepSchema>

/** A runbook: what people do, in order, by role. Durations are world time. */
export const compiledRunbookSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Runbook'),
  name,
  title: z.string(),
  steps: z.array(runbookStepSchema),
})
export type CompiledRunbook = z.infer<typeof compiledRunbookSchema>
