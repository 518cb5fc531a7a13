import type { Sample } from '../measurement/interval.ts'
import type { WorldInstant } from '../time/instant.ts'

/** So many good answers in a row, from every vantage, make a step's check pass. */
const GOOD_IN_A_ROW = 3

/** Whether a step's check passes, and what it saw, in words. */
export type StepCheck = Readonly<{ passes: boolean; seen: string }>

/**
 * A step's check: the last answers of its probe from every vantage, none of them asked for before the step was started.
 * Too few of them is not knowing, and does not pass.
 */
export function checkStep(
  samples: readonly Sample[],
  { probe, vantages, since }: Readonly<{ probe: string; vantages: readonly string[]; since: WorldInstant }>,
): StepCheck {
  const failing = vantages.flatMap((vantage) => {
    const last = samples
      .filter((sample) => sample.probe === probe && sample.vantage === vantage && sample.start >= since)
      .filter(({ outcome }) => outcome !== 'unusable')
      .toSorted((a, b) => a.start - b.start)
      .slice(-GOOD_IN_A_ROW)
    const bad = last.findLast(({ outcome }) => outcome === 'bad')
    if (bad !== undefined) return [`${bad.detail ?? 'bad'} from ${vantage}`]
    return last.length < GOOD_IN_A_ROW
      ? [`${last.length} good from ${vantage} since the step was started`]
      : []
  })
  return failing.length === 0
    ? { passes: true, seen: `probe ${probe}: ${GOOD_IN_A_ROW} good in a row from ${vantages.join(', ')}` }
    : {
        passes: false,
        seen: `probe ${probe}: ${failing.join('; ')}; it takes ${GOOD_IN_A_ROW} good in a row`,
      }
}
