import { intervalInWords } from '../verdict/judge.ts'
import type { CrossCheck } from '../verdict/verdict.ts'
import type { MeasureInput, RecoveryObjective } from './measure-input.ts'
import { observePublished, sustainOf, type ObjectiveView } from './observe-objective.ts'

/** The figure of a probe's objective once more, from what the prober published to CloudWatch. */
export function crossChecksOf(
  input: MeasureInput,
  { name, source, sustained }: RecoveryObjective,
  view: ObjectiveView,
): CrossCheck[] {
  if (source.from !== 'probe') return []
  const published = observePublished(input, source.probe, sustainOf(sustained))
  const from = `${name}: probe ${source.probe} as published to CloudWatch`
  if (published === undefined || published.seen === 'nothing') {
    return [{ source: from, agrees: null, note: 'nothing was read back from CloudWatch' }]
  }
  const { observed } = published
  if (view.service.seen === 'nothing') {
    return [{ source: from, observed, agrees: null, note: 'there are no samples to compare it with' }]
  }
  const mine = view.service.observed
  const agrees =
    (mine.hi === null || observed.lo <= mine.hi) && (observed.hi === null || mine.lo <= observed.hi)
  const note = agrees
    ? `${intervalInWords(observed)} from 1-second metrics, which overlaps the samples`
    : `${intervalInWords(observed)} from 1-second metrics, which contradicts the samples (${intervalInWords(mine)})`
  return [{ source: from, observed, agrees, note }]
}
