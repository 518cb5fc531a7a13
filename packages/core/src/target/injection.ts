/**
 * What the platform knows of its fault on one target. `unknown` stays until a describe call settles it. `left`: a person
 * decided, with a reason, that it stays as it is; it is over, and it is not as it was captured.
 */
export const INJECTIONS = [
  'planned',
  'requested',
  'injected',
  'recovering',
  'restored',
  'replaced',
  'spent',
  'unknown',
  'failed-to-inject',
  'left',
] as const
export type Injection = (typeof INJECTIONS)[number]

/** The injections in which nothing of ours can still be broken. */
export const CLEAN_INJECTIONS = [
  'planned',
  'restored',
  'replaced',
  'spent',
  'failed-to-inject',
] as const satisfies readonly Injection[]

/** What comparing with the capture can come to when a fault is out. Only these close a run that asked for a fault. */
export const RESTORED_INJECTIONS = ['restored', 'replaced', 'spent'] as const satisfies readonly Injection[]

/** True once describing a target after the undo showed it as its fault's restoration promises. */
export function isRestored(injection: Injection): boolean {
  return (RESTORED_INJECTIONS as readonly Injection[]).includes(injection)
}

/** True when nothing more will be done about a target: it is as its fault's restoration promises, or a person left it. */
export function isSettled(injection: Injection): boolean {
  return isRestored(injection) || injection === 'left'
}

/** True when a target in this state needs no undo, and nothing of ours can be broken. */
export function isClean(injection: Injection): boolean {
  return (CLEAN_INJECTIONS as readonly Injection[]).includes(injection)
}
