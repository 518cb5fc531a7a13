import type { RunDetail } from '@firedrill/contracts'
import { isEnd } from '@firedrill/contracts'
import { duration } from '../../../format/duration.ts'
import { STATUS_WORDS, USUAL_WAY } from '../../../vocabulary/statuses.ts'
import type { Word } from '../../../vocabulary/word.ts'

/** One phase of the ribbon. */
export type RibbonPhase = Readonly<{
  key: string
  word: Word
  state: 'done' | 'now' | 'later'
  took: string
  why: string
}>

/** The phases that were, the one that is, and those that usually follow. Pure. */
export function ribbonPhases(run: RunDetail, worldNow: number): readonly RibbonPhase[] {
  const been = run.phases.map((phase): RibbonPhase => {
    const isNow = phase.leftWorldAt === null
    const length = (phase.leftWorldAt ?? worldNow) - phase.worldAt
    return {
      key: `${phase.status} ${phase.at}`,
      word: STATUS_WORDS[phase.status],
      state: isNow && !isEnd(phase.status) ? 'now' : 'done',
      took: isEnd(phase.status) ? '' : duration(length, length < 60_000_000 ? 1 : 0),
      why: phase.why,
    }
  })
  if (run.isOver) return been
  // A run that is held goes on with what it was held in.
  const next = run.status === 'paused' ? run.resumesTo : run.status
  const at = USUAL_WAY.findIndex((status) => status === next)
  const rest =
    at < 0
      ? (['verifying', 'closed'] as const).filter((status) => status !== run.status)
      : USUAL_WAY.slice(run.status === 'paused' ? at : at + 1)
  return [
    ...been,
    ...rest.map((status): RibbonPhase => ({
      key: status,
      word: STATUS_WORDS[status],
      state: 'later',
      took: '',
      why: STATUS_WORDS[status].means,
    })),
  ]
}
