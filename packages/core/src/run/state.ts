import { z } from 'zod'
import { INJECTIONS } from '../target/target.ts'
import { measurementSchema } from '../verdict/verdict.ts'
import { plannedStepSchema, RECOVER_REASONS } from './events.ts'
import { STATUSES } from './status.ts'

const ref = z.strictObject({ name: z.string(), hash: z.string() })

/** Where one inject step stands. Instants are world time unless they say otherwise. */
export const stepStateSchema = z.strictObject({
  undo: z.string().optional(),
  expiresAt: z.int().optional(),
  acknowledged: z.boolean(),
  key: z.string().optional(),
  handle: z.string().optional(),
  attempts: z.int(),
  /** Attempts that nobody answered: each may still take effect. Platform time. */
  doubts: z.array(z.int()).optional(),
  requestedAt: z.int().optional(),
  acceptedAt: z.int().optional(),
  /** Last look at which the effect was not there yet. */
  notYetAt: z.int().optional(),
  /** The effect began in [lo, hi]. */
  injected: z.strictObject({ lo: z.int(), hi: z.int(), actedAt: z.int().optional() }).optional(),
  targets: z.record(z.string(), z.strictObject({ injection: z.enum(INJECTIONS), seen: z.string() })),
  recovery: z
    .strictObject({
      reason: z.enum(RECOVER_REASONS),
      requestedAt: z.int(),
      /** Platform time. */
      requestedAtPlatform: z.int(),
      attempts: z.int(),
      accepted: z.boolean(),
      /** Targets whose fault was gone before it was asked to go. */
      gone: z.array(z.string()).optional(),
      /** Calls that failed in a row. */
      failures: z.int().optional(),
      /** Not again before: platform time. Each step has its own, so that one that fails holds up no other. */
      retryAt: z.int().optional(),
      verifiedAt: z.int().optional(),
    })
    .optional(),
})
export type StepState = z.infer<typeof stepStateSchema>

/** A run, folded from its journal. Kept beside the journal so that a step costs the same at event 10 and 10,000. */
export const runStateSchema = z.strictObject({
  status: z.enum(STATUSES),
  resumesTo: z.enum(STATUSES).optional(),
  teamId: z.string(),
  drillId: z.string(),
  scenario: ref,
  environment: ref,
  runbook: ref.optional(),
  seed: z.int(),
  /** When each status was last entered: world time. */
  entered: z.partialRecord(z.enum(STATUSES), z.int()),
  expectedPlan: z.string().optional(),
  /** The schedule that started it, and the platform time it was booked for. */
  scheduled: z.strictObject({ schedule: z.string(), at: z.int() }).optional(),
  planHash: z.string().optional(),
  planned: z.array(plannedStepSchema),
  steps: z.record(z.string(), stepStateSchema),
  waited: z.array(z.string()),
  /** The last failed call and when to try again; cleared by the next success. */
  retry: z.strictObject({ attempt: z.int(), at: z.int().optional(), code: z.string() }).optional(),
  refusal: z.string().optional(),
  steadyBefore: z.boolean(),
  responseSeenAt: z.int().optional(),
  abort: z
    .strictObject({
      reason: z.string(),
      by: z.string(),
      at: z.int(),
      worldAt: z.int(),
      cause: z.enum(['halt', 'stop-condition']).optional(),
    })
    .optional(),
  recoverReason: z.enum(RECOVER_REASONS).optional(),
  measurement: measurementSchema.optional(),
})
export type RunState = z.infer<typeof runStateSchema>
