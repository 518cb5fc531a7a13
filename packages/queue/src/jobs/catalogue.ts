import { HINT_QUEUES, parseId, type HintQueue, type RunId } from '@firedrill/core'
import { z } from 'zod'

const runId = z.string().transform((text, context): RunId => {
  const id = parseId('run', text)
  if (id === undefined) {
    context.addIssue({ code: 'custom', message: 'is no run id' })
    return z.NEVER
  }
  return id
})

/** Names of all jobs. The first two are also the names of the queues. */
export const JOB_NAMES = [...HINT_QUEUES, 'heartbeat'] as const
export type JobName = (typeof JOB_NAMES)[number]

/** What a job of a name carries: ids only, never state. */
export type JobPayloads = {
  advance: Readonly<{ runId: RunId }>
  recover: Readonly<{ runId: RunId }>
  heartbeat: Readonly<{ worker: string }>
}

/** How one kind of job is queued. Times are platform time. */
export type JobKind<N extends JobName> = Readonly<{
  payload: z.ZodType<JobPayloads[N]>
  /** Calls of the handler before the job is dropped. A dropped hint comes back from the reconciler. */
  attempts: number
  /** Wait before the second attempt, doubled before each further one. */
  backoffMs: number
  /** The handler's signal ends after this long. */
  timeoutMs: number
  /** Jobs of one key that wait are one job. */
  dedupeKey: (payload: JobPayloads[N]) => string
}>

const hint = {
  payload: z.strictObject({ runId }),
  attempts: 3,
  backoffMs: 250,
  timeoutMs: 60_000,
  dedupeKey: (payload: Readonly<{ runId: RunId }>) => payload.runId,
} as const

/** Every job there is. */
export const JOBS: Readonly<{ [N in JobName]: JobKind<N> }> = {
  advance: hint,
  recover: hint,
  heartbeat: {
    payload: z.strictObject({ worker: z.string() }),
    attempts: 1,
    backoffMs: 0,
    timeoutMs: 5000,
    dedupeKey: ({ worker }) => `heartbeat-${worker}`,
  },
}

/** True when a job of the name is a hint. */
export function isHint(name: JobName): name is HintQueue {
  return (HINT_QUEUES as readonly JobName[]).includes(name)
}
