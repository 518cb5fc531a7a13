import type { RunState } from '../run/state.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { boundsOf, medianInterval, medianOf, upperEnd, type Bounds } from './order-interval.ts'

/** How sure an interval for the median of all runs has to be. */
export const MEDIAN_CONFIDENCE = 0.95

/** What one run says about one objective. Microseconds of world time. */
export type RunFigure = Readonly<{ run: string; verdict: Verdict; observed?: Bounds }>

/** Repeated runs of one scenario, for one objective. Microseconds of world time. */
export type Summary = Readonly<{
  /** Runs that were carried out, whatever they showed. */
  runs: number
  held: number
  deviated: number
  inconclusive: number
  /** Runs with a figure; the others are in none of the numbers below. */
  measured: number
  /** The median of the true values of these very runs lies in it. */
  median?: Bounds
  /** An interval for the median of all runs of this kind, not of these alone; absent with fewer than six. */
  typical?: Readonly<{ bounds: Bounds; confidence: number }>
  /** The worst of the true values lies in it. */
  worst?: Bounds
  /** The run with the worst figure. */
  worstRun?: string
}>

/**
 * Sums up repeated runs without pretending that a figure is a point: as the median rises with each of its values, the
 * median of the lower ends and that of the upper ends bound it. An inconclusive run whose figure straddles the objective
 * counts with its figure; one without a figure is only counted.
 */
export function summarise(observations: readonly RunFigure[]): Summary {
  const carriedOut = observations.filter(({ verdict }) => verdict !== 'not-run')
  const measured = carriedOut.flatMap(({ run, observed }) =>
    observed === undefined ? [] : [{ run, observed }],
  )
  const values = measured.map(({ observed }) => observed)
  const count = (verdict: Verdict) => carriedOut.filter((one) => one.verdict === verdict).length
  const counts = {
    runs: carriedOut.length,
    held: count('held'),
    deviated: count('deviated'),
    inconclusive: count('inconclusive'),
    measured: measured.length,
  }
  if (values.length === 0) return counts
  const typical = medianInterval(values, MEDIAN_CONFIDENCE)
  const worst = measured.reduce((a, b) =>
    upperEnd(b.observed) > upperEnd(a.observed) ||
    (upperEnd(b.observed) === upperEnd(a.observed) && b.observed.lo > a.observed.lo)
      ? b
      : a,
  )
  return {
    ...counts,
    median: boundsOf(medianOf(values.map(({ lo }) => lo)), medianOf(values.map(upperEnd))),
    ...(typical === undefined ? {} : { typical }),
    worst: boundsOf(Math.max(...values.map(({ lo }) => lo)), Math.max(...values.map(upperEnd))),
    worstRun: worst.run,
  }
}

/**
 * What a run that is over says about an objective. A run that was stopped, or whose fault was not confirmed, has no figure
 * that may decide anything: its verdict is inconclusive although the figure may lie on one side of the objective.
 */
export function observationOf(
  run: string,
  state: Pick<RunState, 'measurement'>,
  objective: string,
): RunFigure | undefined {
  const found = state.measurement?.objectives.find((result) => result.objective === objective)
  if (found === undefined || state.measurement?.provisional !== false) return undefined
  const { observed, maxMicros, verdict } = found
  if (observed === undefined) return { run, verdict }
  const straddles = observed.lo <= maxMicros && (observed.hi === null || observed.hi > maxMicros)
  const counts = verdict === 'held' || verdict === 'deviated' || straddles
  return counts ? { run, verdict, observed } : { run, verdict }
}
