import { z } from 'zod'
import { INJECTIONS } from '../target/injection.ts'
import { foreignChangeSchema } from '../target/target.ts'
import { measurementSchema } from '../verdict/verdict.ts'
import { plannedStepSchema, RECOVER_REASONS, RESOLUTIONS } from './events.ts'
import { RUNBOOK_MARKS } from '../runbook/runbook.ts'
import { approvalSchema, subjectSchema } from './approval.ts'
import { STATUSES } from './status.ts'

const ref = z.strictObject({ name: z.string(), hash: z.string() })

/** What is known of one target, and what a person decided about it. `at` is platform time. */
export const targetStateSchema = z.strictObject({
  injection: z.enum(INJECTIONS),
  seen: z.string(),
  foreign: foreignChangeSchema.optional(),
  decision: z
    .strictObject({ answer: z.enum(RESOLUTIONS), by: z.string(), reason: z.string(), at: z.int() })
    .optional(),
})
export type TargetState = z.infer<typeof targetStateSchema>

/** Where one inject step stands. Instants are world time unless they say otherwise. */
export const stepStateSchema = z.strictObject({
  undo: z.string().optional(),
  /** When its undo was stored; the reaper's time to acknowledge counts from here. */
  preparedAt: z.int().optional(),
  expiresAt: z.int().optional(),
  acknowledged: z.boolean(),
  key: z.string().optional(),
  handle: z.string().optional(),
  attempts: z.int(),
  /** Attempts that nobody answered: each may still take effect. World time. */
  doubts: z.array(z.int()).optional(),
  requestedAt: z.int().optional(),
  acceptedAt: z.int().optional(),
  /** Last look at which the effect was not there yet. */
  notYetAt: z.int().optional(),
  /** The effect began in [lo, hi]. */
  injected: z.strictObject({ lo: z.int(), hi: z.int(), actedAt: z.int().optional() }).optional(),
  targets: z.record(z.string(), targetStateSchema),
  /** The scheduler of the cloud that takes the fault out when nobody is left, where the environment has one. World time. */
  deadMan: z
    .strictObject({
      schedules: z.array(z.string()),
      firesAt: z.int(),
      /** Describing showed that it was told. */
      isArmed: z.boolean(),
      /** Calls about it that failed in a row. */
      failures: z.int().optional(),
      retryAt: z.int().optional(),
      /** Why it cannot be told at all. */
      refusal: z.string().optional(),
      released: z.strictObject({ until: z.int().optional() }).optional(),
    })
    .optional(),
  /** How often the step was cleared to be tried again; each round has an idempotency key of its own. */
  round: z.int().optional(),
  /** A person asked to try it again. `at` is world time. */
  again: z.strictObject({ by: z.string(), reason: z.string(), at: z.int() }).optional(),
  /** A person who took over gave this step back to the platform. */
  handedBack: z.boolean().optional(),
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
      /** Not again before: world time. Each step has its own, so that one that fails holds up no other. */
      retryAt: z.int().optional(),
      verifiedAt: z.int().optional(),
    })
    .optional(),
})
export type StepState = z.infer<typeof stepStateSchema>

/** Who said something of a step of the runbook. `at` is world time. */
const saidSchema = z.strictObject({ by: z.string(), note: z.string(), at: z.int() })

/** What people said of one step of the runbook. */
const runbookStepStateSchema = z.strictObject({
  marks: z.enum(RUNBOOK_MARKS).optional(),
  started: saidSchema.optional(),
  done: saidSchema.extend({ checked: z.string().optional() }).optional(),
  skipped: saidSchema.optional(),
})
export type RunbookStepState = z.infer<typeof runbookStepStateSchema>

/** A run, folded from its journal. Kept beside the journal so that a step costs the same at event 10 and 10,000. */
export const runStateSchema = z.strictObject({
  status: z.enum(STATUSES),
  /** What a paused run goes on with. */
  resumesTo: z.enum(STATUSES).optional(),
  teamId: z.string(),
  drillId: z.string(),
  scenario: ref,
  environment: ref,
  runbook: ref.optional(),
  /** Steps of the runbook that somebody has begun, done or left out. */
  runbookSteps: z.record(z.string(), runbookStepStateSchema).optional(),
  seed: z.int(),
  /** When each status was last entered: world time. */
  entered: z.partialRecord(z.enum(STATUSES), z.int()),
  expectedPlan: z.string().optional(),
  /** The schedule that started it, and the platform time it was booked for. */
  scheduled: z.strictObject({ schedule: z.string(), at: z.int() }).optional(),
  /** Who started it, or booked what started it. */
  author: subjectSchema.optional(),
  planHash: z.string().optional(),
  /** The latest approval of each person; whether it counts is judged when it is asked for. */
  approvals: z.array(approvalSchema).optional(),
  /** Who turned the plan down. Platform time. */
  declined: z.strictObject({ by: z.string(), reason: z.string(), at: z.int() }).optional(),
  planned: z.array(plannedStepSchema),
  steps: z.record(z.string(), stepStateSchema),
  waited: z.array(z.string()),
  /** Steps that a person left out. */
  skipped: z.record(z.string(), z.strictObject({ by: z.string(), reason: z.string() })).optional(),
  /** When the run was held; the last one is open while it is. World time. */
  pauses: z.array(z.strictObject({ from: z.int(), to: z.int().optional() })).optional(),
  /** The last failed call and when to try again, in world time; cleared by the next success. */
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
  /** When a rule said go, and the first step of the platform's response was next. World time. */
  decidedAt: z.int().optional(),
  /** When the failback began: every fault is out, and what the response did is undone from the last step to the first. World time. */
  failbackAt: z.int().optional(),
  recoverReason: z.enum(RECOVER_REASONS).optional(),
  /** Who does what is left of the undo, since a person took it over. Platform time. */
  takenOver: z.strictObject({ by: z.string(), reason: z.string(), at: z.int() }).optional(),
  /** From when on the time for recovery counts anew, since a person gave it back. World time. */
  handedBackAt: z.int().optional(),
  /** Calls for a person. Instants are platform time. */
  pages: z
    .strictObject({
      sent: z.int(),
      lastAt: z.int().optional(),
      failures: z.int(),
      retryAt: z.int().optional(),
    })
    .optional(),
  measurement: measurementSchema.optional(),
})
export type RunState = z.infer<typeof runStateSchema>
