import { z } from 'zod'
import { failureSchema } from '../failure/failure.ts'
import { guardrailAnswerSchema } from '../guardrail/answer.ts'
import { INJECTIONS } from '../target/injection.ts'
import { foreignChangeSchema, frozenTargetSchema } from '../target/target.ts'
import { measurementSchema } from '../verdict/verdict.ts'
import { RUNBOOK_MARKS } from '../runbook/runbook.ts'
import { approvedMatterSchema, subjectSchema } from './approval.ts'
import { STATUSES } from './status.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.int()
const step = z.string()
const runbookNote = z.string().max(1000)
const injection = z.enum(INJECTIONS)

/** Why faults are being taken out. `retry`: what a failed attempt may have left goes before the step is tried again. */
export const RECOVER_REASONS = [
  'response-seen',
  'observed-long-enough',
  'abort',
  'halt',
  'stop-condition',
  'expiry',
  'deadline',
  'injection-failed',
  'drift',
  'retry',
] as const
export type RecoverReason = (typeof RECOVER_REASONS)[number]

/** The same for people, after a colon. */
export const RECOVER_REASON_WORDS: Readonly<Record<RecoverReason, string>> = {
  'response-seen': 'the system has recovered and stayed so',
  'observed-long-enough': 'it lasted as long as planned',
  abort: 'the run was aborted',
  halt: 'the global halt was set',
  'stop-condition': 'a stop condition was breached',
  expiry: 'it was in for as long as it was approved for',
  deadline: 'the run is past its deadline',
  'injection-failed': 'another fault did not go in',
  drift: 'the targets are not those that were approved',
  retry: 'what a failed attempt may have left goes before the next one',
}

/** One planned inject step: what it will act on and what undoing it takes. */
export const plannedStepSchema = z.strictObject({
  step,
  fault: z.string(),
  faultVersion: z.int(),
  restoration: z.enum(['exact', 'equivalent', 'irreversible']),
  targets: z.array(frozenTargetSchema),
  /** How many resources the selector's population holds, for blast radius in percent. */
  population: z.int(),
  /** Evidence hash of the captured prior state. */
  capture: hash,
})
export type PlannedStep = z.infer<typeof plannedStepSchema>

const observation = z.strictObject({
  target: z.string(),
  injection,
  /** What the describe call showed, in words; differences from the capture when undo is being verified. */
  seen: z.string(),
  /** Somebody else changed the target meanwhile. */
  foreign: foreignChangeSchema.optional(),
})
export type Observation = z.infer<typeof observation>

/**
 * What a person may decide about one target. `retry`: the platform tries again; `restore-ours`: it does, over somebody
 * else's change; `mark-restored`: a person put it back, and describing confirmed it; `keep-theirs` and `accept-as-is`: it
 * stays as it is.
 */
export const RESOLUTIONS = ['retry', 'mark-restored', 'accept-as-is', 'keep-theirs', 'restore-ours'] as const
export type Resolution = (typeof RESOLUTIONS)[number]

/** How a person is called. `nobody`: no way is configured, and the journal says so. */
export const PAGE_WAYS = ['command', 'webhook', 'nobody'] as const
export type PageWay = (typeof PAGE_WAYS)[number]

/** Calls that change something: the fault itself, its undo, and booking a dead man or calling it off. */
export const CALL_ACTS = ['inject', 'recover', 'arm', 'release'] as const
export type CallAct = (typeof CALL_ACTS)[number]

/** Payload schema of every event type, current version. Older versions are lifted by upcasters. */
export const EVENT_SCHEMAS = {
  'run-created': z.strictObject({
    teamId: z.string(),
    drillId: z.string(),
    scenario: z.strictObject({ name: z.string(), hash }),
    environment: z.strictObject({ name: z.string(), hash }),
    runbook: z.strictObject({ name: z.string(), hash }).optional(),
    seed: z.int(),
    /** The saved plan this run must come out as; anything else is refused as drift. */
    expectedPlan: hash.optional(),
    /** The occurrence that started this run: schedule, platform time it was booked for, and who booked it. */
    scheduled: z
      .strictObject({ schedule: z.string(), at: instant, bookedBy: subjectSchema.optional() })
      .optional(),
  }),
  'status-changed': z.strictObject({ from: z.enum(STATUSES), to: z.enum(STATUSES), why: z.string() }),
  /** A plan too long for one event comes as several with the same hash, which add up. */
  planned: z.strictObject({
    planHash: hash,
    steps: z.array(plannedStepSchema),
    permissions: z.array(z.string()),
    /** Which of several this is, and how much all of them hold; absent when it is the whole plan. */
    part: z.strictObject({ number: z.int(), of: z.int(), targets: z.int(), steps: z.int() }).optional(),
  }),
  /** A person approved exactly this plan on exactly these targets. `own`: whoever started the run did, in a sandbox. */
  approved: z.strictObject({
    ...approvedMatterSchema.shape,
    reason: z.string(),
    /** Platform time from which on it counts no more. */
    expiresAt: instant,
    own: z.boolean(),
  }),
  /** A person turned the plan down, which ends the run. */
  'approval-declined': z.strictObject({ ...approvedMatterSchema.shape, reason: z.string() }),
  'guardrails-checked': z.strictObject({ answers: z.array(guardrailAnswerSchema), allowed: z.boolean() }),
  'steady-state-checked': z.strictObject({ holds: z.boolean(), seen: z.string() }),
  /** The undo plan is stored; the reaper may take its copy. */
  'undo-prepared': z.strictObject({ step, undo: hash, expiresAt: instant }),
  /** The reaper holds its own copy on disk. Without this nothing is injected. */
  'kit-acknowledged': z.strictObject({ step, undo: hash, reaper: z.string() }),
  /** Intent: a scheduler of the cloud is told to take the fault out from `firesAt` on, should nobody have done so by then. */
  'dead-man-asked': z.strictObject({ step, schedules: z.array(z.string()), firesAt: instant }),
  /** Describing showed that it was told. */
  'dead-man-armed': z.strictObject({ step, seen: z.string() }),
  /** It was called off, or (`isGone` false) cannot be. `until`: what it may still try until then. */
  'dead-man-released': z.strictObject({
    step,
    seen: z.string(),
    isGone: z.boolean(),
    until: instant.optional(),
  }),
  /** Intent. From here on the fault must be assumed to be in. */
  'injection-requested': z.strictObject({ step, key: z.string(), attempt: z.int(), expiresAt: instant }),
  'injection-accepted': z.strictObject({ step, handle: z.string(), requestIds: z.array(z.string()) }),
  /** `after` is the last look at which the effect was not yet there; the effect began between `after` and this event. */
  'injection-observed': z.strictObject({
    step,
    observations: z.array(observation),
    after: instant.optional(),
    /** The cloud's own stamp of when it acted, when it gives one. */
    actedAt: instant.optional(),
  }),
  'step-waited': z.strictObject({ step }),
  'call-failed': z.strictObject({
    step: z.string().optional(),
    /** What failed, when it was an act: an act that was surely turned down has no effect that is still to come. */
    act: z.enum(CALL_ACTS).optional(),
    failure: failureSchema,
    attempt: z.int(),
    /** Not again before: world time. */
    retryAt: instant.optional(),
  }),
  'stop-condition-breached': z.strictObject({ condition: z.string(), seen: z.string() }),
  /** The response was seen to hold, by the provisional measurement. */
  'response-seen': z.strictObject({ seen: z.string() }),
  'recovery-requested': z.strictObject({
    step,
    reason: z.enum(RECOVER_REASONS),
    attempt: z.int(),
    /** Targets that a look right before the first undo showed as captured: the fault had gone by itself, or by somebody. */
    gone: z.array(z.string()).optional(),
  }),
  'recovery-accepted': z.strictObject({ step, requestIds: z.array(z.string()) }),
  'restoration-observed': z.strictObject({ step, observations: z.array(observation) }),
  /** `cause` is absent when a person asked for this one run. */
  'abort-requested': z.strictObject({
    reason: z.string(),
    cause: z.enum(['halt', 'stop-condition']).optional(),
  }),
  'note-added': z.strictObject({ text: z.string().max(4000) }),
  measured: z.strictObject({ measurement: measurementSchema }),
  'person-needed': z.strictObject({ why: z.string() }),
  /** A person was called. `page` counts the calls of a run from 1 and names the call to whoever gets it twice. */
  paged: z.strictObject({ page: z.int(), via: z.enum(PAGE_WAYS), seen: z.string() }),
  /** Nobody was called. `retryAt`: platform time. */
  'page-failed': z.strictObject({
    page: z.int(),
    attempt: z.int(),
    via: z.enum(PAGE_WAYS),
    why: z.string(),
    retryAt: instant,
  }),
  /** A person does what is left of the undo; the platform only goes on describing. */
  'taken-over': z.strictObject({ reason: z.string() }),
  'target-resolved': z.strictObject({
    step,
    target: z.string(),
    answer: z.enum(RESOLUTIONS),
    reason: z.string(),
  }),
  'step-skipped': z.strictObject({ step, reason: z.string() }),
  /** A step that surely did not take effect is to be put in again, once nothing of the failed attempt is left. */
  'step-retry-asked': z.strictObject({ step, reason: z.string() }),
  /** Nothing is left of the failed attempt: the step stands as if it had never been tried. */
  'step-cleared': z.strictObject({ step }),
  /** A person began a step of the runbook. `marks`: the point in time that lies between this and its end. */
  'runbook-step-started': z.strictObject({
    step,
    title: z.string(),
    role: z.string(),
    note: runbookNote,
    marks: z.enum(RUNBOOK_MARKS).optional(),
  }),
  /** `checked`: what its check saw, which passed. */
  'runbook-step-done': z.strictObject({ step, note: runbookNote, checked: z.string().optional() }),
  'runbook-step-skipped': z.strictObject({ step, note: runbookNote }),
} as const

/** Every event type. */
export type RunEventType = keyof typeof EVENT_SCHEMAS

/** A run event without its envelope. */
export type RunEventBody = {
  [T in RunEventType]: Readonly<{ type: T; data: z.infer<(typeof EVENT_SCHEMAS)[T]> }>
}[RunEventType]

/** Current payload version of each type. */
export const EVENT_VERSIONS: Readonly<Record<RunEventType, number>> = Object.fromEntries(
  Object.keys(EVENT_SCHEMAS).map((type) => [type, 1]),
) as Record<RunEventType, number>

/** Reads an event body of the current version. @throws ZodError when it does not fit. */
export function parseEventBody(type: RunEventType, data: unknown): RunEventBody {
  return { type, data: EVENT_SCHEMAS[type].parse(data) } as RunEventBody
}
