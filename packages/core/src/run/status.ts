/** What the platform is doing with a run. */
export const STATUSES = [
  'booked',
  'planning',
  'awaiting-approval',
  'preflight',
  'baseline',
  'injecting',
  'observing',
  'responding',
  'recovering',
  'verifying',
  'settling',
  'paused',
  'aborting',
  'needs-person',
  'closed',
  'refused',
  'cancelled',
  'missed',
] as const
export type Status = (typeof STATUSES)[number]

/** The statuses from which nothing follows. */
export const END_STATUSES = ['closed', 'refused', 'cancelled', 'missed'] as const satisfies readonly Status[]

/** True when the run is over. */
export function isEnd(status: Status): boolean {
  return (END_STATUSES as readonly Status[]).includes(status)
}

/** The statuses in which probes must be running. */
const PROBED_STATUSES = [
  'baseline',
  'injecting',
  'observing',
  'responding',
  'recovering',
  'verifying',
  'settling',
  'paused',
  'aborting',
  'needs-person',
] as const satisfies readonly Status[]

/** True when a run's probes must be running; a run that was paused before its baseline is not probed yet. */
export function isProbed({
  status,
  resumesTo,
}: Readonly<{ status: Status; resumesTo?: Status | undefined }>): boolean {
  const meant = status === 'paused' ? (resumesTo ?? status) : status
  return (PROBED_STATUSES as readonly Status[]).includes(meant)
}

/** The statuses in which a person may hold a run: before any undo, which is never held up. */
export const PAUSABLE_STATUSES = [
  'booked',
  'planning',
  'awaiting-approval',
  'preflight',
  'baseline',
  'injecting',
  'observing',
  'responding',
] as const satisfies readonly Status[]

/** True when a person may hold the run. */
export function isPausable(status: Status): boolean {
  return (PAUSABLE_STATUSES as readonly Status[]).includes(status)
}

/** The statuses in which an abort means undo; before them it means cancel. */
export const LIVE_STATUSES = [
  'injecting',
  'observing',
  'responding',
  'recovering',
  'verifying',
  'paused',
  'aborting',
  'needs-person',
] as const satisfies readonly Status[]

/** The statuses whose work is taking faults out; they have a queue and workers of their own. */
export const RECOVERY_STATUSES = [
  'recovering',
  'verifying',
  'aborting',
  'needs-person',
] as const satisfies readonly Status[]

/** True while steps are put in: faults, or what the platform does in response to them. */
export function isPuttingIn(status: Status): boolean {
  return status === 'injecting' || status === 'responding'
}

/** True when the run's next act is part of undo. */
export function isRecovery(status: Status): boolean {
  return (RECOVERY_STATUSES as readonly Status[]).includes(status)
}

/** True when faults may be in, so that an abort means undo. */
export function isLive(status: Status): boolean {
  return (LIVE_STATUSES as readonly Status[]).includes(status)
}
