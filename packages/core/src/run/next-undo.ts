import { isSettled, type Injection } from '../target/injection.ts'
import { platformInstant, worldInstant, type WorldInstant } from '../time/instant.ts'
import { isResponseStep, type CompiledScenario } from '../scenario/scenario.ts'
import { goto, type Command, type NextContext } from './command.ts'
import { deadManHeldUntil, releaseDeadMan } from './dead-man.ts'
import type { RecoverReason } from './events.ts'
import type { RunState, StepState } from './state.ts'
import { hasWork, isInHands, openQuestions } from './undo-hands.ts'

/** How often a person is called again until somebody takes over, unless the installation says otherwise. Platform time. */
export const PAGE_EVERY_MS = 600_000

/**
 * Steps whose fault may be in: asked for, and not seen to be out by comparing with the capture. A look that showed it
 * never went in does not end that: such a step is undone like any other, since what was asked for may leave something
 * behind.
 */
export function dirtySteps(state: RunState): readonly (readonly [string, StepState])[] {
  return Object.entries(state.steps).filter(
    ([, step]) =>
      step.requestedAt !== undefined &&
      !Object.values(step.targets).every((target) => isSettled(target.injection)),
  )
}

/** From when on the time for recovery counts: when it began, or when a person gave it back. World time. */
export function recoveryFrom(state: RunState): number | undefined {
  // The failback has as much time again.
  const anew = [state.handedBackAt, state.failbackAt].filter((at) => at !== undefined)
  if (anew.length > 0) return Math.max(...anew)
  const began = [state.entered.recovering, state.entered.aborting].filter((at) => at !== undefined)
  return began.length === 0 ? undefined : Math.min(...began)
}

/** While faults are asked to go. */
export function recovering(state: RunState, context: NextContext): Command {
  const dirty = dirtySteps(state)
  const needed = whyNeeded(state, dirty, context)
  if (needed !== undefined) return needsPerson(state, needed)
  const turn = undoTurn(dirty, context.scenario)
  if (mayFailBack(state, turn, context)) return goto(state, 'responding', FAILBACK)
  if (turn.some(([, step]) => step.recovery?.accepted !== true)) return undo(state, turn, context)
  return goto(
    state,
    'verifying',
    dirty.length === 0 ? 'nothing was left to take out' : 'every fault was asked to go',
  )
}

/** While targets are described until each is as it was captured. */
export function verifying(state: RunState, context: NextContext): Command {
  const dirty = dirtySteps(state)
  // What is settled needs no dead man any more, and one that is late must not undo what a person left as it is.
  const release = releaseDeadMan(state, context.worldNow)
  if (release !== undefined && (dirty.length === 0 || release.do === 'release-dead-man')) return release
  if (dirty.length === 0) return goto(state, 'settling', overWhy(state))
  if (state.status === 'needs-person') {
    if (isPageDue(state, context))
      return { do: 'page', page: (state.pages?.sent ?? 0) + 1, why: pageWhy(state) }
    return undo(state, undoTurn(dirty, context.scenario), context)
  }
  const needed = whyNeeded(state, dirty, context)
  if (needed !== undefined) return needsPerson(state, needed)
  const turn = undoTurn(dirty, context.scenario)
  return mayFailBack(state, turn, context) ? goto(state, 'responding', FAILBACK) : undo(state, turn, context)
}

const FAILBACK = 'the failback: what the response did is undone, from its last step to its first'

/** While what the response did is undone, one step at a time. What cannot be verified in time needs a person, as ever. */
export function failingBack(state: RunState, context: NextContext): Command {
  const dirty = dirtySteps(state)
  const needed = whyNeeded(state, dirty, context)
  if (needed !== undefined) return needsPerson(state, needed)
  const turn = undoTurn(dirty, context.scenario)
  return turn.length === 0
    ? goto(state, 'verifying', 'every step of the response is undone')
    : undo(state, turn, context)
}

/**
 * What is undone next: every fault before anything of the response, so that nobody is sent back to what is still broken, and
 * of the response what no other of its steps was made on top of, so that the last goes first.
 */
function undoTurn(
  dirty: readonly (readonly [string, StepState])[],
  { steps }: Pick<CompiledScenario, 'steps'>,
): readonly (readonly [string, StepState])[] {
  const response = new Set(steps.filter(isResponseStep).map(({ name }) => name))
  const faults = dirty.filter(([name]) => !response.has(name))
  if (faults.length > 0) return faults
  const below = stepsBelow(
    dirty.map(([name]) => name),
    steps,
  )
  return dirty.filter(([name]) => !below.has(name))
}

/** The steps that any of these comes after, however many others lie between. */
function stepsBelow(names: readonly string[], steps: CompiledScenario['steps']): ReadonlySet<string> {
  const after = new Map(steps.map((step) => [step.name, step.after]))
  const below = new Set<string>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const one of after.get(name) ?? []) {
      if (below.has(one)) continue
      below.add(one)
      open.push(one)
    }
  return below
}

/** The failback is a leg of its own where the response ran its course; an abort undoes in the same order without it. */
function mayFailBack(
  state: RunState,
  turn: readonly (readonly [string, StepState])[],
  { scenario }: NextContext,
): boolean {
  const [name] = turn[0] ?? []
  const step = scenario.steps.find((one) => one.name === name)
  if (step === undefined || !isResponseStep(step)) return false
  return state.abort === undefined && state.failbackAt === undefined && state.status !== 'needs-person'
}

function overWhy(state: RunState): string {
  const ended = Object.values(state.steps).flatMap(({ targets }) => Object.entries(targets))
  const of = (word: Injection) => ended.flatMap(([id, { injection }]) => (injection === word ? [id] : []))
  const left = of('left')
  const replaced = of('replaced').length
  const asCaptured = 'every target was described and is as it was captured'
  const all = replaced === 0 ? asCaptured : `${asCaptured}, or as good: ${replaced} replaced`
  return left.length === 0 ? all : `${all}, but for what a person left as it is: ${listed(left)}`
}

/** What may be left of an attempt that failed goes first, and is seen to be gone, before the step is tried again. */
export function clearing(name: string, step: StepState, context: NextContext): Command {
  if (Object.values(step.targets).every(({ injection }) => isSettled(injection))) {
    const only = { steps: { [name]: step } }
    const held = deadManHeldUntil(only)
    if (context.worldNow < held)
      return { do: 'wait', until: held, why: 'the dead man of the failed attempt may still act' }
    return (
      releaseDeadMan(only, context.worldNow) ?? {
        do: 'record',
        events: [{ type: 'step-cleared', data: { step: name } }],
      }
    )
  }
  const retryAt = step.recovery?.retryAt ?? 0
  if (retryAt > context.worldNow) return { do: 'back-off', until: worldInstant(retryAt) }
  return step.recovery?.accepted === true
    ? { do: 'confirm-recovery', step: name }
    : { do: 'recover', step: name, reason: 'retry' }
}

/**
 * The next act of undo. What can be asked to go goes first, the least tried before the others; while everything that
 * is left waits for its next try, what was asked is looked at. So no step that fails holds up another. What a person has
 * taken over is only looked at.
 */
function undo(
  state: RunState,
  dirty: readonly (readonly [string, StepState])[],
  context: NextContext,
): Command {
  const hands = dirty.filter(([, step]) => !isOurs(state, step))
  const ours = dirty.filter(([, step]) => isOurs(state, step))
  const ready = ours.filter(([, step]) => (step.recovery?.retryAt ?? 0) <= context.worldNow)
  const [lost] = ready
    .filter(([, step]) => step.recovery?.accepted !== true)
    .toSorted(([, a], [, b]) => (a.recovery?.attempts ?? 0) - (b.recovery?.attempts ?? 0))
  if (lost !== undefined) return { do: 'recover', step: lost[0], reason: reasonOf(state, context) }
  const asked = [...ready.filter(([, step]) => step.recovery?.accepted === true), ...hands]
  // Steps take turns, so that one that lags does not hide the others.
  const turn = asked[Math.floor(context.worldNow / 1000) % asked.length]
  if (turn !== undefined) return { do: 'confirm-recovery', step: turn[0] }
  const times = dirty.map(([, step]) => step.recovery?.retryAt ?? context.worldNow)
  const until = worldInstant(Math.min(...times))
  return state.status === 'needs-person' && state.takenOver === undefined
    ? { do: 'back-off', until, at: platformInstant(pageAt(state, context)) }
    : { do: 'back-off', until }
}

function isOurs(state: RunState, step: StepState): boolean {
  return !isInHands(state, step) && hasWork(step)
}

/** Every step that may be asked to go now; `next` names the least tried of them. They need not wait for each other. */
export function stepsToUndo(
  state: RunState,
  scenario: Pick<CompiledScenario, 'steps'>,
  worldNow: WorldInstant,
): readonly string[] {
  return undoTurn(dirtySteps(state), scenario).flatMap(([name, step]) => {
    const isDue = step.recovery?.accepted !== true && (step.recovery?.retryAt ?? 0) <= worldNow
    return isDue && isOurs(state, step) ? [name] : []
  })
}

/** Why the faults go: whatever the journal said first, else what the state shows. */
function reasonOf(state: RunState, context: NextContext): RecoverReason {
  if (state.recoverReason !== undefined) return state.recoverReason
  if (state.abort !== undefined) return state.abort.cause ?? 'abort'
  if (state.responseSeenAt !== undefined) return 'response-seen'
  const steps = Object.values(state.steps)
  if (steps.some((step) => step.expiresAt !== undefined && step.expiresAt <= context.worldNow))
    return 'expiry'
  if (state.entered.observing === undefined && state.pauses !== undefined) return 'expiry'
  return state.entered.observing === undefined ? 'injection-failed' : 'observed-long-enough'
}

/** Why a person is needed, or undefined while the platform can go on by itself. */
function whyNeeded(
  state: RunState,
  dirty: readonly (readonly [string, StepState])[],
  context: NextContext,
): string | undefined {
  if (dirty.length === 0) return undefined
  const questions = openQuestions(state)
  if (questions.length > 0) {
    const which = listed(questions.map(({ target, foreign }) => `${target} (now ${foreign.now})`))
    return `somebody else changed ${which}; it is not overwritten: keep theirs, or restore ours?`
  }
  const began = recoveryFrom(state) ?? context.worldNow
  if (context.worldNow - began <= context.scenario.timing.recoverWithinMs * 1000) return undefined
  const left = dirty.flatMap(([name, step]) =>
    Object.entries(step.targets).flatMap(([id, target]) =>
      isSettled(target.injection) ? [] : [`${id} (${name}: ${target.injection})`],
    ),
  )
  return `not verified in time: ${listed(left)}`
}

function listed(all: readonly string[]): string {
  return `${all.slice(0, 20).join(', ')}${all.length > 20 ? ` and ${all.length - 20} more` : ''}`
}

function needsPerson(state: RunState, why: string): Command {
  return {
    do: 'record',
    events: [
      { type: 'person-needed', data: { why } },
      { type: 'status-changed', data: { from: state.status, to: 'needs-person', why } },
    ],
  }
}

/** A call is due while nobody has taken over: at once, and then again and again. */
function isPageDue(state: RunState, context: NextContext): boolean {
  return state.takenOver === undefined && pageAt(state, context) <= context.now
}

/** When the next call is due, in platform time. */
function pageAt({ pages }: RunState, { pageEveryMs = PAGE_EVERY_MS }: NextContext): number {
  if (pages?.retryAt !== undefined) return pages.retryAt
  return pages?.lastAt === undefined ? 0 : pages.lastAt + pageEveryMs * 1000
}

function pageWhy(state: RunState): string {
  const left = dirtySteps(state).flatMap(([name, step]) =>
    Object.entries(step.targets).flatMap(([id, { injection, foreign }]) =>
      isSettled(injection)
        ? []
        : [
            `${id} (${name}: ${foreign === undefined ? injection : `changed by somebody else, now ${foreign.now}`})`,
          ],
    ),
  )
  return `not put back: ${listed(left)}`
}
