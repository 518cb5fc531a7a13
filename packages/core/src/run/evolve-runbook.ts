import type { JournalEvent } from '../journal/envelope.ts'
import type { RunEventBody } from './events.ts'
import type { RunState } from './state.ts'

type OfRunbook = Extract<
  RunEventBody,
  { type: 'runbook-step-started' | 'runbook-step-done' | 'runbook-step-skipped' }
>

/** Folds what people said of the steps of their runbook. */
export function evolveRunbook(state: RunState, body: OfRunbook, event: JournalEvent): RunState {
  const { step, note } = body.data
  const before = state.runbookSteps?.[step] ?? {}
  const said = { by: event.actor.name, note, at: event.worldAt }
  const put = (after: NonNullable<RunState['runbookSteps']>[string]): RunState => ({
    ...state,
    runbookSteps: { ...state.runbookSteps, [step]: after },
  })
  switch (body.type) {
    case 'runbook-step-started': {
      const { marks } = body.data
      return put({ ...before, started: said, ...(marks === undefined ? {} : { marks }) })
    }
    case 'runbook-step-done': {
      const { checked } = body.data
      return put({ ...before, done: { ...said, ...(checked === undefined ? {} : { checked }) } })
    }
    case 'runbook-step-skipped':
      return put({ ...before, skipped: said })
  }
}
