import { evaluate, evaluationBuckets } from './alarm-rules.ts'
import type { Outcome } from './fates.ts'
import type { Metrics } from './metrics.ts'
import type { Alarm, AlarmState } from './alarm-model.ts'
import { SECOND, type Checker, type HealthCheck, type Micros } from './model.ts'

/** An endpoint is healthy while more than this share of the checkers says so. */
const HEALTHY_SHARE = 0.18
/** How long a checker waits for a connection, and then for the answer. */
const CONNECT_TIMEOUT: Micros = 4 * SECOND
const RESPONSE_TIMEOUT: Micros = 2 * SECOND

/** What a verdict is made of. */
export interface Evidence {
  /** Those that report. */
  readonly checkers: readonly Checker[]
  /** Status of another check, after its own inversion; undefined if there is none of that id. */
  readonly statusOf: (id: string) => boolean | undefined
}

/** Whether what a check looks at is healthy, before inversion and disabling. */
export const verdictOn = (check: HealthCheck, { checkers, statusOf }: Evidence): boolean => {
  if (check.children !== undefined) {
    const healthy = check.children.ids.filter((id) => statusOf(id) === true).length
    return healthy >= check.children.healthThreshold
  }
  if (check.stream !== undefined) return streamVerdict(check, check.stream)
  // With nobody left who reports, it stays as it was.
  if (checkers.length === 0) return check.healthy !== check.inverted
  return checkers.filter((checker) => checker.healthy).length / checkers.length > HEALTHY_SHARE
}

const streamVerdict = (
  check: HealthCheck,
  { state, insufficientData }: NonNullable<HealthCheck['stream']>,
): boolean => {
  if (state !== 'INSUFFICIENT_DATA') return state === 'OK'
  switch (insufficientData) {
    case 'Healthy':
      return true
    case 'Unhealthy':
      return false
    case 'LastKnownStatus':
      return check.healthy !== check.inverted
    default:
      return insufficientData satisfies never
  }
}

/** What an alarm's data says at an instant; a state that somebody has set by hand does not come into it. */
export const streamState = (metrics: Metrics, alarm: Alarm, now: Micros, before: AlarmState): AlarmState =>
  evaluate(alarm, evaluationBuckets(metrics, alarm, now), before)

/** How a checker sees an outcome, and how long after its start it knows. */
export const judge = (
  check: HealthCheck,
  seen: Outcome,
  page: string,
): { readonly passed: boolean; readonly reason: string; readonly after: Micros } => {
  switch (seen.kind) {
    case 'black-hole':
      return {
        passed: false,
        reason: 'Failure: Connection timed out. The endpoint or the internet connection is down.',
        after: CONNECT_TIMEOUT,
      }
    case 'refused':
      return { passed: false, reason: 'Failure: Connection refused.', after: 0 }
    case 'answer':
      if (check.type === 'TCP')
        return { passed: true, reason: 'Success: TCP connection established', after: 0 }
      if (seen.after > RESPONSE_TIMEOUT)
        return { passed: false, reason: 'Failure: Resource timed out.', after: RESPONSE_TIMEOUT }
      if (check.searchString !== null && seen.status === 200 && !page.includes(check.searchString))
        return { passed: false, reason: 'Failure: The response did not contain the string.', after: 0 }
      return {
        passed: seen.status >= 200 && seen.status < 400,
        reason:
          seen.status === 200
            ? 'Success: HTTP Status Code 200, OK'
            : `Failure: HTTP Status Code ${seen.status}`,
        after: 0,
      }
    default:
      return seen satisfies never
  }
}
