import { z } from 'zod'

/** What went wrong with a call to the outside. `ambiguous`: it may have taken effect, so describe before anything else. */
export const FAILURE_KINDS = [
  'throttled',
  'transient',
  'ambiguous',
  'denied',
  'invalid',
  'conflict',
  'not-found',
  'unexpected',
] as const
export type FailureKind = (typeof FAILURE_KINDS)[number]

/** A failed call as data: it crosses processes and is kept in the journal. */
export const failureSchema = z.strictObject({
  kind: z.enum(FAILURE_KINDS),
  /** `service.Operation`, e.g. `route53.ChangeResourceRecordSets`. */
  operation: z.string(),
  /** The service's own error code, or the socket's. */
  code: z.string(),
  message: z.string(),
  requestId: z.string().optional(),
})
export type Failure = z.infer<typeof failureSchema>

/** What to do about a failure: try again after a delay, find out first, or give up. */
export type Retry = Readonly<
  { action: 'retry'; afterMs: number } | { action: 'reconcile'; afterMs: number } | { action: 'give-up' }
>

/** How often and how far apart calls are repeated, and how far apart once it has gone on for long. Platform time. */
export type RetryPolicy = Readonly<{
  attemptsMax: number
  baseMs: number
  capMs: number
  slow?: Readonly<{ afterAttempts: number; capMs: number }>
}>

/** For injections and reads: gives up, because not breaking anything is always safe. */
export const INJECT_POLICY: RetryPolicy = { attemptsMax: 12, baseMs: 200, capMs: 5000 }

/** For undo: never gives up by itself; its deadline calls a person. */
export const RECOVER_POLICY: RetryPolicy = {
  attemptsMax: Number.MAX_SAFE_INTEGER,
  baseMs: 200,
  capMs: 5000,
  slow: { afterAttempts: 60, capMs: 30_000 },
}

/** Decides on a failed call. `jitter` is a number in [0, 1) from the Random port; `attempt` counts from 1. */
export function classify(failure: Failure, attempt: number, policy: RetryPolicy, jitter: number): Retry {
  const isSlow = policy.slow !== undefined && attempt > policy.slow.afterAttempts
  const capMs = isSlow ? policy.slow.capMs : policy.capMs
  const afterMs = Math.round(
    Math.min(capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 16)) * (0.5 + jitter / 2),
  )
  if (attempt >= policy.attemptsMax) return { action: 'give-up' }
  switch (failure.kind) {
    case 'throttled':
    case 'transient':
      return { action: 'retry', afterMs }
    case 'ambiguous':
    case 'conflict':
      return { action: 'reconcile', afterMs }
    case 'denied':
    case 'invalid':
    case 'not-found':
    case 'unexpected':
      return policy.attemptsMax === RECOVER_POLICY.attemptsMax
        ? { action: 'reconcile', afterMs }
        : { action: 'give-up' }
  }
}
