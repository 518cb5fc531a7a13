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
export const PROBED_STATUSES = [
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
