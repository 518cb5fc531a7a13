import {
  APPROVAL_FLAWS,
  INJECTIONS,
  OBJECTIVE_KINDS,
  RECOVER_REASONS,
  RESOLUTIONS,
  RESPONSES,
  RESTORATIONS,
  STATUSES,
  VERDICTS,
  durationIntervalSchema,
  foreignChangeSchema,
  measurementSchema,
} from '@firedrill/core'
import { z } from 'zod'
import { guardrailAnswerViewSchema, planReferenceSchema } from './plan.ts'
import { freezeViewSchema } from './schedule.ts'
import { runRunbookSchema } from './runbook.ts'
import { instantSchema, microsSchema, pinnedSchema, reasonSchema } from './shared.ts'

/** Starts a run of a booked drill. */
export const startRunSchema = z
  .object({
    drillId: z.string(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
    plan: planReferenceSchema.optional(),
  })
  .meta({ id: 'StartRun' })
export type StartRun = z.input<typeof startRunSchema>

/** Aborts a run. */
export const abortRunSchema = z.object({ reason: reasonSchema }).meta({ id: 'AbortRun' })
/** Adds a scribe's note. */
export const addNoteSchema = z.object({ text: z.string().trim().min(1).max(4000) }).meta({ id: 'AddNote' })

/** Holds a run, lets it go on, or takes over what is left of its undo. */
export const reasonedSchema = z.object({ reason: reasonSchema }).meta({ id: 'Reasoned' })
/** Approves a frozen plan, or turns it down. `plan` is the hash of what was looked at. */
export const answerPlanSchema = z
  .object({ plan: z.string().regex(/^[0-9a-f]{64}$/), reason: reasonSchema })
  .meta({ id: 'AnswerPlan' })
export type AnswerPlan = z.infer<typeof answerPlanSchema>
/** What to do about one target of an undo. */
export const resolveTargetSchema = z
  .object({ step: z.string(), target: z.string(), answer: z.enum(RESOLUTIONS), reason: reasonSchema })
  .meta({ id: 'ResolveTarget' })
export type ResolveTarget = z.infer<typeof resolveTargetSchema>

/** A run as lists show it. */
export const runSummarySchema = z
  .object({
    id: z.string(),
    number: z.int(),
    drillId: z.string(),
    scenario: pinnedSchema,
    environment: pinnedSchema,
    status: z.enum(STATUSES),
    isOver: z.boolean(),
    /** Null until something was learned. */
    verdict: z.enum(VERDICTS).nullable(),
    /** True while the verdict may still change. */
    isProvisional: z.boolean(),
    reason: z.string(),
    isAborted: z.boolean(),
    /** True while at least one target may still be broken by us. */
    mayBeBroken: z.boolean(),
    /** Newest sequence of the journal. */
    seq: z.int(),
    createdAt: instantSchema,
  })
  .meta({ id: 'RunSummary' })
export type RunSummary = z.infer<typeof runSummarySchema>

/** One status of a run: when it was entered, why, and when it was left. */
export const phaseSchema = z.object({
  status: z.enum(STATUSES),
  why: z.string(),
  at: instantSchema,
  worldAt: instantSchema,
  leftAt: instantSchema.nullable(),
  leftWorldAt: instantSchema.nullable(),
})
export type PhaseView = z.infer<typeof phaseSchema>

/** One target: what we know of our fault on it, and the proof that it was put back. */
export const targetSchema = z.object({
  id: z.string(),
  label: z.string(),
  region: z.string(),
  zone: z.string().optional(),
  injection: z.enum(INJECTIONS),
  /** What the last describe call showed, in words; after undo: the differences from the capture. */
  seen: z.string(),
  isClean: z.boolean(),
  /** Somebody else's change: how it was captured, how our fault leaves it, and what was found. */
  foreign: foreignChangeSchema.optional(),
  /** True while that change waits for a person's answer. */
  isQuestion: z.boolean(),
  decision: z
    .object({ answer: z.enum(RESOLUTIONS), by: z.string(), reason: z.string(), at: instantSchema })
    .optional(),
})
export type TargetView = z.infer<typeof targetSchema>

/** One step. Instants are world time unless they say otherwise. */
export const stepSchema = z.object({
  name: z.string(),
  kind: z.enum(['inject', 'wait']),
  after: z.array(z.string()),
  durationMs: z.int(),
  isDone: z.boolean(),
  /** Who left it out, and why. */
  skipped: z.object({ by: z.string(), reason: z.string() }).optional(),
  /** It surely did not take effect on any target, and may be tried again. */
  mayRetry: z.boolean(),
  /** Nothing of it is in, so that it may be left out. */
  maySkip: z.boolean(),
  fault: z.string().optional(),
  restoration: z.enum(RESTORATIONS).optional(),
  /** Size of the population the targets were chosen from. */
  population: z.int().optional(),
  /** Evidence hash of the captured prior state. */
  capture: z.string().optional(),
  /** The reaper holds its own copy of the way back. */
  isKitAcknowledged: z.boolean(),
  handle: z.string().optional(),
  attempts: z.int(),
  requestedWorldAt: instantSchema.optional(),
  acceptedWorldAt: instantSchema.optional(),
  expiresWorldAt: instantSchema.optional(),
  /** The effect began in [lo, hi]. */
  injected: z.object({ lo: instantSchema, hi: instantSchema, actedAt: instantSchema.optional() }).optional(),
  recovery: z
    .object({
      reason: z.enum(RECOVER_REASONS),
      requestedAt: instantSchema,
      requestedWorldAt: instantSchema,
      attempts: z.int(),
      verifiedAt: instantSchema.optional(),
      verifiedWorldAt: instantSchema.optional(),
    })
    .optional(),
  targets: z.array(targetSchema),
})
export type StepView = z.infer<typeof stepSchema>

/** An objective beside the time that has passed since the fault was in. `untilWorldAt` null: still running. */
export const objectiveProgressSchema = z.object({
  name: z.string(),
  kind: z.enum(OBJECTIVE_KINDS),
  maxMicros: microsSchema,
  sinceWorldAt: instantSchema.nullable(),
  untilWorldAt: instantSchema.nullable(),
  verdict: z.enum(VERDICTS).nullable(),
  observed: durationIntervalSchema.nullable(),
})
export type ObjectiveProgress = z.infer<typeof objectiveProgressSchema>

/** How world time runs: world = anchorWorld + (platform − anchorPlatform) · rate. */
export const clockSchema = z.object({
  anchorPlatform: instantSchema,
  anchorWorld: instantSchema,
  rate: z.number(),
})
export type ClockView = z.infer<typeof clockSchema>

/** A run with everything a page about it needs, except events, samples and evidence. */
export const runDetailSchema = runSummarySchema
  .extend({
    title: z.string(),
    hypothesis: z.string(),
    response: z.enum(RESPONSES),
    seed: z.int(),
    planHash: z.string().nullable(),
    clock: clockSchema,
    /** The moment of this answer on both clocks. */
    now: z.object({ at: instantSchema, worldAt: instantSchema }),
    phases: z.array(phaseSchema),
    steps: z.array(stepSchema),
    objectives: z.array(objectiveProgressSchema),
    guardrails: z
      .object({ at: instantSchema, allowed: z.boolean(), answers: z.array(guardrailAnswerViewSchema) })
      .nullable(),
    steadyState: z.object({ at: instantSchema, holds: z.boolean(), seen: z.string() }).nullable(),
    measurement: measurementSchema.nullable(),
    /** Latencies are platform time from the wish to abort; null until known, or when there was nothing to undo. */
    abort: z
      .object({
        reason: z.string(),
        by: z.string(),
        at: instantSchema,
        worldAt: instantSchema,
        lastRevertIssuedMicros: microsSchema.nullable(),
        lastRevertVerifiedMicros: microsSchema.nullable(),
      })
      .nullable(),
    /** Approvals asked for, given, and why one does not count; null when the environment asks for none. */
    approval: z
      .object({
        needed: z.int(),
        /** How many count. */
        standing: z.int(),
        /** True while people may answer. */
        isAsked: z.boolean(),
        /** Whoever started the run, and may not approve it unless `mayBeOwn`. */
        author: z.object({ id: z.string(), name: z.string() }).nullable(),
        mayBeOwn: z.boolean(),
        given: z.array(
          z.object({
            by: z.string(),
            reason: z.string(),
            at: instantSchema,
            expiresAt: instantSchema,
            own: z.boolean(),
            flaw: z.enum(APPROVAL_FLAWS).nullable(),
          }),
        ),
        declined: z.object({ by: z.string(), reason: z.string(), at: instantSchema }).nullable(),
        /** How many targets a run in this environment may have. */
        ceiling: z.object({ targetsMax: z.int(), percentMax: z.number() }),
      })
      .nullable()
      .default(null),
    /** What people follow; null when the system recovers without them. */
    runbook: runRunbookSchema.nullable().default(null),
    /** What the run goes on with when it is paused. */
    resumesTo: z.enum(STATUSES).nullable(),
    mayPause: z.boolean(),
    /** Who does by hand what is left of the undo. */
    takenOver: z.object({ by: z.string(), reason: z.string(), at: instantSchema }).nullable(),
    mayTakeOver: z.boolean(),
    /** Calls for a person so far. */
    pages: z.object({ sent: z.int(), lastAt: instantSchema.nullable(), failures: z.int() }).nullable(),
    /** Freezes that began while it was under way. It goes on: what is broken is put back as planned. */
    freezes: z.array(freezeViewSchema).default([]),
    /** The last failed call, while it is being repeated. */
    retry: z.object({ attempt: z.int(), code: z.string(), at: instantSchema.nullable() }).nullable(),
  })
  .meta({ id: 'RunDetail' })
export type RunDetail = z.infer<typeof runDetailSchema>
