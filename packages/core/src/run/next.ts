import { isResponseStep, type CompiledStep, type InjectStep } from '../scenario/scenario.ts'
import { plusMs, worldInstant, type WorldInstant } from '../time/instant.ts'
import { standingApprovals } from './approval.ts'
import { goto, type Command, type NextContext } from './command.ts'
import { deadManHeldUntil, releaseDeadMan } from './dead-man.ts'
import { clearing, dirtySteps, failingBack, recovering, verifying } from './next-undo.ts'
import type { RunState, StepState } from './state.ts'
import { isEnd, isRecovery, type Status } from './status.ts'
import { turnOf } from './turn.ts'

/** How long an acknowledgement of the recovery kit may take, in world time, before the drill is given up. */
export const ACKNOWLEDGE_WITHIN_MS = 600_000

/** Extra life of a fault whose planned undo is the response itself, before the dead man steps in. World time. */
export const RESTORE_GRACE_MS = 120_000

/** The heart of the product: from what is, the one thing to do next. Pure. */
export function next(state: RunState, context: NextContext): Command {
  if (isEnd(state.status)) return { do: 'end' }
  if (!isRecovery(state.status) && state.retry?.at !== undefined && state.retry.at > context.worldNow) {
    return { do: 'back-off', until: worldInstant(state.retry.at) }
  }
  switch (state.status) {
    case 'booked':
      return goto(state, 'planning', 'a worker took the run')
    case 'planning':
      if (state.planHash === undefined) return { do: 'plan' }
      return context.environment.approvalsNeeded > 0
        ? goto(state, 'awaiting-approval', neededWords(context.environment.approvalsNeeded))
        : goto(state, 'preflight', 'the environment asks for no approval')
    case 'awaiting-approval':
      return awaitingApproval(state, context)
    case 'preflight':
      return { do: 'check-guardrails' }
    case 'baseline':
      return baseline(state, context)
    case 'injecting':
      return injecting(state, context)
    case 'responding':
      return state.failbackAt === undefined ? injecting(state, context) : failingBack(state, context)
    case 'observing':
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
      return paused(state, context)
    case 'closed':
    case 'refused':
    case 'cancelled':
    case 'missed':
      return { do: 'end' }
  }
}

function enteredAt(state: RunState, status: Status, context: NextContext): WorldInstant {
  return worldInstant(state.entered[status] ?? context.worldNow)
}

function neededWords(needed: number): string {
  return needed === 1 ? '1 approval is needed' : `${needed} approvals are needed`
}

/** Enough people: preflight, where the guardrail holds their approvals against the targets as they are then. */
function awaitingApproval(state: RunState, context: NextContext): Command {
  const { environment, now } = context
  const { approvals: given = [], author, planHash: plan } = state
  const standing = standingApprovals({ given, plan, author, environment, now })
  const needed = environment.approvalsNeeded
  if (standing.length < needed)
    return { do: 'wait', why: `waiting for approval: ${standing.length} of ${needed} were given` }
  const names = standing.map(({ by, own }) => (own ? `${by.name}, of their own run` : by.name))
  return goto(state, 'preflight', `approved by ${names.join('; ')}`)
}

function baseline(state: RunState, context: NextContext): Command {
  const until = plusMs(enteredAt(state, 'baseline', context), context.scenario.steadyState.forMs)
  if (context.worldNow < until) return { do: 'wait', until, why: 'watching the steady state' }
  return { do: 'check-steady-state' }
}

/**
 * Steps in the order of their `after`, faults and what precedes them first; those that wait for nobody go side by side. The first
 * step of the platform's response is a decision: the status says so, and what follows in it is done in the same way.
 */
function injecting(state: RunState, context: NextContext): Command {
  const commands = context.scenario.steps.flatMap((step): readonly Command[] => {
    if (isStepDone(state, step)) return []
    if (isResponseStep(step) && state.status === 'injecting') return []
    const startsAt = stepStart(state, step, context)
    if (startsAt === undefined) return []
    return [
      step.kind === 'wait'
        ? waiting(state, step, startsAt, context)
        : injectStep(state, step, startsAt, context),
    ]
  })
  const turn = turnOf(commands, state, context.worldNow)
  if (turn !== undefined) return turn
  const hasResponse = context.scenario.steps.some((step) => isResponseStep(step) && !isStepDone(state, step))
  if (state.status === 'injecting' && hasResponse) return goto(state, 'responding', decidedWords(state))
  const skipped = Object.keys(state.skipped ?? {})
  if (state.status === 'responding' && skipped.length === 0)
    return goto(state, 'observing', 'every step of the response is verified')
  if (skipped.length === 0) return goto(state, 'observing', 'every fault is confirmed on its targets')
  return Object.values(state.steps).some(({ injected }) => injected !== undefined)
    ? goto(
        state,
        'observing',
        `every fault but those skipped (${skipped.join(', ')}) is confirmed on its targets`,
      )
    : giveUp(state, context, `every fault was skipped: ${skipped.join(', ')}`, 'cancelled')
}

function waiting(
  state: RunState,
  { name, durationMs }: Extract<CompiledStep, { kind: 'wait' }>,
  startsAt: WorldInstant,
  { worldNow }: NextContext,
): Command {
  const until = heldBy(state, startsAt, durationMs)
  if (worldNow < until) return { do: 'wait', until, why: `step ${name}` }
  return { do: 'record', events: [{ type: 'step-waited', data: { step: name } }] }
}

function decidedWords(state: RunState): string {
  return Object.values(state.steps).some(({ injected }) => injected !== undefined)
    ? 'every fault is confirmed on its targets, and the platform carries out the response'
    : 'nothing is broken: the platform carries out the response as planned'
}

function injectStep(
  state: RunState,
  step: InjectStep,
  startsAt: WorldInstant,
  context: NextContext,
): Command {
  const current = state.steps[step.name]
  if (current === undefined) return giveUp(state, context, `step ${step.name} has no frozen targets`)
  if (current.again !== undefined) return again(state, step.name, current, context)
  if (hasFailed(current)) {
    const why = `step ${step.name} did not take effect on all its targets`
    return step.onFailure === 'ask'
      ? goto(state, 'paused', `${why}: retry it, skip it, or abort`)
      : giveUp(state, context, why)
  }
  if (current.requestedAt === undefined && current.deadMan?.refusal !== undefined)
    return giveUp(
      state,
      context,
      `step ${step.name} is not put in: its dead man could not be booked: ${current.deadMan.refusal}`,
    )
  if (current.undo === undefined) return { do: 'prepare-undo', step }
  if (!current.acknowledged) {
    // Steps go in one after another, so a late one may be prepared long after it could have started.
    const since = worldInstant(Math.max(startsAt, current.preparedAt ?? startsAt))
    const until = plusMs(since, ACKNOWLEDGE_WITHIN_MS)
    if (context.worldNow >= until)
      return giveUp(state, context, 'no reaper acknowledged its copy of the recovery kit')
    return { do: 'wait', until, pollMs: 100, why: 'the reaper takes its copy of the recovery kit' }
  }
  if (current.requestedAt === undefined) return { do: 'inject', step }
  return { do: 'confirm-injection', step }
}

function hasFailed(step: StepState): boolean {
  return Object.values(step.targets).some(({ injection }) => injection === 'failed-to-inject')
}

/** Leaves the drill: undo when anything was ever asked for; when nothing was, it ends. */
function giveUp(
  state: RunState,
  { worldNow }: Pick<NextContext, 'worldNow'>,
  why: string,
  end: 'refused' | 'cancelled' = 'refused',
): Command {
  if (dirtySteps(state).length > 0) return goto(state, 'recovering', why)
  return releaseDeadMan(state, worldNow) ?? goto(state, end, why)
}

/** Clears what a failed attempt may have left. What cannot be cleared in the time for recovery is undone with the rest. */
function again(state: RunState, name: string, step: StepState, context: NextContext): Command {
  const until = plusMs(
    worldInstant(step.again?.at ?? context.worldNow),
    context.scenario.timing.recoverWithinMs,
  )
  if (context.worldNow > until)
    return goto(
      state,
      'recovering',
      `what the failed attempt of step ${name} left could not be cleared in time`,
    )
  return clearing(name, step, context)
}

/**
 * A pause holds what the drill would do next, and nothing else: no fault stays in longer than it was approved for, what
 * was asked for is looked at, and what has to go goes.
 */
function paused(state: RunState, context: NextContext): Command {
  const dirty = dirtySteps(state)
  // What is out already cannot be in for too long: in the failback only what is left of the response counts.
  const due = restoreAt({ ...state, steps: Object.fromEntries(dirty) }, context)
  if (context.worldNow >= due)
    return goto(
      state,
      'recovering',
      'a fault was in as long as it was approved for, and a pause does not prolong that',
    )
  for (const step of context.scenario.steps) {
    const current = state.steps[step.name]
    if (step.kind === 'wait' || current?.requestedAt === undefined || current.injected !== undefined) continue
    if (current.again !== undefined) return again(state, step.name, current, context)
    if (!hasFailed(current)) return { do: 'confirm-injection', step }
  }
  return { do: 'wait', why: 'paused', ...(dirty.length === 0 ? {} : { until: due }) }
}

/** The end of a wait that began at `from`; what the run was held meanwhile does not count. */
function heldBy(state: RunState, from: WorldInstant, ms: number): WorldInstant {
  let until = plusMs(from, ms)
  for (const { from: heldFrom, to = heldFrom } of state.pauses ?? []) {
    if (to > from && heldFrom < until) until = worldInstant(until + to - Math.max(heldFrom, from))
  }
  return until
}

function isStepDone(state: RunState, step: CompiledStep): boolean {
  if (state.skipped?.[step.name] !== undefined) return true
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
  const until = heldBy(state, enteredAt(state, 'observing', context), context.scenario.timing.observeMaxMs)
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

function settling(state: RunState, context: NextContext): Command {
  const settleMs = state.abort === undefined ? context.scenario.timing.settleMs : 0
  const until = plusMs(enteredAt(state, 'settling', context), settleMs)
  if (context.worldNow < until) {
    // People want to know while the metrics settle; what they get says that it may still change.
    if (state.measurement === undefined) return { do: 'measure', provisional: true }
    return { do: 'wait', until, why: 'metrics settle' }
  }
  if (state.measurement?.provisional !== false) return { do: 'measure', provisional: false }
  // The targets stay locked until then: a later run must not find them put back in the middle of it.
  const held = deadManHeldUntil(state)
  if (context.worldNow < held)
    return { do: 'wait', until: held, why: 'the dead man had its turn and may still be tried again' }
  return goto(state, 'closed', `${state.measurement.verdict}: ${state.measurement.reason}`)
}
