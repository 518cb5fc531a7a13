import type { GameDayView, Verdict } from '@firedrill/contracts'
import { count } from '../../format/text.ts'

/** A finding stands until somebody closes it, or its drill was drilled again and held. */
export function isStanding({ finding, heldAgain }: GameDayView['findings'][number]): boolean {
  return finding.state === 'open' && heldAgain === null
}

const WORDS: Readonly<Record<Verdict, string>> = {
  held: 'held',
  deviated: 'deviated',
  inconclusive: 'inconclusive',
  'not-run': 'not carried out',
}

/** A day in one sentence: how its drills ended, and what is left to do. Pure. */
export function daySentence({ drills, findings }: Pick<GameDayView, 'drills' | 'findings'>): string {
  const ended = drills.flatMap(({ run }) => (run?.isOver === true ? (run.verdict ?? 'not-run') : []))
  const counts = (['held', 'deviated', 'inconclusive', 'not-run'] as const).flatMap((verdict) => {
    const number = ended.filter((one) => one === verdict).length
    return number === 0 ? [] : [`${number} ${WORDS[verdict]}`]
  })
  const open = findings.filter(isStanding).length
  return [
    `${ended.length} of ${count(drills.length, 'drill')} over`,
    ...counts,
    `${count(open, 'finding')} open`,
  ].join(', ')
}
