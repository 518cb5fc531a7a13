import type { CompiledObjective, PlatformInstant, Point, Resolution } from '@firedrill/core'

export type {
  CrossCheck,
  DurationInterval,
  Injection,
  Measurement,
  ObjectiveResult,
  Part,
  Point,
  Status,
  Verdict,
} from '@firedrill/core'

/** A point in time as a measurement holds it. */
export type PointInTime = Readonly<{ lo: number; hi: number; source: string; clock: string }>

/** A piece of evidence as reports name it. */
export type EvidenceSummary = Readonly<{ hash: string; kind: string; size: number; at: PlatformInstant }>

/** Kinds of objective as people say them. */
export const OBJECTIVE_WORDS: Readonly<
  Record<CompiledObjective['kind'], Readonly<{ noun: string; from: string }>>
> = {
  'recovery-time': { noun: 'Recovery', from: 'first failure to sustained recovery' },
  'detection-time': { noun: 'Detection', from: 'first failure to the alarm' },
  'data-loss': { noun: 'Data loss', from: 'acknowledged writes that are missing' },
}

/** Points in time as people say them. */
export const POINT_WORDS: Readonly<Record<Point, string>> = {
  injected: 'fault is in',
  onset: 'first failure',
  detected: 'alarm',
  decided: 'decision',
  acted: 'first step',
  switched: 'traffic moved',
  'first-good': 'first good answer',
  recovered: 'recovered',
  'data-verified': 'data verified',
  restored: 'put back',
  'failback-began': 'failback began',
  'failed-back': 'failed back',
}

/** What a person decided about a target, before its name. */
export const RESOLUTION_WORDS: Readonly<Record<Resolution, string>> = {
  retry: 'try again to put back',
  'mark-restored': 'put back by hand, and described so:',
  'accept-as-is': 'leave as it is',
  'keep-theirs': 'keep somebody else’s change of',
  'restore-ours': 'put back over somebody else’s change',
}
