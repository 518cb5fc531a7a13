import type { WorldInstant } from '../time/instant.ts'
import {
  CLOUD_CLOCK,
  clockAgreements,
  onPlatformClock,
  PROBER_CLOCK,
  vantageClock,
  type ClockAgreement,
} from './clock-reading.ts'
import type { MetricBucket } from './interval.ts'
import type { MeasureInput } from './measure-input.ts'

/** Evidence whose instants are all the platform's, give or take the errors that are named beside it. */
export type PlacedInput = Readonly<{ input: MeasureInput; agreements: readonly ClockAgreement[] }>

/**
 * Moves every instant of the evidence to the platform's clock by what was measured of the clock that stamped it, and puts what
 * is left uncertain beside it as bounds. Samples of probers elsewhere carry their own bound already, and stay.
 */
export function placeClocks(evidence: MeasureInput): PlacedInput {
  const { clocks, ...input } = evidence
  if (clocks === undefined || clocks.length === 0) return { input, agreements: [] }
  const agreements = clockAgreements(clocks)
  const of = (name: string) => agreements.find(({ clock }) => clock === name)
  const prober = of(PROBER_CLOCK)
  const cloud = of(CLOUD_CLOCK)
  const isElsewhere = new Set(input.vantages.filter((vantage) => of(vantageClock(vantage)) !== undefined))
  const probed = (at: WorldInstant) => onPlatformClock(at, prober)
  const clouded = (at: WorldInstant) => onPlatformClock(at, cloud)
  const buckets = (found: readonly MetricBucket[], placed: typeof probed): readonly MetricBucket[] =>
    found.map((bucket) => ({ ...bucket, start: placed(bucket.start) }))
  return {
    agreements,
    input: {
      ...input,
      samples: input.samples.map((sample) =>
        isElsewhere.has(sample.vantage)
          ? sample
          : { ...sample, start: probed(sample.start), end: probed(sample.end) },
      ),
      metrics: mapped(input.metrics, (found) => buckets(found, clouded)),
      alarms: mapped(input.alarms, (found) => ({
        ...found,
        transitions: found.transitions.map((change) => ({ ...change, at: clouded(change.at) })),
      })),
      probeMetrics: input.probeMetrics?.map((metric) =>
        isElsewhere.has(metric.vantage) ? metric : { ...metric, buckets: buckets(metric.buckets, probed) },
      ),
      markers: mapped(input.markers, (found) => ({
        ...found,
        writes: found.writes.map((write) => ({
          ...write,
          sentAt: probed(write.sentAt),
          endedAt: probed(write.endedAt),
        })),
        readings: found.readings.map((reading) => ({
          ...reading,
          startedAt: probed(reading.startedAt),
          endedAt: probed(reading.endedAt),
        })),
      })),
      clockErrorMicros: (input.clockErrorMicros ?? 0) + (prober?.errorMicros ?? 0),
      lengthErrorMicros: (input.lengthErrorMicros ?? 0) + (prober?.lengthErrorMicros ?? 0),
      cloudErrorMicros: (input.cloudErrorMicros ?? input.clockErrorMicros ?? 0) + (cloud?.errorMicros ?? 0),
    },
  }
}

function mapped<T>(
  found: Readonly<Record<string, T>> | undefined,
  change: (one: T) => T,
): Readonly<Record<string, T>> | undefined {
  return found === undefined
    ? undefined
    : Object.fromEntries(Object.entries(found).map(([name, one]) => [name, change(one)]))
}
