import type { RunId } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** How much a gap matters, the worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** `accepted`: somebody lives with it, knowingly. */
export const FINDING_STATES = ['open', 'done', 'accepted'] as const
export type FindingState = (typeof FINDING_STATES)[number]

/** What people say about a gap that a run showed. Dates are calendar dates, `2026-12-24`, of nobody's time zone in particular. */
export type FindingTerms = Readonly<{
  gap: string
  severity: Severity
  owner: string
  due: string
  state: FindingState
  /** Where the work is tracked; null: nowhere else. */
  ticket: string | null
  /** When it is drilled again; null: not planned. */
  retest: string | null
}>

/** A finding of a run as it stands. `number` counts from 1 within the run, `version` its changes. */
export type RunFinding = FindingTerms &
  Readonly<{
    runId: RunId
    number: number
    version: number
    openedAt: PlatformInstant
    openedBy: Actor
    changedAt: PlatformInstant
    changedBy: Actor
  }>
