import type { Verdict } from '@firedrill/contracts'
import type { Word } from './word.ts'

/** Every verdict. */
export const VERDICT_WORDS: Readonly<Record<Verdict, Word>> = {
  held: { word: 'held', icon: 'held', role: 'held', means: 'Even the upper bound is within the objective.' },
  deviated: {
    word: 'deviated',
    icon: 'deviated',
    role: 'deviated',
    means: 'Even the lower bound is over the objective.',
  },
  inconclusive: {
    word: 'inconclusive',
    icon: 'inconclusive',
    role: 'inconclusive',
    means: 'What was seen does not decide it.',
  },
  'not-run': { word: 'not run', icon: 'not-run', role: 'inconclusive', means: 'Nothing was injected.' },
}

/** No verdict yet: neither good nor bad. */
export const OPEN_WORD: Word = { word: 'open', icon: 'open', role: 'plain', means: 'Not decided yet.' }

/** A verdict, or that there is none yet. */
export function verdictWord(verdict: Verdict | null): Word {
  return verdict === null ? OPEN_WORD : VERDICT_WORDS[verdict]
}
