import type { LaneState } from '../features/run/timeline/lane-segments.ts'
import type { Word } from './word.ts'

/** What a stretch of a probe's lane says. */
export const LANE_WORDS: Readonly<Record<LaneState, Word>> = {
  good: { word: 'good', icon: 'check', role: 'held', means: 'Every answer was good.' },
  mixed: { word: 'good and bad', icon: 'inconclusive', role: 'deviated', means: 'Some answers were bad.' },
  bad: { word: 'bad', icon: 'cross', role: 'deviated', means: 'No answer was good.' },
  unusable: {
    word: 'unusable',
    icon: 'unknown',
    role: 'inconclusive',
    means: 'The probe itself was late, so it says nothing about the service.',
  },
  absent: { word: 'no samples', icon: 'open', role: 'plain', means: 'Nobody looked. That is not zero.' },
}
