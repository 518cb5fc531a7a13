import type { CompiledEnvironment } from '../environment/environment.ts'
import type { CompiledScenario, CompiledStep, InjectStep } from '../scenario/scenario.ts'
import { isRestored } from '../target/target.ts'
import {
  platformInstant,
  plusMs,
  worldInstant,
  type PlatformInstant,
  type WorldInstant,
} from '../time/instant.ts'
import type { RecoverReason, RunEventBody } from './events.ts'
import type { RunState, StepState } from './state.ts'
import { isEnd, isRecovery, type Status } from './status.ts'

/** The one thing to do next for a run. */
export type Command =
  | Readonly<{ do: 'end' }>
  /** Nothing before this world instant; undefined: until somebody or something wakes the run. */
  | Readonly<{
      do: 'wait'
      until?: WorldInstant
      /** Look again after this long in platform time, whatever `until` says. */ pollMs?: number
      why: string
    }>
  /** Nothing before this platform instant, because a call failed. */
  | Readonly<{ do: 'back-off'; until: PlatformInstant }>
  | Readonly<{ do: 'record'; events: readonly RunEventBody[] }>
  | Readonly<{ do: 'plan' }>
  | Readonly<{ do: 'check-guardrails' }>
  | Readonly<{ do: 'check-steady-state' }>
  | Readonly<{ do: 'prepare-undo'; step: InjectStep }>
  | Readonly<{ do: 'inject'; step: InjectStep }>
  | Readonly<{ do: 'confirm-injection'; step: InjectStep }>
  | Readonly<{ do: 'watch' }>
  | Readonly<{ do: 'recover'; step: string; reason: RecoverReason }>
  | Readonly<{ do: 'confirm-recovery'; step: string }>
  | Readonly<{ do: 'measure'; provisional: boolean }>

/** What `next` may look at besides the state. */
export type NextContext = Readonly<{
  scenario: CompiledScenario
  environment: CompiledEnvironment
  now: PlatformInstant
  worldNow: WorldInstant
}>

/** How long an acknowledgement of the recovery kit may take, in world time, before the drill is given up. */
export const ACKNOWLEDGE_WITHIN_MS = 600_000

/** Extra life of a fault whose planned undo is the response itself, before the dead man steps in. World time. */
export const RESTORE_GRACE_MS = 120_000

/** The heart of the product: from what is, the one thing to do next. Pure. */
export function next(state: RunState, context: NextContext): Command {
  if (isEnd(state.status)) return { do: 'end' }
  if (!isRecovery(state.status) && state.retry?.at !== undefined && state.retry.at > context.now) {
    return { do: 'back-off', until: state.retry.at as PlatformInstant }
  }
  switch (state.status) {
    case 'booked':
      return goto(state, 'planning', 'a worker took the run')
    case 'planning':
      if (state.planHash === undefined) return { do: 'plan' }
      return context.environment.approvalsNeeded > 0
        ? goto(state, 'awaiting-approval', `${context.environment.approvalsNeeded} approvals are needed`)
        : goto(state, 'preflight', 'the environment asks for no approval')
    case 'awaiting-approval':
      return { do: 'wait', why: 'waiting for approval' }
    case 'preflight':
      return { do: 'check-guardrails' }
    case 'baseline':
      return baseline(state, context)
    case 'injecting':
      return injecting(state, context)
    case 'observing':
    case 'responding':
      return observing(state, context)
    case 'recovering':
    case 'aborting':
      return recovering(state, context)
    case 'verifying':
    case 'needs-person':
      return verifying(state, context)
    case 'settling':
      return settling(state, context)
    case 'paused':
      return { do: 'wait', why: 'paused by a person' }
    case 'closed':
    case 'refused':
    case 'cancelled':
    case 'missed':
      return { do: 'end' }
  }
}

function goto(state: RunState, to: Status, why: string): Command {
  return { do: 'record', events: [{ type: 'status-changed', data: { from: state.status, to, why } }] }
}

function enteredAt(state: RunState, status: Status, context: NextContext): WorldInstant {
  return worldInstant(state.entered[status] ?? context.worldNow)
}

function baseline(state: RunState, context: NextContext): Command {
  const until = plusMs(enteredAt(state, 'baseline', context), context.scenario.steadyState.forMs)
  if (context.worldNow < until) return { do: 'wait', until, why: 'watching the steady state' }
  return { do: 'check-steady-state' }
}

function injecting(state: RunState, context: NextContext): Command {
  for (const step of context.scenario.steps) {
    if (isStepDone(state, step)) continue
    const startsAt = stepStart(state, step, context)
    if (startsAt === undefined) continue
    if (step.kind === 'wait') {
      const until = plusMs(startsAt, step.durationMs)
      if (context.worldNow < until) return { do: 'wait', until, why: `step ${step.name}` }
      return { do: 'record', events: [{ type: 'step-waited', data: { step: step.name } }] }
    }
    return injectStep(state, step, startsAt, context)
  }
  return goto(state, 'observing', 'every fault is confirmed on its targets')
}

function injectStep(
  state: RunState,
  step: InjectStep,
  startsAt: WorldInstant,
  context: NextContext,
): Command {
  const current = state.steps[step.name]
  if (current === undefined) return giveUp(state, `step ${step.name} has no frozen targets`)
  if (Object.values(current.targets).some((target) => target.injection === 'failed-to-inject')) {
    return giveUp(state, `step ${step.name} did not take effect on all its targets`)
  }
  if (current.undo === undefined) return { do: 'prepare-undo', step }
  if (!current.acknowledged) {
    const until = plusMs(startsAt, ACKNOWLEDGE_WITHIN_MS)
    if (context.worldNow >= until) return giveUp(state, 'no reaper acknowledged its copy of the recovery kit')
    return { do: 'wait', until, pollMs: 100, why: 'the reaper takes its copy of the recovery kit' }
  }
  if (current.requestedAt === undefined) return { do: 'inject', step }
  return { do: 'confirm-injection', step }
}

/** Leaves the drill: undo when anything was ever asked for, refuse when nothing was. */
function giveUp(state: RunState, why: string): Command {
  return goto(state, dirtySteps(state).length > 0 ? 'recovering' : 'refused', why)
}

function isStepDone(state: RunState, step: CompiledStep): boolean {
  return step.kind === 'wait'
    ? state.waited.includes(step.name)
    : state.steps[step.name]?.injected !== undefined
}

/** When a step may start: once all it comes after is done. Undefined: not yet. */
function stepStart(state: RunState, step: CompiledStep, context: NextContext): WorldInstant | undefined {
  let start = enteredAt(state, 'injecting', context)
  for (const name of step.after) {
    const before = context.scenario.steps.find((candidate) => candidate.name === name)
    if (before === undefined || !isStepDone(state, before)) return undefined
    const injected = state.steps[name]?.injected
    if (injected !== undefined && injected.hi > start) start = worldInstant(injected.hi)
  }
  return start
}

function observing(state: RunState, context: NextContext): Command {
  if (context.scenario.response === 'restore') {
    const until = restoreAt(state, context)
    if (context.worldNow >= until) return goto(state, 'recovering', 'the fault lasted as long as planned')
    return { do: 'watch' }
  }
  if (state.responseSeenAt !== undefined) return goto(state, 'recovering', 'the response was seen to hold')
  const until = plusMs(enteredAt(state, 'observing', context), context.scenario.timing.observeMaxMs)
  if (context.worldNow >= until) return goto(state, 'recovering', 'observed as long as planned')
  return { do: 'watch' }
}

/** When a fault whose undo is the response is taken out: the planned duration after it was asked for, earliest step first. */
export function restoreAt(
  state: RunState,
  context: Pick<NextContext, 'scenario' | 'worldNow'>,
): WorldInstant {
  const ends = context.scenario.steps.flatMap((step) => {
    const requestedAt = state.steps[step.name]?.requestedAt
    return step.kind === 'inject' && requestedAt !== undefined
      ? [plusMs(worldInstant(requestedAt), step.durationMs)]
      : []
  })
  return worldInstant(Math.min(...ends, Number.MAX_SAFE_INTEGER))
}

/**
 * Steps whose fault may be in: asked for, and not seen to be out by comparing with the capture. A look that showed it
 * never went in does not end that: such a step is undone like any other, since what was asked for may leave something
 * behind.
 */
export function dirtySteps(state: RunState): readonly (readonly [string, StepState])[] {
  return Object.entries(state.steps).filter(
    ([, step]) =>
      step.requestedAt !== undefined &&
      !Object.values(step.targets).every((target) => isRestored(target.injection)),
  )
}

function recovering(state: RunState, context: NextContext): Command {
  if (isOverdue(state, context)) return needsPerson(state)
  const dirty = dirtySteps(state)
  if (dirty.some(([, step]) => step.recovery?.accepted !== true)) return undo(state, dirty, context)
  return goto(
    state,
    'verifying',
    dirty.length === 0 ? 'nothing was left to take out' : 'every fault was asked to go',
  )
}

/**
 * The next act of undo. What can be asked to go goes first, the least tried before the others; while everything that
 * is left waits for its next try, what was asked is looked at. So no step that fails holds up another.
 */
function undo(
  state: RunState,
  dirty: readonly (readonly [string, StepState])[],
  context: NextContext,
): Command {
  const ready = dirty.filter(([, step]) => (step.recovery?.retryAt ?? 0) <= context.now)
  const [lost] = ready
    .filter(([, step]) => step.recovery?.accepted !== true)
    .toSorted(([, a], [, b]) => (a.recovery?.attempts ?? 0) - (b.recovery?.attempts ?? 0))
  if (lost !== undefined) return { do: 'recover', step: lost[0], reason: reasonOf(state, context) }
  const asked = ready.filter(([, step]) => step.recovery?.accepted === true)
  // Steps take turns, so that one that lags does not hide the others.
  const turn = asked[Math.floor(context.worldNow / 1000) % asked.length]
  if (turn !== undefined) return { do: 'confirm-recovery', step: turn[0] }
  const times = dirty.map(([, step]) => step.recovery?.retryAt ?? context.now)
  return { do: 'back-off', until: platformInstant(Math.min(...times)) }
}

function verifying(state: RunState, context: NextContext): Command {
  if (state.status === 'verifying' && isOverdue(state, context)) return needsPerson(state)
  const dirty = dirtySteps(state)
  if (dirty.length === 0)
    return goto(state, 'settling', 'every target was described and is as it was captured')
  return undo(state, dirty, context)
}

/** Why the faults go: whatever the journal said first, else what the state shows. */
function reasonOf(state: RunState, context: NextContext): RecoverReason {
  if (state.recoverReason !== undefined) return state.recoverReason
  if (state.abort !== undefined) return state.abort.cause ?? 'abort'
  if (state.responseSeenAt !== undefined) return 'response-seen'
  const steps = Object.values(state.steps)
  if (steps.some((step) => step.expiresAt !== undefined && step.expiresAt <= context.worldNow))
    return 'expiry'
  return state.entered.observing === undefined ? 'injection-failed' : 'observed-long-enough'
}

function isOverdue(state: RunState, context: NextContext): boolean {
  const started = Math.min(
    state.entered.recovering ?? Number.MAX_SAFE_INTEGER,
    state.entered.aborting ?? Number.MAX_SAFE_INTEGER,
  )
  return context.worldNow - started > context.scenario.timing.recoverWithinMs * 1000
}

function needsPerson(state: RunState): Command {
  const left = dirtySteps(state).flatMap(([name, step]) =>
    Object.entries(step.targets).flatMap(([id, target]) =>
      isRestored(target.injection) ? [] : [`${id} (${name}: ${target.injection})`],
    ),
  )
  if (left.length === 0)
    return goto(state, 'settling', 'every target was described and is as it was captured')
  const why = `not verified in time: ${left.slice(0, 20).join(', ')}${left.length > 20 ? ` and ${left.length - 20} more` : ''}`
  return {
    do: 'record',
    events: [
      { type: 'person-needed', data: { why } },
      { type: 'status-changed', data: { from: state.status, to: 'needs-person', why } },
    ],
  }
}

function settling(state: RunState, context: NextContext): Command {
  const settleMs = state.abort === undefined ? context.scenario.timing.settleMs : 0
  const until = plusMs(enteredAt(state, 'settling', context), settleMs)
  if (context.worldNow < until) {
    // People want to know while the metrics settle; what they get says that it may still change.
    if (state.measurement === undefined) return { do: 'measure', provisional: true }
    return { do: 'wait', until, why: 'metrics settle' }
  }
  if (state.measurement?.provisional !== false) return { do: 'measure', provisional: false }
  return goto(state, 'closed', `${state.measurement.verdict}: ${state.measurement.reason}`)
}
