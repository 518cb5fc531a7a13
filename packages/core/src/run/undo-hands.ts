import type { UndoDecisions } from '../ports/fault-driver.ts'
import { isRestored, isSettled } from '../target/injection.ts'
import type { ForeignChange } from '../target/target.ts'
import type { RunState, StepState, TargetState } from './state.ts'

/** Somebody else's change to a target, which waits for a person's answer. */
export type OpenQuestion = Readonly<{ step: string; target: string; foreign: ForeignChange }>

/** True while a step's undo is in a person's hands: the platform describes its targets, and does nothing else. */
export function isInHands(state: Pick<RunState, 'takenOver'>, step: StepState): boolean {
  return state.takenOver !== undefined && step.handedBack !== true
}

/** Questions without an answer, in the order of steps and targets. */
export function openQuestions(state: Pick<RunState, 'steps'>): readonly OpenQuestion[] {
  return Object.entries(state.steps).flatMap(([step, { targets, requestedAt }]) =>
    requestedAt === undefined
      ? []
      : Object.entries(targets).flatMap(([target, { foreign, ...about }]) =>
          foreign !== undefined && isOpen(about) ? [{ step, target, foreign }] : [],
        ),
  )
}

function isOpen({ injection, decision }: Omit<TargetState, 'foreign'>): boolean {
  return decision === undefined && !isSettled(injection)
}

/** True when a person decided that the target stays as it is. */
export function isLeft({ decision }: Pick<TargetState, 'decision'>): boolean {
  return decision?.answer === 'accept-as-is' || decision?.answer === 'keep-theirs'
}

/** True while the platform may still ask for something to be put back: not all that is open waits for a person. */
export function hasWork(step: StepState): boolean {
  return Object.values(step.targets).some((target) => !isSettled(target.injection) && !isUntouched(target))
}

function isUntouched(target: TargetState): boolean {
  if (isLeft(target) || target.decision?.answer === 'mark-restored') return true
  return target.foreign !== undefined && target.decision === undefined
}

/** What the decisions about a step's targets mean to its undo; undefined when there are none. */
export function undoDecisions(step: StepState): UndoDecisions | undefined {
  const ids = (which: (target: TargetState) => boolean) =>
    Object.entries(step.targets).flatMap(([id, target]) =>
      which(target) && !isRestored(target.injection) ? [id] : [],
    )
  const left = ids(isLeft)
  const untouched = ids((target) => isUntouched(target) && !isLeft(target))
  const overwrite = ids(({ decision }) => decision?.answer === 'restore-ours')
  return left.length + untouched.length + overwrite.length === 0 ? undefined : { left, untouched, overwrite }
}
