import { isEnd, type CompiledRunbook, type RunState, type RunbookStep } from '@firedrill/core'
import type { RunRunbook, RunbookStepView } from '@firedrill/contracts'

type Said = Readonly<{ by: string; note: string; at: number }>

/** The runbook of a run, step by step, beside what people said of it. */
export function presentRunRunbook(state: RunState, runbook: CompiledRunbook | undefined): RunRunbook | null {
  if (state.runbook === undefined || runbook === undefined) return null
  return {
    ...state.runbook,
    title: runbook.title,
    isOpen: state.entered.injecting !== undefined && !isEnd(state.status),
    steps: runbook.steps.map((step) => presentStep(step, state)),
  }
}

function presentStep(step: RunbookStep, state: RunState): RunbookStepView {
  const { started, done, skipped } = state.runbookSteps?.[step.name] ?? {}
  const { name, title, role, expectedMs, instructions } = step
  return {
    name,
    title,
    role,
    expectedMicros: expectedMs * 1000,
    instructions,
    check: step.check ?? null,
    action: step.action ?? null,
    marks: step.marks ?? null,
    state:
      done === undefined
        ? skipped === undefined
          ? started === undefined
            ? 'open'
            : 'started'
          : 'skipped'
        : 'done',
    started: said(started),
    done: done === undefined ? null : { ...saidOf(done), checked: done.checked ?? null },
    skipped: said(skipped),
  }
}

function said(of: Said | undefined) {
  return of === undefined ? null : saidOf(of)
}

function saidOf({ by, note, at }: Said) {
  return { by, note, worldAt: at }
}
