import type { RunEventBody } from './events.ts'
import type { StepState } from './state.ts'

type Data<T extends RunEventBody['type']> = Extract<RunEventBody, { type: T }>['data']

/** A scheduler of the cloud is being told; whatever it was told before is what it replaces. */
export function deadManAsked(step: StepState, { schedules, firesAt }: Data<'dead-man-asked'>): StepState {
  const { failures } = step.deadMan ?? {}
  const failed = failures === undefined ? {} : { failures }
  return { ...step, deadMan: { schedules, firesAt, isArmed: false, ...failed } }
}

/** It was seen to be told. */
export function deadManArmed(step: StepState): StepState {
  if (step.deadMan === undefined) return step
  const { schedules, firesAt } = step.deadMan
  return { ...step, deadMan: { schedules, firesAt, isArmed: true } }
}

/** It was called off, or can no longer be. */
export function deadManReleased(step: StepState, { until }: Data<'dead-man-released'>): StepState {
  if (step.deadMan === undefined) return step
  const { schedules, firesAt, isArmed, refusal } = step.deadMan
  const refused = refusal === undefined ? {} : { refusal }
  const released = until === undefined ? {} : { until }
  return { ...step, deadMan: { schedules, firesAt, isArmed, ...refused, released } }
}

/** A call about it failed; one that is not repeated is a refusal. */
export function deadManFailed(step: StepState, { act, failure, retryAt }: Data<'call-failed'>): StepState {
  if (step.deadMan === undefined) return step
  const { retryAt: _, ...rest } = step.deadMan
  const failures = (rest.failures ?? 0) + 1
  if (retryAt !== undefined) return { ...step, deadMan: { ...rest, failures, retryAt } }
  const refusal = act === 'arm' ? { refusal: `${failure.code} ${failure.message}` } : {}
  return { ...step, deadMan: { ...rest, failures, ...refusal } }
}
