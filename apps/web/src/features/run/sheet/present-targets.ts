import type { RunDetail, TimelineEvent } from '@firedrill/contracts'
import { INJECTION_WORDS } from '../../../vocabulary/injections.ts'
import type { Word } from '../../../vocabulary/word.ts'
import { targetTimes } from '../timeline/observed-targets.ts'

/** A target as a row. */
export type TargetRow = Readonly<{
  key: string
  label: string
  place: string
  fault: string
  restoration: string
  word: Word
  injectedAt: number | undefined
  restoredAt: number | undefined
  seen: string
}>

/** All targets of a run under a title that says how many are back. Only a describe call counts as back. */
export function presentTargets(
  run: RunDetail,
  events: readonly TimelineEvent[],
): Readonly<{ rows: readonly TargetRow[]; title: string; word: Pick<Word, 'icon' | 'role'> }> {
  const rows = run.steps.flatMap((step) => {
    const times = targetTimes(step.name, events)
    return step.targets.map((target): TargetRow => ({
      key: `${step.name} ${target.id}`,
      label: target.label,
      place: target.zone ?? target.region,
      fault: step.fault ?? step.name,
      restoration: step.restoration ?? '',
      word: INJECTION_WORDS[target.injection],
      injectedAt: times.get(target.id)?.injectedAt,
      restoredAt: times.get(target.id)?.restoredAt,
      seen: seenWords(target),
    }))
  })
  const targets = run.steps.flatMap((step) => step.targets)
  const broken = targets.filter((target) => !target.isClean).length
  const wasTouched = targets.some((target) => target.injection !== 'planned')
  const noun = targets.length === 1 ? 'target' : 'targets'
  const left = targets.filter((target) => target.injection === 'left').length
  if (left > 0 && left === broken) {
    const title = `${left} of ${targets.length} ${noun} left by a person, not as captured`
    return { rows, title, word: { icon: 'people', role: 'deviated' } }
  }
  if (broken > 0) {
    const title = `${broken} of ${targets.length} ${noun} broken on purpose`
    return { rows, title, word: { icon: 'fault', role: 'fault' } }
  }
  if (!wasTouched)
    return { rows, title: `${targets.length} ${noun}, none touched`, word: { icon: 'open', role: 'plain' } }
  return {
    rows,
    title: `Put back: ${targets.length} of ${targets.length} ${noun}`,
    word: { icon: 'held', role: 'held' },
  }
}

/** What was described, and what a person decided about it. */
function seenWords({ seen, decision }: RunDetail['steps'][number]['targets'][number]): string {
  return decision === undefined ? seen : `${seen} (${decision.answer}, ${decision.by}: ${decision.reason})`
}
