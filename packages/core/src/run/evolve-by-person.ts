import type { JournalEvent } from '../journal/envelope.ts'
import { isSettled } from '../target/injection.ts'
import type { RunEventBody } from './events.ts'
import { plannedStep, rested } from './evolve-step.ts'
import type { RunState, StepState } from './state.ts'

type ByPerson = Extract<
  RunEventBody,
  {
    type:
      | 'approved'
      | 'approval-declined'
      | 'paged'
      | 'page-failed'
      | 'taken-over'
      | 'target-resolved'
      | 'step-skipped'
      | 'step-retry-asked'
      | 'step-cleared'
  }
>

/** Folds what people did to a run, and that they were called. */
export function evolveByPerson(state: RunState, body: ByPerson, event: JournalEvent): RunState {
  const by = event.actor.name
  switch (body.type) {
    case 'approved':
      return approved(state, body, event)
    case 'approval-declined':
      return { ...state, declined: { by, reason: body.data.reason, at: event.at } }
    case 'paged':
      return { ...state, pages: { sent: body.data.page, lastAt: event.at, failures: 0 } }
    case 'page-failed': {
      const { sent, lastAt } = state.pages ?? { sent: 0 }
      const last = lastAt === undefined ? {} : { lastAt }
      const { attempt: failures, retryAt } = body.data
      return { ...state, pages: { sent, ...last, failures, retryAt } }
    }
    case 'taken-over':
      return {
        ...state,
        takenOver: { by, reason: body.data.reason, at: event.at },
        steps: mapSteps(state, (step) => ({ ...step, handedBack: false })),
      }
    case 'target-resolved':
      return targetResolved(state, body, event)
    case 'step-skipped':
      return {
        ...state,
        skipped: { ...state.skipped, [body.data.step]: { by, reason: body.data.reason } },
      }
    case 'step-retry-asked':
      return changed(state, body.data.step, (step) => ({
        ...step,
        again: { by, reason: body.data.reason, at: event.worldAt },
      }))
    case 'step-cleared':
      return changed(state, body.data.step, (step) => ({
        ...plannedStep(Object.keys(step.targets)),
        // An attempt that nobody answered may still arrive, whatever was cleared.
        ...(step.doubts === undefined ? {} : { doubts: step.doubts }),
        round: (step.round ?? 0) + 1,
      }))
  }
}

/** Each person has one approval: a later one takes the place of theirs. */
function approved(
  state: RunState,
  { data }: Extract<RunEventBody, { type: 'approved' }>,
  { actor, at }: JournalEvent,
): RunState {
  const { kind, id, name } = actor
  const others = (state.approvals ?? []).filter(({ by }) => by.id !== id)
  return { ...state, approvals: [...others, { ...data, by: { kind, id, name }, at }] }
}

function targetResolved(
  state: RunState,
  { data }: Extract<RunEventBody, { type: 'target-resolved' }>,
  event: JournalEvent,
): RunState {
  const { answer, reason } = data
  const isOurs = answer === 'retry' || answer === 'restore-ours'
  const decided = changed(state, data.step, (step) => {
    const target = step.targets[data.target]
    if (target === undefined) return step
    const decision = { answer, by: event.actor.name, reason, at: event.at }
    const targets = { ...step.targets, [data.target]: { ...target, decision } }
    if (!isOurs) return { ...step, targets }
    const recovery =
      step.recovery === undefined ? {} : { recovery: { ...rested(step.recovery), accepted: false } }
    return { ...step, targets, ...recovery, ...(state.takenOver === undefined ? {} : { handedBack: true }) }
  })
  if (!isOurs) return decided
  // Once nothing is left in a person's hands the platform has the whole of it again, with all the time for it.
  const isHandedBack =
    state.takenOver === undefined ||
    Object.values(decided.steps).every(
      (step) => step.handedBack === true || step.requestedAt === undefined || isOver(step),
    )
  if (!isHandedBack) return decided
  const { takenOver: _, ...rest } = decided
  return { ...rest, handedBackAt: event.worldAt }
}

function isOver(step: StepState): boolean {
  return Object.values(step.targets).every(({ injection }) => isSettled(injection))
}

function mapSteps(state: RunState, change: (step: StepState) => StepState): RunState['steps'] {
  return Object.fromEntries(Object.entries(state.steps).map(([name, step]) => [name, change(step)]))
}

function changed(state: RunState, name: string, change: (step: StepState) => StepState): RunState {
  const step = state.steps[name]
  if (step === undefined) throw new Error(`the journal speaks of step ${name}, which was never planned`)
  return { ...state, steps: { ...state.steps, [name]: change(step) } }
}
