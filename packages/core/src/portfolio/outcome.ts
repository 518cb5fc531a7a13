import type { RunId } from '../ids/ids.ts'
import type { PlatformInstant } from '../time/instant.ts'
import type { ObjectiveResult, Verdict } from '../verdict/verdict.ts'

/** A finding that is open for longer than this is old: 30 days of platform time. */
export const OLD_FINDING_MS = 2_592_000_000

/** Label of scenarios that names the service they are about; a scenario without it is its own service. */
export const SERVICE_LABEL = 'service'

/** What a run came to. Written once, when the run is over. */
export type RunOutcome = Readonly<{
  runId: RunId
  number: number
  service: string
  scenario: string
  scenarioHash: string
  environment: string
  verdict: Verdict
  /** When it was over; platform time. */
  at: PlatformInstant
  /** See {@link marginPercentOf}. */
  marginPercent: number | null
  objectives: readonly OutcomeObjective[]
}>

/** One objective of a run that is over. */
export type OutcomeObjective = Pick<
  ObjectiveResult,
  'objective' | 'kind' | 'maxMicros' | 'observed' | 'verdict'
>

/** How one service stands: what was drilled in a period, how the newest drill ended, and what is left to do. */
export type ServiceStanding = Readonly<{
  service: string
  /** Scenarios that are stored for it now. */
  scenarios: number
  /** Runs of the period, by verdict. */
  held: number
  deviated: number
  inconclusive: number
  notRun: number
  /** The newest run of all time; null: never drilled. */
  last: Readonly<{ runId: RunId; number: number; at: PlatformInstant; verdict: Verdict }> | null
  /** The smallest margin in the period; null without a figure. */
  marginPercent: number | null
  /** When the next drill starts by itself; null: nothing is booked. */
  dueAt: PlatformInstant | null
  openFindings: number
  oldFindings: number
  /** Scenarios in an environment whose newest run that decided anything has deviated. */
  failing: number
}>

/** Part of the trend: newest first, runs before the one with number `before`. */
export type TrendQuery = Readonly<{
  limit: number
  before?: number
  service?: string
  scenario?: string
  environment?: string
}>

/** Part of the portfolio: services in order of their names, those after `after`. `since`: where the period begins. */
export type PortfolioQuery = Readonly<{ limit: number; after?: string; since: PlatformInstant }>

/** What was left of each objective, in percent of it, of the one with least left; null when any has no upper bound or none was seen. */
export function marginPercentOf(objectives: readonly OutcomeObjective[]): number | null {
  const margins = objectives.flatMap(({ observed, maxMicros }) =>
    observed === undefined
      ? []
      : [observed.hi === null ? null : (100 * (maxMicros - observed.hi)) / maxMicros],
  )
  const known = margins.filter((margin) => margin !== null)
  return known.length === 0 || known.length < margins.length ? null : Math.min(...known)
}
