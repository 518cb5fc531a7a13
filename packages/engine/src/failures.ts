import { classify, plusMs, type Failure, type RetryPolicy, type RunEventBody } from '@firedrill/core'
import type { Tenure } from './tenure.ts'

/** The journal's entry for a failed call, with the instant of the next try when there is to be one. */
export function failureEvent(
  tenure: Tenure,
  failure: Failure,
  policy: RetryPolicy,
  jitter: number,
  step?: string,
): Readonly<{ event: RunEventBody; givesUp: boolean }> {
  const attempt = (tenure.state.retry?.attempt ?? 0) + 1
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
