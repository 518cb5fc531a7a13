import { classify, plusMs, type Failure, type RetryPolicy, type RunEventBody } from '@firedrill/core'
import type { Tenure } from './tenure.ts'

/** What a failed call belongs to. `attempts`: how often the act itself was tried so far, when the journal counts that. */
export type FailedCall = Readonly<{ step?: string; attempts?: number }>

/** The journal's entry for a failed call, with the instant of the next try when there is to be one. */
export function failureEvent(
  tenure: Tenure,
  failure: Failure,
  policy: RetryPolicy,
  jitter: number,
  { step, attempts = 0 }: FailedCall = {},
): Readonly<{ event: RunEventBody; givesUp: boolean }> {
  const attempt = Math.max((tenure.state.retry?.attempt ?? 0) + 1, attempts)
  const retry = classify(failure, attempt, policy, jitter)
  const retryAt = retry.action === 'give-up' ? undefined : plusMs(tenure.now(), retry.afterMs)
  const event: RunEventBody = {
    type: 'call-failed',
    data: {
      failure,
      attempt,
      ...(step === undefined ? {} : { step }),
      ...(retryAt === undefined ? {} : { retryAt }),
    },
  }
  return { event, givesUp: retry.action === 'give-up' }
}
