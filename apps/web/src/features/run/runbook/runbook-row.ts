import type { RunDetail, TimelineEvent } from '@firedrill/contracts'
import type { Mark, Row } from '../timeline/row.ts'
import { lookOf, progressWords } from './present.ts'

/** What people did by their runbook, as one line of the timeline: a bar a step, from its begin to its end. */
export function runbookRow(
  run: RunDetail,
  events: readonly TimelineEvent[],
  worldNow: number,
): readonly Row[] {
  const { runbook } = run
  if (runbook === null) return []
  const marks = runbook.steps.flatMap((step): Mark[] => {
    const { started, done, skipped, title } = step
    const from = started ?? skipped
    if (from === null) return []
    const seq = events.find(
      ({ type, data }) => type.startsWith('runbook-step-') && data['step'] === step.name,
    )?.seq
    const look = lookOf(step, worldNow)
    const says = `${title}: ${look.word}${look.time === '' ? '' : `, ${look.time}`}`
    const text: Mark = { kind: 'text', at: from.worldAt, text: title, isQuiet: false, end: false }
    if (started === null)
      return seq === undefined
        ? [text]
        : [{ kind: 'glyph', at: from.worldAt, icon: 'not-run', role: 'inconclusive', says, seq }, text]
    const to = (done ?? skipped)?.worldAt
    const isOpen = to === undefined && !run.isOver
    return [
      {
        kind: 'bar',
        look: 'people',
        from: started.worldAt,
        to: to ?? worldNow,
        isOpen,
        says,
        ...(seq === undefined ? {} : { seq }),
      },
      text,
    ]
  })
  return [
    {
      key: 'runbook',
      icon: 'people',
      role: 'people',
      label: 'Runbook',
      meta: progressWords(runbook),
      depth: 0,
      marks,
    },
  ]
}
