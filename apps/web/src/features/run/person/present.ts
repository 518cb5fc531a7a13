import { isClean, type Resolution, type RunDetail, type TargetView } from '@firedrill/contracts'
import { count } from '../../../format/text.ts'

/** A target that waits for a person, or that a person has decided about. */
export type OpenTarget = Readonly<{ step: string; target: TargetView; answers: readonly Resolution[] }>

/** What each answer does, on its button and in full. */
export const ANSWER_WORDS: Readonly<Record<Resolution, Readonly<{ act: string; says: string }>>> = {
  retry: { act: 'Try again', says: 'The platform tries again to put it back.' },
  'mark-restored': {
    act: 'It is restored',
    says: 'It is described now. This is only taken when it is as it was captured.',
  },
  'accept-as-is': {
    act: 'Leave as it is',
    says: 'It stays as it is, for good. The run is then inconclusive, and never says that everything was put back. The environment has to allow it.',
  },
  'keep-theirs': {
    act: 'Keep theirs',
    says: 'Somebody else’s change stays. The run is then inconclusive, and says that this target is not as it was captured.',
  },
  'restore-ours': {
    act: 'Restore ours',
    says: 'Somebody else’s change is overwritten with what was captured before the drill.',
  },
}

/** Everything of an undo that is not over, and what a person may answer about it. */
export function openTargets(run: RunDetail): readonly OpenTarget[] {
  return run.steps.flatMap((step) =>
    step.requestedWorldAt === undefined
      ? []
      : step.targets.flatMap((target): readonly OpenTarget[] => {
          if (isClean(target.injection) || target.injection === 'left') return []
          const answers: readonly Resolution[] = target.isQuestion
            ? ['keep-theirs', 'restore-ours', 'mark-restored']
            : ['retry', 'mark-restored', 'accept-as-is']
          return [
            {
              step: step.name,
              target,
              answers: target.foreign === undefined || target.isQuestion ? answers : [],
            },
          ]
        }),
  )
}

/** True when the page has to ask somebody to act. */
export function needsSomebody(run: RunDetail): boolean {
  return run.status === 'needs-person' || (run.isOver && run.mayBeBroken)
}

/** Who has it in hand, or whether anybody was called. */
export function whoHasIt(run: RunDetail): string {
  if (run.takenOver !== null)
    return `${run.takenOver.by} has taken over: “${run.takenOver.reason}”. The platform only goes on describing.`
  if (run.pages === null) return 'Nobody was called yet.'
  const { sent, failures } = run.pages
  const failed = failures === 0 ? '' : ` The last ${count(failures, 'call')} reached nobody.`
  return sent === 0
    ? `Nobody could be called.${failed}`
    : `A person was called ${count(sent, 'time')}.${failed}`
}
