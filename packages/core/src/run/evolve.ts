import type { JournalEvent } from '../journal/envelope.ts'
import { isRestored, type Injection } from '../target/target.ts'
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
  const { teamId, drillId, scenario, environment, runbook, seed, expectedPlan, scheduled } = body.data
  return {
    status: 'booked',
    teamId,
    drillId,
    scenario,
    environment,
    ...(runbook === undefined ? {} : { runbook }),
    seed,
    ...(expectedPlan === undefined ? {} : { expectedPlan }),
    ...(scheduled === undefined ? {} : { scheduled }),
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
        ...(body.data.to === 'refused' || body.data.to === 'missed' ? { refusal: body.data.why } : {}),
      }
    case 'planned':
      return {
        ...withoutRetry(state),
        planHash: body.data.planHash,
        ...withPlan(state, body.data),
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
        doubts: [...(step.doubts ?? []), event.at],
        targets: all(step, 'requested', 'asked for, not yet confirmed'),
      }))
    case 'injection-accepted':
      return onStep(state, body.data.step, (step) => ({
        ...answered(step),
        handle: body.data.handle,
        acceptedAt: event.worldAt,
      }))
    case 'injection-observed':
      return onStep(state, body.data.step, (step) => injectionObserved(step, body, event))
    case 'step-waited':
      return { ...state, waited: [...state.waited, body.data.step] }
    case 'call-failed':
      return callFailed(state, body)
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
        step.recovery === undefined
          ? step
          : { ...step, recovery: { ...rested(step.recovery), accepted: true } },
      )
    case 'restoration-observed':
      return onStep(state, body.data.step, (step) => restorationObserved(step, body, event))
    case 'abort-requested':
      return {
        ...state,
        abort: {
          reason: body.data.reason,
          by: event.actor.name,
          at: event.at,
          worldAt: event.worldAt,
          ...(body.data.cause === undefined ? {} : { cause: body.data.cause }),
        },
      }
    case 'measured':
      return { ...withoutRetry(state), measurement: body.data.measurement }
  }
}

function withoutRetry(state: RunState): RunState {
  const { retry: _, ...rest } = state
  return rest
}

/** A plan, or the next part of the one that is being read: parts of one hash add up, target by target. */
function withPlan(
  state: RunState,
  { planHash, steps }: Extract<RunEventBody, { type: 'planned' }>['data'],
): Pick<RunState, 'planned' | 'steps'> {
  const planned = new Map(
    state.planHash === planHash ? state.planned.map((step) => [step.step, step] as const) : [],
  )
  for (const part of steps) {
    const known = planned.get(part.step)
    planned.set(
      part.step,
      known === undefined ? part : { ...known, targets: [...known.targets, ...part.targets] },
    )
  }
  return {
    planned: [...planned.values()],
    steps: Object.fromEntries(
      [...planned.values()].map((step) => [step.step, plannedStep(step.targets.map((t) => t.id))]),
    ),
  }
}

/** How long after an undo that left its fault in the next one comes at first, and how often that doubles: up to 32 s. */
const ASK_AGAIN_MICROS = 250_000
const ASK_AGAIN_DOUBLINGS = 7

/** The latest attempt got an answer: whatever it did, it has done. */
function answered(step: StepState): StepState {
  return { ...step, doubts: (step.doubts ?? []).slice(0, -1) }
}

/** A recovery whose last call went well. */
function rested(recovery: NonNullable<StepState['recovery']>): NonNullable<StepState['recovery']> {
  const { failures: _, retryAt: __, ...rest } = recovery
  return rest
}

function callFailed(state: RunState, { data }: Extract<RunEventBody, { type: 'call-failed' }>): RunState {
  const { step: name, attempt, failure, retryAt } = data
  const at = retryAt === undefined ? {} : { at: retryAt }
  const failed: RunState = { ...state, retry: { attempt, code: failure.code, ...at } }
  const step = name === undefined ? undefined : state.steps[name]
  if (name === undefined || step === undefined) return failed
  const isTurnedDown = failure.kind !== 'ambiguous' && failure.kind !== 'unexpected'
  const settled = data.act === 'inject' && isTurnedDown ? answered(step) : step
  const recovery =
    settled.recovery === undefined
      ? undefined
      : {
          ...rested(settled.recovery),
          failures: (settled.recovery.failures ?? 0) + 1,
          ...(retryAt === undefined ? {} : { retryAt }),
        }
  return {
    ...failed,
    steps: { ...state.steps, [name]: recovery === undefined ? settled : { ...settled, recovery } },
  }
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
  const gone = before?.gone ?? data.gone
  const targets = Object.fromEntries(
    Object.entries(step.targets).map(([id, target]) => [
      id,
      target.injection === 'unknown' || isRestored(target.injection)
        ? target
        : { injection: 'recovering' as const, seen: target.seen },
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

function restorationObserved(
  step: StepState,
  { data }: Extract<RunEventBody, { type: 'restoration-observed' }>,
  event: JournalEvent,
): StepState {
  const targets = merged(step, data.observations)
  const done = Object.values(targets).every(({ injection }) => isRestored(injection))
  if (step.recovery === undefined) return { ...step, targets }
  const recovery = rested(step.recovery)
  // Still in although it was asked to go: ask again, ever more seldom.
  const isStillIn = data.observations.some(({ injection }) => injection === 'injected')
  if (isStillIn) {
    const retryAt = event.at + ASK_AGAIN_MICROS * 2 ** Math.min(recovery.attempts - 1, ASK_AGAIN_DOUBLINGS)
    return { ...step, targets, recovery: { ...recovery, accepted: false, retryAt } }
  }
  if (!done || recovery.verifiedAt !== undefined) return { ...step, targets, recovery }
  return { ...step, targets, recovery: { ...recovery, verifiedAt: event.worldAt } }
}
