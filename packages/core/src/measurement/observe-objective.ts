import type { LookWindow, Sustain } from './down-time.ts'
import { bucketsOfSeries } from './imported-series.ts'
import { looksOfBuckets, looksOfProbeMetric, looksOfSamples, type LookSeries } from './look.ts'
import { censorOf, faultFrom, type MeasureInput, type RecoveryObjective } from './measure-input.ts'
import { quorumOf, recoveryTime, type RecoveryTime } from './recovery-time.ts'
import type { CompiledProbe } from '../scenario/scenario.ts'

/** What one objective shows: for the service, and from each vantage alone. */
export type ObjectiveView = Readonly<{
  service: RecoveryTime
  vantages: readonly Readonly<{ vantage: string; view: RecoveryTime }>[]
}>

/** The recovery time that a recovery-time objective is judged by, and its parts by vantage. */
export function observeObjective(input: MeasureInput, objective: RecoveryObjective): ObjectiveView {
  const { source, sustained } = objective
  if (source.from === 'metric') {
    const series = looksOfBuckets(
      input.metrics?.[objective.name] ?? [],
      source.periodSeconds,
      source.goodAtLeast,
    )
    // Buckets are whole on one clock; only where they stand beside our own instants does it matter which.
    const clock = { errorMicros: cloudErrorOf(input), lengthErrorMicros: 0, isBounded: false }
    return { service: observe(input, [series], sustainOf(sustained), clock), vantages: [] }
  }
  if (source.from === 'series') {
    const { periodSeconds, goodAtLeast, clockErrorMs } = source
    const buckets = bucketsOfSeries(input.series?.[source.series] ?? [], periodSeconds)
    const series = looksOfBuckets(buckets, periodSeconds, goodAtLeast)
    const clock = { errorMicros: clockErrorMs * 1000, lengthErrorMicros: 0, isBounded: true }
    return { service: observe(input, [series], sustainOf(sustained), clock), vantages: [] }
  }
  return observeProbe(input, source.probe, sustainOf(sustained))
}

/** The same for a probe, by a given rule of when an outage is over. */
export function observeProbe(input: MeasureInput, name: string, sustain: Sustain): ObjectiveView {
  const probe = probeOf(input, name)
  const periodMs = probe?.periodMs ?? 0
  const clock = { ...proberClock(input), isBounded: true }
  const places = input.vantages.map((vantage) => ({
    vantage,
    series: looksOfSamples(
      input.samples.filter((sample) => sample.probe === name && sample.vantage === vantage),
      periodMs,
      faultFrom(input),
    ),
  }))
  return {
    service: observe(
      input,
      places.map(({ series }) => series),
      sustain,
      clock,
    ),
    vantages: places.map(({ vantage, series }) => ({
      vantage,
      view: observe(input, [series], sustain, clock),
    })),
  }
}

/** The recovery time by the metrics that the prober published, for comparison. Undefined when none were read. */
export function observePublished(
  input: MeasureInput,
  probeName: string,
  sustain: Sustain,
): RecoveryTime | undefined {
  const probe = probeOf(input, probeName)
  const published = input.probeMetrics?.filter((metric) => metric.probe === probeName)
  if (probe === undefined || published === undefined || published.length === 0) return undefined
  const series = input.vantages.map((vantage) =>
    looksOfProbeMetric(
      published.find((metric) => metric.vantage === vantage)?.buckets ?? [],
      probe.periodMs,
      probe.timeoutMs,
    ),
  )
  return observe(input, series, sustain, { ...proberClock(input), isBounded: false })
}

/** The rule of an objective in microseconds. */
export function sustainOf(sustained: RecoveryObjective['sustained']): Sustain {
  return { goodInARow: sustained.goodInARow, holdMicros: sustained.holdMs * 1000 }
}

/** The probe of that name. */
export function probeOf(input: MeasureInput, name: string): CompiledProbe | undefined {
  return input.scenario.probes.find((probe) => probe.name === name)
}

/** What the clock that stamped a series may be off, beside the platform's and in a length of time. */
type StampedBy = Readonly<{
  errorMicros: number
  lengthErrorMicros: number
  /** Whether that is all that its stamps may be off. */
  isBounded: boolean
}>

function proberClock({ clockErrorMicros = 0, lengthErrorMicros = 0 }: MeasureInput) {
  return { errorMicros: clockErrorMicros, lengthErrorMicros }
}

/** What stamps of CloudWatch may be off, as far as that was measured. */
export function cloudErrorOf({ cloudErrorMicros, clockErrorMicros = 0 }: MeasureInput): number {
  return cloudErrorMicros ?? clockErrorMicros
}

function observe(
  input: MeasureInput,
  places: readonly LookSeries[],
  sustain: Sustain,
  { errorMicros: clockErrorMicros, lengthErrorMicros, isBounded }: StampedBy,
): RecoveryTime {
  const window = windowOf(input, isBounded)
  if (window === undefined) return { seen: 'nothing' }
  const quorum = quorumOf(places.length)
  return recoveryTime(places, { window, sustain, quorum, clockErrorMicros, lengthErrorMicros })
}

/**
 * Undefined without an injection: then there is nothing to recover from. That the fault's doing came after the fault narrows
 * figures only where the bound of the clock is known; nothing documents that of CloudWatch's stamps.
 */
function windowOf(input: MeasureInput, isClockBounded: boolean): LookWindow | undefined {
  const from = faultFrom(input)
  if (from === undefined) return undefined
  const until = censorOf(input)?.at ?? Number.POSITIVE_INFINITY
  // The last samples are still on their way when evidence is read; by the time undo is verified they are in.
  const coveredTo = input.provisional
    ? Number.POSITIVE_INFINITY
    : Math.min(until, input.restored?.hi ?? input.observedTo)
  const earliest = isClockBounded ? from : Number.NEGATIVE_INFINITY
  return { from, earliest, until, coveredTo, isHoldNeeded: input.provisional }
}
