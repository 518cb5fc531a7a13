/** How bad what a check found is. `not-observed`: it could not be looked at, which says nothing about the service. */
export const FINDING_LEVELS = ['good', 'warning', 'problem', 'not-observed'] as const
export type FindingLevel = (typeof FINDING_LEVELS)[number]

/** What is looked at before a drill, on the wire and in the account's own settings. */
export const CHECKS = [
  'dns',
  'ttl',
  'negative-cache',
  'authority',
  'tcp',
  'tls',
  'certificate',
  'http',
  'ping',
  'health-check',
  'failover-time',
  'passive-side',
] as const
export type Check = (typeof CHECKS)[number]

/** One line of a check: what was looked at, what was found in plain words, and what to do about it. */
export type Finding = Readonly<{
  check: Check
  /** What it is about: a name and where it was asked from, an address, a record. */
  subject: string
  level: FindingLevel
  verdict: string
  /** Null when nothing needs to be done. */
  remedy: string | null
}>

/** How a whole check ended: nothing stands in the way, something does, or what would decide it was not seen. */
export const CHECK_OUTCOMES = ['clear', 'problems', 'undecided'] as const
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number]

/** These may stay unseen (no rights for a ping, no TLS on that port) without leaving anything open. */
const OPTIONAL: readonly Check[] = ['ping', 'tls', 'certificate', 'http', 'authority']

/** Sums findings up. Warnings stand in nobody's way; no findings at all decide nothing. */
export function checkOutcome(findings: readonly Finding[]): CheckOutcome {
  if (findings.some(({ level }) => level === 'problem')) return 'problems'
  const isOpen = findings.some(({ level, check }) => level === 'not-observed' && !OPTIONAL.includes(check))
  return isOpen || findings.length === 0 ? 'undecided' : 'clear'
}
