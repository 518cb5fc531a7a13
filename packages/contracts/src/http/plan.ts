import {
  EXPIRIES,
  FENCINGS,
  GUARDRAILS,
  RESTORATIONS,
  failureSchema,
  frozenTargetSchema,
} from '@firedrill/core'
import { z } from 'zod'
import { nameSchema, pinnedSchema } from './shared.ts'

/** One guardrail's answer. */
export const guardrailAnswerViewSchema = z.object({
  guardrail: z.enum(GUARDRAILS),
  allow: z.boolean(),
  reason: z.string(),
})

const definitionRefSchema = z.union([
  z.strictObject({ name: nameSchema }),
  z.strictObject({ source: z.string().min(1).max(512_000) }),
])

/** What to plan: definitions by name, or as text that is not stored. */
export const planRequestSchema = z
  .object({
    scenario: definitionRefSchema,
    environment: definitionRefSchema,
    /** Seed of random choices; drawn when left out. */
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
  })
  .meta({ id: 'PlanRequest' })
export type PlanRequest = z.input<typeof planRequestSchema>

/** What a saved plan was made from. A start that carries it is refused when any of it has changed. */
export const planReferenceSchema = z
  .object({
    scenarioHash: z.string(),
    environmentHash: z.string(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
    /** Hash over every step's targets, captured state, calls and permissions. */
    planHash: z.string(),
  })
  .meta({ id: 'PlanReference' })
export type PlanReference = z.infer<typeof planReferenceSchema>

/** A dry run: everything a start would resolve and ask. Nothing was written and nothing was touched. */
export const planAnswerSchema = z
  .object({
    allowed: z.boolean(),
    scenario: pinnedSchema,
    environment: pinnedSchema,
    seed: z.int(),
    guardrails: z.array(guardrailAnswerViewSchema),
    steps: z.array(
      z.object({
        step: z.string(),
        fault: z.string(),
        faultVersion: z.int(),
        title: z.string(),
        restoration: z.enum(RESTORATIONS),
        fencing: z.enum(FENCINGS),
        expiry: z.enum(EXPIRIES),
        targets: z.array(frozenTargetSchema),
        population: z.int(),
        unfit: z.array(z.object({ target: z.string(), guardrail: z.string(), reason: z.string() })),
        calls: z.array(z.string()),
        permissions: z.array(z.string()),
        /** Commands that undo this step by hand, in order. */
        undoCommands: z.array(z.string()),
        /** Set when the cloud could not be asked; then nothing else is known of this step. */
        failure: failureSchema.optional(),
      }),
    ),
    permissions: z.array(z.string()),
    /** What does not refuse a start, and should be known before it. */
    warnings: z.array(z.string()),
    /** For a start from this plan; null when a step could not be resolved. */
    reference: planReferenceSchema.nullable(),
  })
  .meta({ id: 'Plan' })
export type PlanAnswer = z.infer<typeof planAnswerSchema>
