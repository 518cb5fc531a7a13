import {
  classify,
  plusMs,
  type CallAct,
  type Failure,
  type RetryPolicy,
  type RunEventBody,
} from '@firedrill/core'
import type { Tenure } from './tenure.ts'

/**
 * What a failed call belongs to. `act`: it was an act, not a look. `attempt`: how many calls of its kind failed in a row
 * with this one, where the step counts them itself.
 */
export type FailedCall = Readonly<{ step?: string; act?: CallAct; attempt?: number }>

/**
 * The journal's entry for a failed call, with the instant of the next try when there is to be one: as long from now as the
 * policy says, in platform time, or in world time where the world stands still.
 */
export function failureEvent(
  tenure: Tenure,
  failure: Failure,
  policy: RetryPolicy,
  jitter: number,
  { step, act, attempt = (tenure.state.retry?.attempt ?? 0) + 1 }: FailedCall = {},
): Readonly<{ event: RunEventBody; givesUp: boolean }> {
  const retry = classify(failure, attempt, policy, jitter)
  const retryAt =
    retry.action === 'give-up'
      ? undefined
      : plusMs(tenure.worldNow(), retry.afterMs * Math.max(1, tenure.clock.rate))
  const event: RunEventBody = {
    type: 'call-failed',
    data: {
      failure,
      attempt,
      ...(step === undefined ? {} : { step }),
      ...(act === undefined ? {} : { act }),
      ...(retryAt === undefined ? {} : { retryAt }),
    },
  }
  return { event, givesUp: retry.action === 'give-up' }
}
