import type { JournalEvent } from '../journal/envelope.ts'
import { isSettled } from '../target/injection.ts'
import type { Observation, RunEventBody } from './events.ts'
import { merged, rested } from './evolve-step.ts'
import type { StepState } from './state.ts'
import { isLeft } from './undo-hands.ts'

/** How long after an undo that left its fault in the next one comes at first, and how often that doubles: up to 32 s. */
const ASK_AGAIN_MICROS = 250_000
const ASK_AGAIN_DOUBLINGS = 7

/** Undo was asked for. */
export function recoveryRequested(
  step: StepState,
  { data }: Extract<RunEventBody, { type: 'recovery-requested' }>,
  event: JournalEvent,
): StepState {
  const before = step.recovery
  const gone = before?.gone ?? data.gone
  const targets = Object.fromEntries(
    Object.entries(step.targets).map(([id, target]) => [
      id,
      target.injection === 'unknown' || isSettled(target.injection)
        ? target
        : { ...target, injection: 'recovering' as const },
    ]),
  )
  return {
    ...step,
    targets,
    recovery: {
      reason: before?.reason ?? data.reason,
      requestedAt: before?.requestedAt ?? event.worldAt,
      requestedAtPlatform: before?.requestedAtPlatform ?? event.at,
      attempts: data.attempt,
      accepted: false,
      ...(gone === undefined ? {} : { gone }),
      ...(before?.failures === undefined ? {} : { failures: before.failures }),
    },
  }
}

/** The targets were described after undo. */
export function restorationObserved(
  step: StepState,
  { data }: Extract<RunEventBody, { type: 'restoration-observed' }>,
  event: JournalEvent,
): StepState {
  const targets = answeredFor(merged(step, data.observations), data.observations)
  const done = Object.values(targets).every(({ injection }) => isSettled(injection))
  if (step.recovery === undefined) return { ...step, targets }
  const recovery = rested(step.recovery)
  // Still in although it was asked to go: ask again, ever more seldom.
  const isStillIn = data.observations.some(({ injection }) => injection === 'injected')
  if (isStillIn) {
    const retryAt =
      event.worldAt + ASK_AGAIN_MICROS * 2 ** Math.min(recovery.attempts - 1, ASK_AGAIN_DOUBLINGS)
    return { ...step, targets, recovery: { ...recovery, accepted: false, retryAt } }
  }
  if (!done || recovery.verifiedAt !== undefined) return { ...step, targets, recovery }
  return { ...step, targets, recovery: { ...recovery, verifiedAt: event.worldAt } }
}

/** A decision that did not bring its target back has had its effect: what is seen now is a question again. */
function answeredFor(
  targets: StepState['targets'],
  observations: readonly Observation[],
): StepState['targets'] {
  const failed = observations.flatMap(({ target, injection }) => {
    const state = targets[target]
    const isOpen = injection === 'injected' || injection === 'unknown'
    if (state?.decision === undefined || !isOpen || isLeft(state)) return []
    const { decision: _, ...rest } = state
    return [[target, rest] as const]
  })
  return { ...targets, ...Object.fromEntries(failed) }
}
