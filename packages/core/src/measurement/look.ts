import { failureOf, type Failure } from './failure.ts'
import type { MetricBucket, Sample } from './interval.ts'

/** What a look at the service says. `unusable`: nothing, the prober was late. `unknown`: nothing, nobody looked. */
export type LookState = 'good' | 'bad' | 'unusable' | 'unknown'

/**
 * One look at the service, microseconds of world time. Its state held at some instant within [start, end]. A state that held
 * over a whole stretch (a good bucket) says so by `by` and `until`; for a single probe `by` is its end and `until` its start.
 */
export type Look = Readonly<{
  state: LookState
  start: number
  end: number
  /** The state had begun by then. */
  by: number
  /** The state had not ended before then. */
  until: number
  /** Of a failed probe: how far it got. Absent when that is not known. */
  failure?: Failure | undefined
}>

/** A series of looks from one place, ascending by start, with the cadence at which they should come. */
export type LookSeries = Readonly<{
  looks: readonly Look[]
  /** Longer than this from one usable look to the next, and what happened in between counts as unknown. */
  gapMicros: number
  /**
   * A service seldom fails, or comes back, at one instant: behind a balancer targets change one by one, and requests fare
   * differently for a while. A good look proves that the change was not complete, not that it had not begun, or was over.
   * So much may lie between the two.
   */
  changeMicros: number
}>

/** A change may take so many periods without a probe noticing that it has begun. */
const CHANGE_PERIODS = 1

/** A stretch of more than so many periods without a usable probe is a gap; shorter ones only widen the interval. */
const GAP_PERIODS = 3.5

/** So many good answers before the fault tell how long a healthy service takes. */
const ANSWERS_MIN = 20

/** So many of a hundred good answers are looked at, … */
const ANSWERS_PERCENT = 95

/** … and a healthy service answers within so many times the longest of these. */
const ANSWER_FACTOR = 2

/** A prober may be late by this share of its period without its probe being unusable. */
const LATE_SHARE = 0.1

/**
 * Looks of one probe from one vantage. Samples that were stored twice count once.
 *
 * A failed probe met the failure within the time in which a healthy service would have answered: that the prober waited up to
 * its timeout says nothing about later. How long that is, is taken from the good answers before the fault went in (`before`).
 */
export function looksOfSamples(
  samples: readonly Sample[],
  periodMs: number,
  before = Number.NEGATIVE_INFINITY,
): LookSeries {
  const looks: Look[] = []
  const seen = new Set<number>()
  const patience = patienceOf(samples, periodMs, before)
  for (const { start, end: heard, outcome, detail } of samples) {
    if (seen.has(start)) continue
    seen.add(start)
    if (outcome === 'bad') {
      const end = Math.min(heard, start + patience)
      looks.push({ state: 'bad', start, end, by: end, until: start, failure: failureOf(detail) })
    } else looks.push({ state: outcome, start, end: heard, by: heard, until: start })
  }
  return {
    looks: looks.sort(byStart),
    gapMicros: Math.round(periodMs * 1000 * GAP_PERIODS),
    changeMicros: Math.round(CHANGE_PERIODS * spacingOf(samples, periodMs * 1000)),
  }
}

/** Starts that are more than so many periods apart have one between them that was not made, or was lost. */
const FAR = 1.5

/** How far two probes are apart as they were made, a period at most: so long does one that is good by luck take. */
function spacingOf(samples: readonly Sample[], periodMicros: number): number {
  const starts = samples.map(({ start }) => start).sort((a, b) => a - b)
  const near = starts.flatMap((start, index) => {
    const apart = start - (starts[index - 1] ?? start)
    return apart > 0 && apart <= FAR * periodMicros ? [apart] : []
  })
  const mean = near.reduce((sum, apart) => sum + apart, 0) / near.length
  return near.length === 0 ? periodMicros : Math.min(periodMicros, mean)
}

/** Microseconds within which a healthy service answers, and what the prober may be late; Infinity when too few answers tell. */
function patienceOf(samples: readonly Sample[], periodMs: number, before: number): number {
  const lengths = samples
    .flatMap(({ start, end, outcome }) => (outcome === 'good' && end < before ? [end - start] : []))
    .sort((a, b) => a - b)
  const usual = lengths[Math.ceil((lengths.length * ANSWERS_PERCENT) / 100) - 1]
  return usual === undefined || lengths.length < ANSWERS_MIN
    ? Number.POSITIVE_INFINITY
    : Math.round(ANSWER_FACTOR * usual + LATE_SHARE * periodMs * 1000)
}

/**
 * Looks of an availability metric. A bad bucket was bad at some instant in it. A good one was good throughout if it is as good
 * as they get; one that is worse, though still good enough, may hold the beginning or the end of an outage, and was good at
 * some instant in it. An absent bucket is a gap, never a zero.
 */
export function looksOfBuckets(
  buckets: readonly MetricBucket[],
  periodSeconds: number,
  goodAtLeast: number,
): LookSeries {
  const best = buckets.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const looks = buckets.map(({ start, periodSeconds, value }): Look => {
    const end = start + periodSeconds * 1_000_000
    if (value >= goodAtLeast && value < best) return { state: 'good', start, end, by: end, until: start }
    return value >= goodAtLeast
      ? { state: 'good', start, end, by: start, until: end }
      : { state: 'bad', start, end, by: end, until: start }
  })
  // A bucket sums up all of its stretch, so a change shows in it as soon as it begins.
  return { looks: looks.sort(byStart), gapMicros: periodSeconds * 1_500_000, changeMicros: 0 }
}

/**
 * Looks of the 1-second metric that the prober published: a value of at least 1 is a good probe. A probe is stamped with its
 * start, so what it saw happened between its bucket's start and the bucket's end plus the probe's timeout.
 */
export function looksOfProbeMetric(
  buckets: readonly MetricBucket[],
  periodMs: number,
  timeoutMs: number,
): LookSeries {
  const looks = buckets.map(({ start, periodSeconds, value }): Look => {
    const end = start + periodSeconds * 1_000_000 + timeoutMs * 1000
    return { state: value >= 1 ? 'good' : 'bad', start, end, by: end, until: start }
  })
  const gapMicros = Math.round(periodMs * 1000 * GAP_PERIODS) + 1_000_000
  const changeMicros = Math.round(periodMs * 1000 * CHANGE_PERIODS)
  return { looks: looks.sort(byStart), gapMicros, changeMicros }
}

function byStart(a: Look, b: Look): number {
  return a.start - b.start || a.end - b.end
}
