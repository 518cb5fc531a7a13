import type { Tone } from '@firedrill/contracts'
import type { Word } from './word.ts'

/** How an event of the journal looks. */
export const TONE_WORDS: Readonly<Record<Tone, Word>> = {
  neutral: { word: 'step', icon: 'work', role: 'plain', means: 'The platform did something.' },
  good: { word: 'good', icon: 'check', role: 'held', means: 'As it should be.' },
  bad: { word: 'problem', icon: 'deviated', role: 'deviated', means: 'Not as it should be.' },
  warning: { word: 'warning', icon: 'alarm', role: 'alarm', means: 'Worth a look.' },
  fault: { word: 'fault', icon: 'fault', role: 'fault', means: 'Broken on purpose.' },
  undo: { word: 'undo', icon: 'recovering', role: 'recovering', means: 'Part of the way back.' },
  person: { word: 'person', icon: 'people', role: 'people', means: 'A person did this.' },
}
