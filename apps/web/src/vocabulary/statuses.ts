import type { Status } from '@firedrill/contracts'
import type { Word } from './word.ts'

/** Every status of a run. A status that is added to the vocabulary does not compile before it stands here. */
export const STATUS_WORDS: Readonly<Record<Status, Word>> = {
  booked: { word: 'booked', icon: 'timer', role: 'plain', means: 'Waiting for a worker to take it up.' },
  planning: {
    word: 'planning',
    icon: 'running',
    role: 'accent',
    means: 'Targets are being resolved and their state captured.',
  },
  'awaiting-approval': {
    word: 'awaiting approval',
    icon: 'people',
    role: 'people',
    means: 'A person has to approve exactly these targets.',
  },
  preflight: { word: 'preflight', icon: 'running', role: 'accent', means: 'The guardrails are being asked.' },
  baseline: {
    word: 'baseline',
    icon: 'running',
    role: 'accent',
    means: 'Probes show that the service is well before anything is broken.',
  },
  injecting: { word: 'injecting', icon: 'fault', role: 'fault', means: 'Faults are being put in.' },
  observing: {
    word: 'observing',
    icon: 'fault',
    role: 'fault',
    means: 'The faults are in; the response is being watched.',
  },
  responding: {
    word: 'responding',
    icon: 'people',
    role: 'people',
    means: 'People are carrying out the response.',
  },
  recovering: {
    word: 'recovering',
    icon: 'recovering',
    role: 'recovering',
    means: 'The faults are being taken out.',
  },
  verifying: {
    word: 'verifying',
    icon: 'recovering',
    role: 'recovering',
    means: 'Every target is described and compared with its capture.',
  },
  settling: {
    word: 'settling',
    icon: 'running',
    role: 'accent',
    means: 'Everything is back; metrics are read again before the final verdict.',
  },
  paused: { word: 'paused', icon: 'pause', role: 'people', means: 'Held by a person; expiries run on.' },
  aborting: {
    word: 'aborting',
    icon: 'recovering',
    role: 'recovering',
    means: 'Stopped; the faults are being taken out.',
  },
  'needs-person': {
    word: 'needs a person',
    icon: 'alarm',
    role: 'deviated',
    means: 'Restoration could not be verified in time. Something may still be broken.',
  },
  closed: { word: 'closed', icon: 'check', role: 'plain', means: 'Over; every target was put back.' },
  refused: {
    word: 'refused',
    icon: 'lock',
    role: 'inconclusive',
    means: 'A guardrail said no. Nothing was touched.',
  },
  cancelled: {
    word: 'cancelled',
    icon: 'not-run',
    role: 'inconclusive',
    means: 'Stopped before anything was broken.',
  },
  missed: {
    word: 'missed',
    icon: 'not-run',
    role: 'inconclusive',
    means: 'Its time passed before it could start.',
  },
}

/** The way of a run that nothing interrupts, for the ribbon. */
export const USUAL_WAY = [
  'booked',
  'planning',
  'preflight',
  'baseline',
  'injecting',
  'observing',
  'recovering',
  'verifying',
  'settling',
  'closed',
] as const satisfies readonly Status[]
