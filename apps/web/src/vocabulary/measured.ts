import type { Measurement } from '@firedrill/contracts'

/** A measured point in time. */
export type PointName = keyof Measurement['points']
/** A part of a recovery time. */
export type PartName = keyof Measurement['parts']

/** What each point in time means. */
export const POINT_WORDS: Readonly<Record<PointName, Readonly<{ word: string; means: string }>>> = {
  injected: { word: 'injected', means: 'The fault was in: its effect, not the answer to the call.' },
  onset: { word: 'onset', means: 'The first failure that users could see.' },
  detected: { word: 'detected', means: 'The first alarm.' },
  decided: { word: 'decided', means: 'A person or a rule said go.' },
  acted: { word: 'acted', means: 'The first step of the response.' },
  switched: { word: 'switched', means: 'Traffic had moved, at the last vantage.' },
  'first-good': { word: 'first good', means: 'The first good answer after the outage began.' },
  recovered: { word: 'recovered', means: 'The start of answers that stayed good.' },
  'data-verified': { word: 'data verified', means: 'Lost writes were counted.' },
  restored: { word: 'restored', means: 'Redundancy was back.' },
  'failback-began': { word: 'failback began', means: 'The first step of the way back was next.' },
  'failed-back': { word: 'failed back', means: 'Traffic was home again.' },
}

/** Whose time each part is. */
export const PART_WORDS: Readonly<
  Record<PartName, Readonly<{ word: string; who: string; between: string; look: string }>>
> = {
  detect: { word: 'Detect', who: 'alarms', between: 'onset to first alarm', look: 'alarm' },
  decide: { word: 'Decide', who: 'people', between: 'alarm to “go”', look: 'people' },
  act: { word: 'Act', who: 'platform', between: '“go” to first step', look: 'work' },
  propagate: {
    word: 'Propagate',
    who: 'network and caches',
    between: 'first step, or onset, to first good answer',
    look: 'recovering',
  },
  ramp: {
    word: 'Ramp',
    who: 'the service',
    between: 'first good answer to sustained recovery',
    look: 'series',
  },
  'fail-back': {
    word: 'Fail back',
    who: 'platform',
    between: 'first step back to everything as before',
    look: 'work',
  },
}

/** Between which points each part lies; the first that was observed counts. */
export const PART_ENDS: Readonly<Record<PartName, Readonly<{ from: readonly PointName[]; to: PointName }>>> =
  {
    detect: { from: ['onset'], to: 'detected' },
    decide: { from: ['detected'], to: 'decided' },
    act: { from: ['decided'], to: 'acted' },
    propagate: { from: ['acted', 'onset'], to: 'first-good' },
    ramp: { from: ['first-good'], to: 'recovered' },
    'fail-back': { from: ['failback-began'], to: 'failed-back' },
  }
