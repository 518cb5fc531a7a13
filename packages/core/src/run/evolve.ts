import type { JournalEvent } from '../journal/envelope.ts'
import type { Injection } from '../target/target.ts'
import type { RunEventBody } from './events.ts'
import type { RunState, StepState } from './state.ts'

/** Folds one event into the state. Pure and total: the journal alone decides what a run is. */
export function evolve(state: RunState | undefined, event: JournalEvent): RunState {
  const body = { type: event.type, data: event.data } as RunEventBody
  if (state === undefined) {
    if (body.type !== 'run-created') throw new Error(`a journal begins with run-created, not ${event.type}`)
    return created(body, event)
  }
  return fold(state, body, event)
}

function created(body: Extract<RunEventBody, { type: 'run-created' }>, event: JournalEvent): RunState {
  const { teamId, drillId, scenario, environment, runbook, seed, expectedPlan } = body.data
  return {
    status: 'booked',
    teamId,
    drillId,
    scenario,
    environment,
    ...(runbook === undefined ? {} : { runbook }),
    seed,
    ...(expectedPlan === undefined ? {} : { expectedPlan }),
    entered: { booked: event.worldAt },
    planned: [],
    steps: {},
    waited: [],
    steadyBefore: false,
  }
}

function fold(state: RunState, body: RunEventBody, event: JournalEvent): RunState {
  switch (body.type) {
    case 'run-created':
      throw new Error('a journal has one run-created')
    case 'status-changed':
      return {
        ...withoutRetry(state),
        status: body.data.to,
        entered: { ...state.entered, [body.data.to]: event.worldAt },
        ...(body.data.to === 'refused' ? { refusal: body.data.why } : {}),
      }
    case 'planned':
      return {
        ...withoutRetry(state),
        planHash: body.data.planHash,
        planned: body.data.steps,
        steps: Object.fromEntries(
          body.data.steps.map((step) => [step.step, plannedStep(step.targets.map((t) => t.id))]),
        ),
      }
    case 'guardrails-checked':
      return withoutRetry(state)
    case 'steady-state-checked':
      return { ...withoutRetry(state), steadyBefore: body.data.holds }
    case 'undo-prepared':
      return onStep(state, body.data.step, (step) => ({
        ...step,
        undo: body.data.undo,
        expiresAt: body.data.expiresAt,
        acknowledged: false,
      }))
    case 'kit-acknowledged':
      return onStep(state, body.data.step, (step) =>
        step.undo === body.data.undo ? { ...step, acknowledged: true } : step,
      )
    case 'injection-requested':
      return onStep(state, body.data.step, (step) => ({
        ...step,
        key: body.data.key,
        expiresAt: body.data.expiresAt,
        attempts: body.data.attempt,
        requestedAt: step.requestedAt ?? event.worldAt,
        targets: all(step, 'requested', 'asked for, not yet confirmed'),
      }))
    case 'injection-accepted':
      return onStep(state, body.data.step, (step) => ({
        ...step,
        handle: body.data.handle,
        acceptedAt: event.worldAt,
      }))
    case 'injection-observed':
      return onStep(state, body.data.step, (step) => injectionObserved(step, body, event))
    case 'step-waited':
      return { ...state, waited: [...state.waited, body.data.step] }
    case 'call-failed':
      return {
        ...state,
        retry: {
          attempt: body.data.attempt,
          code: body.data.failure.code,
          ...(body.data.retryAt === undefined ? {} : { at: body.data.retryAt }),
        },
      }
    case 'stop-condition-breached':
    case 'person-needed':
    case 'note-added':
      return state
    case 'response-seen':
      return { ...state, responseSeenAt: event.worldAt }
    case 'recovery-requested':
      return onStep(state, body.data.step, (step) => recoveryRequested(step, body, event), body.data.reason)
    case 'recovery-accepted':
      return onStep(state, body.data.step, (step) =>
        step.recovery === undefined ? step : { ...step, recovery: { ...step.recovery, accepted: true } },
      )
    case 'restoration-observed':
      return onStep(state, body.data.step, (step) => restorationObserved(step, body, event))
    case 'abort-requested':
      return {
        ...state,
        abort: { reason: body.data.reason, by: event.actor.name, at: event.at, worldAt: event.worldAt },
      }
    case 'measured':
      return { ...withoutRetry(state), measurement: body.data.measurement }
  }
}

function withoutRetry(state: RunState): RunState {
  const { retry: _, ...rest } = state
  return rest
}

function plannedStep(targets: readonly string[]): StepState {
  return {
    acknowledged: false,
    attempts: 0,
    targets: Object.fromEntries(targets.map((id) => [id, { injection: 'planned', seen: '' }])),
  }
}

function onStep(
  state: RunState,
  name: string,
  change: (step: StepState) => StepState,
  reason?: RunState['recoverReason'],
): RunState {
  const step = state.steps[name]
  if (step === undefined) throw new Error(`the journal speaks of step ${name}, which was never planned`)
  const first = state.recoverReason ?? reason
  return {
    ...withoutRetry(state),
    steps: { ...state.steps, [name]: change(step) },
    ...(first === undefined ? {} : { recoverReason: first }),
  }
}

function all(step: StepState, injection: Injection, seen: string): StepState['targets'] {
  return Object.fromEntries(Object.keys(step.targets).map((id) => [id, { injection, seen }]))
}

function merged(
  step: StepState,
  observations: readonly { target: string; injection: Injection; seen: string }[],
): StepState['targets'] {
  const seen = observations.map(
    ({ target, injection, seen: words }) => [target, { injection, seen: words }] as const,
  )
  return { ...step.targets, ...Object.fromEntries(seen) }
}

function injectionObserved(
  step: StepState,
  { data }: Extract<RunEventBody, { type: 'injection-observed' }>,
  event: JournalEvent,
): StepState {
  const targets = merged(step, data.observations)
  const isIn = Object.values(targets).every((target) => target.injection === 'injected')
  if (!isIn || step.injected !== undefined) return { ...step, targets }
  const lo = Math.max(data.after ?? step.requestedAt ?? event.worldAt, step.requestedAt ?? 0)
  return {
    ...step,
    targets,
    injected: {
      lo: Math.min(lo, event.worldAt, data.actedAt ?? event.worldAt),
      hi: event.worldAt,
      ...(data.actedAt === undefined ? {} : { actedAt: data.actedAt }),
    },
  }
}

function recoveryRequested(
  step: StepState,
  { data }: Extract<RunEventBody, { type: 'recovery-requested' }>,
  event: JournalEvent,
): StepState {
  const before = step.recovery
  const targets = Object.fromEntries(
    Object.entries(step.targets).map(([id, target]) => [
      id,
      target.injection === 'injected' || target.injection === 'requested' || target.injection === 'unknown'
        ? {
            injection: target.injection === 'unknown' ? ('unknown' as const) : ('recovering' as const),
            seen: target.seen,
          }
        : target,
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
    },
  }
}

function restorationObserved(
  step: StepState,
  { data }: Extract<RunEventBody, { type: 'restoration-observed' }>,
  event: JournalEvent,
): StepState {
  const targets = merged(step, data.observations)
  const done = Object.values(targets).every(
    ({ injection }) => injection === 'restored' || injection === 'replaced' || injection === 'spent',
  )
  if (step.recovery === undefined) return { ...step, targets }
  // Still in although it was asked to go: ask again.
  const isStillIn = data.observations.some(({ injection }) => injection === 'injected')
  if (isStillIn) return { ...step, targets, recovery: { ...step.recovery, accepted: false } }
  if (!done || step.recovery.verifiedAt !== undefined) return { ...step, targets }
  return { ...step, targets, recovery: { ...step.recovery, verifiedAt: event.worldAt } }
}
