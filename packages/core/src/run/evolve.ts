import type { JournalEvent } from '../journal/envelope.ts'
import { evolveByPerson } from './evolve-by-person.ts'
import { deadManArmed, deadManAsked, deadManFailed, deadManReleased } from './evolve-dead-man.ts'
import { recoveryRequested, restorationObserved } from './evolve-recovery.ts'
import { evolveRunbook } from './evolve-runbook.ts'
import { all, merged, plannedStep, rested } from './evolve-step.ts'
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
    ...(scheduled === undefined ? {} : { scheduled: { schedule: scheduled.schedule, at: scheduled.at } }),
    author: { ...(scheduled?.bookedBy ?? event.actor) },
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
      return statusChanged(state, body, event)
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
        preparedAt: event.worldAt,
        expiresAt: body.data.expiresAt,
        acknowledged: false,
      }))
    case 'kit-acknowledged':
      return onStep(state, body.data.step, (step) =>
        step.undo === body.data.undo ? { ...step, acknowledged: true } : step,
      )
    case 'dead-man-asked':
      return onStep(state, body.data.step, (step) => deadManAsked(step, body.data))
    case 'dead-man-armed':
      return onStep(state, body.data.step, deadManArmed)
    case 'dead-man-released':
      return onStep(state, body.data.step, (step) => deadManReleased(step, body.data))
    case 'injection-requested':
      return onStep(state, body.data.step, (step) => ({
        ...step,
        key: body.data.key,
        expiresAt: body.data.expiresAt,
        attempts: body.data.attempt,
        requestedAt: step.requestedAt ?? event.worldAt,
        doubts: [...(step.doubts ?? []), event.worldAt],
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
    case 'approved':
    case 'approval-declined':
    case 'paged':
    case 'page-failed':
    case 'taken-over':
    case 'target-resolved':
    case 'step-skipped':
    case 'step-retry-asked':
    case 'step-cleared':
      return evolveByPerson(state, body, event)
    case 'runbook-step-started':
    case 'runbook-step-done':
    case 'runbook-step-skipped':
      return evolveRunbook(state, body, event)
    case 'response-seen':
      return { ...state, responseSeenAt: event.worldAt }
    case 'recovery-requested':
      return onStep(
        state,
        body.data.step,
        (step) => recoveryRequested(step, body, event),
        body.data.reason === 'retry' ? undefined : body.data.reason,
      )
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

function statusChanged(
  state: RunState,
  { data: { to, from, why } }: Extract<RunEventBody, { type: 'status-changed' }>,
  { worldAt }: JournalEvent,
): RunState {
  const { resumesTo, pauses = [], ...rest } = withoutRetry(state)
  // A run that goes on with what it was held in entered that before the pause.
  const isResumed = from === 'paused' && to === resumesTo && state.entered[to] !== undefined
  const past = pauses.map((one) => (one.to === undefined ? { ...one, to: worldAt } : one))
  const held = to === 'paused' ? [...past, { from: worldAt }] : past
  return {
    ...rest,
    status: to,
    ...(to === 'paused' ? { resumesTo: from } : {}),
    ...(held.length === 0 ? {} : { pauses: held }),
    entered: isResumed ? state.entered : { ...state.entered, [to]: worldAt },
    ...(to === 'responding' && !isResumed ? legBegun(state, worldAt) : {}),
    ...(to === 'refused' || to === 'missed' ? { refusal: why } : {}),
  }
}

/** The way out is decided once, before any undo; after that the same status is the way back. */
function legBegun(state: RunState, worldAt: number): Partial<RunState> {
  if (state.entered.recovering === undefined) return { decidedAt: state.decidedAt ?? worldAt }
  return { failbackAt: state.failbackAt ?? worldAt }
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

/** The latest attempt got an answer: whatever it did, it has done. */
function answered(step: StepState): StepState {
  return { ...step, doubts: (step.doubts ?? []).slice(0, -1) }
}

function callFailed(state: RunState, { data }: Extract<RunEventBody, { type: 'call-failed' }>): RunState {
  const { step: name, attempt, failure, retryAt } = data
  const at = retryAt === undefined ? {} : { at: retryAt }
  const failed: RunState = { ...state, retry: { attempt, code: failure.code, ...at } }
  const step = name === undefined ? undefined : state.steps[name]
  if (name === undefined || step === undefined) return failed
  if (data.act === 'arm' || data.act === 'release')
    return { ...failed, steps: { ...state.steps, [name]: deadManFailed(step, data) } }
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
