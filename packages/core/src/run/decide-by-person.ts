import type { CompiledScenario } from '../scenario/scenario.ts'
import { isSettled, type Injection } from '../target/injection.ts'
import type { Asked } from './decide.ts'
import type { Resolution, RunEventBody } from './events.ts'
import { dirtySteps } from './next-undo.ts'
import type { RunState, StepState } from './state.ts'
import { isEnd, isPausable, isRecovery, type Status } from './status.ts'
import { isInHands, openQuestions } from './undo-hands.ts'

const no = (refused: string): Asked => ({ events: [], refused })
const move = (from: Status, to: Status, why: string): RunEventBody => ({
  type: 'status-changed',
  data: { from, to, why },
})

/** Holds a run before its next step. Undo is never held up, and no fault stays in longer than it was approved for. */
export function decidePause(state: RunState, reason: string): Asked {
  if (state.status === 'paused') return no('the run is already paused; resume it, or abort it')
  if (isPausable(state.status)) return { events: [move(state.status, 'paused', reason)] }
  if (isRecovery(state.status)) return no('faults are being taken out, and that is never held up')
  if (state.status === 'settling') return no('everything is put back already; the run is about to close')
  return no(`the run is already ${state.status}`)
}

/** Lets a held run go on with what it was held in. */
export function decideResume(state: RunState, reason: string): Asked {
  if (state.status !== 'paused' || state.resumesTo === undefined)
    return no(`the run is not paused, it is ${state.status}`)
  return { events: [move('paused', state.resumesTo, reason)] }
}

/** Leaves a step out. One that is in, or may be, cannot be left out: only undo ends it. */
export function decideSkip(state: RunState, scenario: CompiledScenario, step: string, reason: string): Asked {
  const known = scenario.steps.find(({ name }) => name === step)
  if (known === undefined) return no(`the scenario has no step ${step}; it has ${names(scenario)}`)
  const current = state.steps[step]
  const mayBeIn = Object.values(current?.targets ?? {}).filter(({ injection }) => !isHarmless(injection))
  if (mayBeIn.length > 0 && !isEnd(state.status) && !isRecovery(state.status))
    return no(
      `the fault of step ${step} is in, or may be, on ${mayBeIn.length} of its targets; abort the run to take it out`,
    )
  const before = notInStep(state)
  if (before !== undefined) return no(before)
  if (state.skipped?.[step] !== undefined) return { events: [] }
  if (known.kind === 'wait' && state.waited.includes(step))
    return no(`step ${step} has been waited for already`)
  if (current?.again !== undefined)
    return no(`what the failed attempt of step ${step} left is being cleared; skip it after that`)
  return { events: [{ type: 'step-skipped', data: { step, reason } }] }
}

/** Puts a step in again that surely did not take effect on any target, once nothing of the failed attempt is left. */
export function decideRetry(
  state: RunState,
  scenario: CompiledScenario,
  step: string,
  reason: string,
): Asked {
  const known = scenario.steps.find(({ name }) => name === step)
  if (known === undefined) return no(`the scenario has no step ${step}; it has ${names(scenario)}`)
  if (known.kind === 'wait') return no(`step ${step} is a wait; skip it, or let it pass`)
  const before = notInStep(state)
  if (before !== undefined) return no(before)
  const current = state.steps[step]
  if (current === undefined) return no(`step ${step} has no targets yet`)
  if (current.again !== undefined) return { events: [] }
  if (state.skipped?.[step] !== undefined) return no(`step ${step} was skipped`)
  const targets = Object.values(current.targets)
  const failed = targets.filter(({ injection }) => injection === 'failed-to-inject').length
  if (failed === 0) return no(`step ${step} did not fail: its targets are ${wordsOf(current)}`)
  if (failed < targets.length)
    return no(
      `step ${step} took effect on some of its targets (${wordsOf(current)}); abort the run to take it out`,
    )
  return { events: [{ type: 'step-retry-asked', data: { step, reason } }] }
}

/** Hands what is left of the undo to the person who asks: the platform goes on describing, and does nothing else. */
export function decideTakeOver(state: RunState, reason: string): Asked {
  if (!isRecovery(state.status)) return no(`nothing is being taken out: the run is ${state.status}`)
  if (dirtySteps(state).length === 0) return no('every target is put back already')
  const taken: RunEventBody = { type: 'taken-over', data: { reason } }
  return state.status === 'needs-person'
    ? { events: [taken] }
    : { events: [taken, move(state.status, 'needs-person', `taken over: ${reason}`)] }
}

/** What a person answers about one target. `leave`: the environment allows that targets stay as they are. */
export type Resolve = Readonly<{
  step: string
  target: string
  answer: Resolution
  reason: string
  leave: boolean
}>

/**
 * A person's answer about one target. What it takes of the cloud (that describing confirms a restoration) has been asked
 * by whoever calls this.
 */
export function decideResolve(state: RunState, { step, target, answer, reason, leave }: Resolve): Asked {
  if (!isRecovery(state.status)) return no(`nothing is being taken out: the run is ${state.status}`)
  const current = state.steps[step]
  const found = current?.targets[target]
  if (current?.requestedAt === undefined || found === undefined)
    return no(`nothing of the run is on ${target} in step ${step}`)
  if (isSettled(found.injection)) return no(`${target} is ${found.injection} already`)
  const isQuestion = found.foreign !== undefined
  if ((answer === 'keep-theirs' || answer === 'restore-ours') && !isQuestion)
    return no(`nobody else's change was seen on ${target}; retry, or accept it as it is`)
  if (answer === 'retry' && isQuestion)
    return no(
      `somebody else changed ${target}, and that is never overwritten unasked; answer keep-theirs or restore-ours`,
    )
  if (answer === 'accept-as-is' && !leave)
    return no(
      'the environment does not let targets stay broken; apply a version of it with touch.irreversible: true, then ask again',
    )
  const resolved: RunEventBody = { type: 'target-resolved', data: { step, target, answer, reason } }
  const isOurs = answer === 'retry' || answer === 'restore-ours'
  const isOursAlone = isOurs && state.status === 'needs-person' && !needsPersonStill(state, step, target)
  return isOursAlone
    ? { events: [resolved, move('needs-person', 'recovering', `given back to the platform: ${reason}`)] }
    : { events: [resolved] }
}

/** True when something besides one target's step waits for a person: another question, or a step in a person's hands. */
function needsPersonStill(state: RunState, step: string, target: string): boolean {
  return (
    openQuestions(state).some((question) => question.step !== step || question.target !== target) ||
    dirtySteps(state).some(([name, other]) => name !== step && isInHands(state, other))
  )
}

function notInStep(state: RunState): string | undefined {
  const { status } = state
  if (isEnd(status)) return `the run is already ${status}`
  if (isRecovery(status)) return 'faults are being taken out, and no step follows'
  const meant = status === 'paused' ? state.resumesTo : status
  const isBack = meant === 'responding' && state.failbackAt !== undefined
  return meant === 'observing' || isBack || meant === 'settling'
    ? 'every step of the scenario is done'
    : undefined
}

/** Nothing was asked for, or surely nothing happened, or it is out again. */
function isHarmless(injection: Injection): boolean {
  return injection === 'planned' || injection === 'failed-to-inject' || isSettled(injection)
}

function wordsOf(step: StepState): string {
  return [...new Set(Object.values(step.targets).map(({ injection }) => injection))].join(', ')
}

function names(scenario: CompiledScenario): string {
  return scenario.steps.map(({ name }) => name).join(', ')
}
