import {
  formatInterval,
  type ObjectiveProgress,
  type ObjectiveResult,
  type RunDetail,
} from '@firedrill/contracts'
import { duration, limit } from '../../../format/duration.ts'
import { shortInterval } from '../../../format/interval.ts'
import { verdictWord } from '../../../vocabulary/verdicts.ts'
import type { Word } from '../../../vocabulary/word.ts'
import { clockRuler, rulerOf, type Ruler } from './ruler.ts'

/** An objective as the page shows it. */
export type ObjectiveRow = Readonly<{
  name: string
  kind: string
  objective: string
  observed: string
  /** The same where there is little room. */
  short: string
  word: Word
  reason: string
  /** What would have decided it, for inconclusive. */
  wouldDecide: string
  method: string
  ruler: Ruler | undefined
  /** For data loss: how many writes stand behind the figure. */
  writes: string
  vantages: NonNullable<ObjectiveResult['vantages']>
}>

const KINDS: Readonly<Record<ObjectiveProgress['kind'], string>> = {
  'recovery-time': 'onset to sustained recovery',
  'detection-time': 'onset to first alarm',
  'data-loss': 'acknowledged, then missing',
}

/** The objectives of a run, with what is known of them at a moment of world time. */
export function presentObjectives(run: RunDetail, worldNow: number): readonly ObjectiveRow[] {
  return run.objectives.map((progress) => {
    const result = run.measurement?.objectives.find(({ objective }) => objective === progress.name)
    return {
      name: progress.name,
      kind: KINDS[progress.kind],
      objective: limit(progress.maxMicros),
      word: verdictWord(progress.verdict),
      reason: result?.reason ?? openReason(progress, run),
      wouldDecide: result?.wouldDecide ?? '',
      method: result?.method ?? '',
      writes: writesOf(result),
      vantages: result?.vantages ?? [],
      ...figureOf(progress, run, worldNow),
    }
  })
}

/** `3 missing of 240: 1 late, 2 lost`. */
function writesOf(result: ObjectiveResult | undefined): string {
  if (result?.markers === undefined) return ''
  const { acknowledged, missing, late, lost } = result.markers
  if (missing === 0) return `all ${acknowledged} acknowledged writes were there`
  const after = late === undefined || lost === undefined ? '' : `: ${late} late, ${lost} lost`
  return `${missing} missing of ${acknowledged}${after}`
}

/** What was observed, or how long its clock has run. The clock bounds nothing: the service may be well again already. */
function figureOf(
  progress: ObjectiveProgress,
  run: RunDetail,
  worldNow: number,
): Pick<ObjectiveRow, 'observed' | 'short' | 'ruler'> {
  const { observed, maxMicros, sinceWorldAt, untilWorldAt, verdict } = progress
  if (observed !== null)
    return {
      observed: formatInterval(observed),
      short: shortInterval(observed),
      ruler: rulerOf(observed, maxMicros, verdict),
    }
  if (run.isOver) return { observed: 'not observed', short: 'not observed', ruler: undefined }
  if (sinceWorldAt === null) return { observed: 'not begun', short: 'not begun', ruler: undefined }
  const elapsed = Math.max(0, (untilWorldAt ?? worldNow) - sinceWorldAt)
  const short = `at ${duration(elapsed)}`
  return { observed: `clock ${short}`, short, ruler: clockRuler(elapsed, maxMicros) }
}

function openReason(progress: ObjectiveProgress, run: RunDetail): string {
  if (run.isOver) return 'Nothing was measured.'
  if (progress.sinceWorldAt === null) return 'Its clock starts with the fault.'
  return progress.untilWorldAt === null
    ? 'Its clock runs from the fault; what users saw is measured from the samples.'
    : 'Waits for the measurement.'
}
