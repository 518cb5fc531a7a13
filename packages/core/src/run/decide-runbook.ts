import type { StepCheck } from '../runbook/check-step.ts'
import type { CompiledRunbook, RunbookStep } from '../runbook/runbook.ts'
import { decideResume } from './decide-by-person.ts'
import { decideAbort, type Asked } from './decide.ts'
import type { RunEventBody } from './events.ts'
import type { RunState, RunbookStepState } from './state.ts'
import { isEnd } from './status.ts'

/** What people say of a step of a runbook. */
export const RUNBOOK_ACTS = ['start', 'done', 'skip'] as const
export type RunbookAct = (typeof RUNBOOK_ACTS)[number]

/** What a person says of a step. `check`: what its probe shows now, for a step that has one. */
export type AskOfRunbook = Readonly<{ step: string; act: RunbookAct; note: string; check?: StepCheck }>

const no = (refused: string): Asked => ({ events: [], refused })

/**
 * A person starts a step of the pinned runbook, has done it, or leaves it out. Any order is allowed, since people know more
 * than a file. Saying the same twice changes nothing. A step with a check is only done once that passes.
 */
export function decideRunbookStep(state: RunState, runbook: CompiledRunbook, asked: AskOfRunbook): Asked {
  if (isEnd(state.status)) return no(`the run is already ${state.status}`)
  if (state.entered.injecting === undefined)
    return no(`the run is ${state.status}; its runbook begins when faults go in`)
  const step = runbook.steps.find(({ name }) => name === asked.step)
  if (step === undefined)
    return no(
      `runbook ${runbook.name} has no step ${asked.step}; it has ${runbook.steps.map(({ name }) => name).join(', ')}`,
    )
  const so = state.runbookSteps?.[step.name] ?? {}
  const over =
    so.done === undefined
      ? so.skipped === undefined
        ? undefined
        : `step ${step.name} was left out by ${so.skipped.by}`
      : `step ${step.name} was done by ${so.done.by}`
  switch (asked.act) {
    case 'start':
      return over === undefined ? start(state, step, so, asked.note) : no(over)
    case 'done':
      return so.done === undefined && over !== undefined ? no(over) : done(step, so, asked)
    case 'skip':
      if (so.skipped !== undefined) return { events: [] }
      if (over !== undefined) return no(over)
      return asked.note === ''
        ? no(`leaving out step ${step.name} takes a note that says why`)
        : { events: [{ type: 'runbook-step-skipped', data: { step: step.name, note: asked.note } }] }
  }
}

function start(state: RunState, step: RunbookStep, so: RunbookStepState, note: string): Asked {
  if (so.started !== undefined) return { events: [] }
  const { name, title, role, marks, action } = step
  const started: RunEventBody = {
    type: 'runbook-step-started',
    data: { step: name, title, role, note, ...(marks === undefined ? {} : { marks }) },
  }
  const why = `step ${name} of the runbook`
  switch (action) {
    case undefined:
      return { events: [started] }
    case 'abort': {
      const { events, refused } = decideAbort(state, note === '' ? why : `${why}: ${note}`)
      return refused === undefined ? { events: [started, ...events] } : no(refused)
    }
    case 'continue': {
      // What is not held goes on anyway.
      const events = state.status === 'paused' ? decideResume(state, why).events : []
      return { events: [started, ...events] }
    }
  }
}

function done(step: RunbookStep, so: RunbookStepState, { note, check }: AskOfRunbook): Asked {
  const { name } = step
  if (so.done !== undefined) return { events: [] }
  if (so.started === undefined) return no(`step ${name} was not started; start it, or leave it out`)
  if (step.check !== undefined && check?.passes !== true)
    return no(
      `the check of step ${name} does not pass (${check?.seen ?? 'it was not looked at'}); wait, or leave it out`,
    )
  const checked = step.check === undefined || check === undefined ? {} : { checked: check.seen }
  return { events: [{ type: 'runbook-step-done', data: { step: name, note, ...checked } }] }
}
