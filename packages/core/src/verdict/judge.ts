import type { DurationInterval } from '../measurement/interval.ts'
import { formatDurationMs, type Rounding } from '../time/duration.ts'
import type { ObjectiveResult, Verdict } from './verdict.ts'

/** A verdict with the distance that decided it. */
export type Judgement = Readonly<{ verdict: Verdict; reason: string }>

/** Microseconds as people read them. */
export function inWords(micros: number, rounding: Rounding = 'near'): string {
  return formatDurationMs(micros / 1000, rounding)
}

/** An interval as people read it, rounded outwards: it must not seem tighter than it is. */
export function intervalInWords({ lo, hi }: DurationInterval): string {
  if (hi === null) return `more than ${inWords(lo, 'down')}`
  if (lo === 0) return `at most ${inWords(hi, 'up')}`
  return `${inWords(lo, 'down')} to ${inWords(hi, 'up')}`
}

/** Held when the whole interval is within the objective, deviated when none of it is, otherwise inconclusive. */
export function judge(observed: DurationInterval, maxMicros: number): Judgement {
  const { lo, hi } = observed
  const objective = `the objective of ${inWords(maxMicros)}`
  if (hi !== null && hi <= maxMicros) {
    return {
      verdict: 'held',
      reason: `${intervalInWords(observed)}, within ${objective} by at least ${inWords(maxMicros - hi, 'down')}`,
    }
  }
  if (lo > maxMicros) {
    return {
      verdict: 'deviated',
      reason: `${intervalInWords(observed)}, over ${objective} by at least ${inWords(lo - maxMicros, 'down')}`,
    }
  }
  return hi === null
    ? {
        verdict: 'inconclusive',
        reason: `${intervalInWords(observed)}, and no upper bound: ${objective} may or may not have been kept`,
      }
    : {
        verdict: 'inconclusive',
        reason: `${intervalInWords(observed)}: ${objective} lies inside, ${inWords(maxMicros - lo)} above the least and ${inWords(hi - maxMicros)} below the most it can have been`,
      }
}

/** Shortest probe period that a scenario may ask for. */
const PERIOD_MIN_MS = 100

/**
 * What would have decided an interval that straddles the objective. So many periods of its width come from the distance of
 * the probes; with the rest (latency, gaps) as it was, the period must be short enough for the interval's middle to be told
 * from the objective.
 */
export function wouldDecide(
  observed: DurationInterval,
  maxMicros: number,
  probing: Readonly<{ periodMs: number; periodsWide: number }>,
): string {
  const { lo, hi } = observed
  if (hi === null)
    return 'a fault that lasts, and is watched, longer than the objective and the hold together'
  const { periodMs, periodsWide } = probing
  const distance = Math.abs(maxMicros - (lo + hi) / 2)
  const rest = Math.max(0, hi - lo - periodsWide * periodMs * 1000)
  const neededMs = Math.floor((2 * distance - rest) / (periodsWide * 1000))
  if (neededMs < PERIOD_MIN_MS) {
    return `no shorter probe period: the figure is within ${inWords(distance)} of the objective; judge by more runs`
  }
  return `a probe period of ${formatDurationMs(Math.min(neededMs, periodMs))} or less, if the figure is near the middle of the interval`
}

/** Why a run cannot be judged by its figures, whatever they are. */
export type Void = Readonly<{ verdict: 'inconclusive' | 'not-run'; reason: string }>

/** The run's verdict. Any deviation decides; then anything that could not be told; `held` only when every objective was. */
export function overall(results: readonly ObjectiveResult[], whole: Void | undefined): Judgement {
  if (whole !== undefined) return whole
  const of = (verdict: Verdict) => results.filter((result) => result.verdict === verdict)
  const names = (found: readonly ObjectiveResult[]) => found.map(({ objective }) => objective).join(', ')
  const deviated = of('deviated')
  const [worst] = deviated
  if (worst !== undefined) {
    const more = deviated.length > 1 ? ` (and ${deviated.length - 1} more)` : ''
    return { verdict: 'deviated', reason: `${worst.objective}: ${worst.reason}${more}` }
  }
  const open = [...of('inconclusive'), ...of('not-run')]
  const [first] = open
  if (first !== undefined) {
    const more = open.length > 1 ? ` (and ${open.length - 1} more)` : ''
    return { verdict: 'inconclusive', reason: `${first.objective}: ${first.reason}${more}` }
  }
  const [only] = results
  if (only === undefined) return { verdict: 'inconclusive', reason: 'there was no objective to judge by' }
  return results.length === 1
    ? { verdict: 'held', reason: `${only.objective}: ${only.reason}` }
    : { verdict: 'held', reason: `all ${results.length} objectives held: ${names(results)}` }
}
