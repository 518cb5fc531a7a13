import type { Injection } from '@firedrill/contracts'
import type { Word } from './word.ts'

/** What is known of our fault on one target. */
export const INJECTION_WORDS: Readonly<Record<Injection, Word>> = {
  planned: { word: 'planned', icon: 'open', role: 'plain', means: 'Not touched.' },
  requested: {
    word: 'requested',
    icon: 'fault',
    role: 'fault',
    means: 'Asked for; it must be assumed to be in.',
  },
  injected: { word: 'injected', icon: 'fault', role: 'fault', means: 'A describe call saw the fault.' },
  recovering: { word: 'recovering', icon: 'recovering', role: 'recovering', means: 'Being taken out.' },
  restored: { word: 'restored', icon: 'held', role: 'held', means: 'Described as equal to its capture.' },
  replaced: {
    word: 'replaced',
    icon: 'held',
    role: 'held',
    means: 'Another resource took its place, as the fault declares.',
  },
  spent: { word: 'spent', icon: 'not-run', role: 'inconclusive', means: 'Gone for good, as the plan said.' },
  unknown: {
    word: 'unknown',
    icon: 'unknown',
    role: 'deviated',
    means: 'Until a describe call settles it, it may be broken.',
  },
  'failed-to-inject': {
    word: 'not injected',
    icon: 'not-run',
    role: 'inconclusive',
    means: 'A describe call shows that nothing happened.',
  },
  left: {
    word: 'left as it is',
    icon: 'people',
    role: 'deviated',
    means: 'A person decided that it stays so. It is not as it was captured.',
  },
}
