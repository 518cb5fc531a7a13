import {
  formatInterval,
  type DurationInterval,
  type ObjectiveProgress,
  type ObjectiveResult,
  type RunDetail,
} from '@firedrill/contracts'
import { limit } from '../../../format/duration.ts'
import { verdictWord } from '../../../vocabulary/verdicts.ts'
import type { Word } from '../../../vocabulary/word.ts'
import { rulerOf, type Ruler } from './ruler.ts'

/** An objective as the page shows it. */
export type ObjectiveRow = Readonly<{
  name: string
  kind: string
  objective: string
  observed: string
  word: Word
  reason: string
  /** What would have decided it, for inconclusive. */
  wouldDecide: string
  method: string
  ruler: Ruler | undefined
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
    const observed = progress.observed ?? soFar(progress, run, worldNow)
    return {
      name: progress.name,
      kind: KINDS[progress.kind],
      objective: limit(progress.maxMicros),
      observed:
        observed === undefined
          ? progress.sinceWorldAt === null
            ? 'not begun'
            : 'not observed'
          : formatInterval(observed),
      word: verdictWord(progress.verdict),
      reason: result?.reason ?? openReason(progress, run),
      wouldDecide: result?.wouldDecide ?? '',
      method: result?.method ?? '',
      ruler: observed === undefined ? undefined : rulerOf(observed, progress.maxMicros, progress.verdict),
      vantages: result?.vantages ?? [],
    }
  })
}

/** While an objective's clock runs it is known to take more than the time so far. */
function soFar(progress: ObjectiveProgress, run: RunDetail, worldNow: number): DurationInterval | undefined {
  if (
    run.isOver ||
    progress.sinceWorldAt === null ||
    progress.untilWorldAt !== null ||
    progress.kind === 'data-loss'
  )
    return undefined
  return { lo: Math.max(0, worldNow - progress.sinceWorldAt), hi: null }
}

function openReason(progress: ObjectiveProgress, run: RunDetail): string {
  if (run.isOver) return 'Nothing was measured.'
  if (progress.sinceWorldAt === null) return 'Its clock starts with the fault.'
  return progress.untilWorldAt === null ? 'Its clock is running.' : 'Waits for the measurement.'
}
