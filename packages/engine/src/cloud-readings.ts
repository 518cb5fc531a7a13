import type { AlarmTransition, MeasureInput, MetricBucket, WorldInstant } from '@firedrill/core'

/** One reading of what the cloud recorded, as it is kept in evidence. Readings of old have no `readTo`. */
export type CloudReadings = Readonly<{
  readTo?: WorldInstant
  metrics: Readonly<Record<string, readonly MetricBucket[]>>
  alarms: Readonly<
    Record<string, Readonly<{ transitions: readonly AlarmTransition[]; readTo: WorldInstant }>>
  >
  probeMetrics: readonly Readonly<{ probe: string; vantage: string; buckets: readonly MetricBucket[] }>[]
}>

/** A kept reading. @throws SyntaxError when the bytes are no JSON. */
export function readingOf(bytes: Uint8Array): CloudReadings {
  return JSON.parse(new TextDecoder().decode(bytes)) as CloudReadings
}

/**
 * Several readings of the same as one, the earliest first: the later word on a bucket counts, since the newest buckets
 * still change; a bucket that a later reading no longer has was forgotten by the cloud, and stays. Alarm histories are
 * whole in every reading, so the latest one counts.
 */
export function mergedReadings(
  readings: readonly CloudReadings[],
): Pick<MeasureInput, 'metrics' | 'alarms' | 'probeMetrics'> {
  const metrics: Record<string, readonly MetricBucket[]> = {}
  const alarms: Record<string, CloudReadings['alarms'][string]> = {}
  const probeMetrics = new Map<string, CloudReadings['probeMetrics'][number]>()
  for (const reading of readings) {
    for (const [objective, buckets] of Object.entries(reading.metrics))
      metrics[objective] = laterBuckets(metrics[objective] ?? [], buckets)
    Object.assign(alarms, reading.alarms)
    for (const { probe, vantage, buckets } of reading.probeMetrics) {
      const key = JSON.stringify([probe, vantage])
      const before = probeMetrics.get(key)?.buckets ?? []
      probeMetrics.set(key, { probe, vantage, buckets: laterBuckets(before, buckets) })
    }
  }
  return { metrics, alarms, probeMetrics: [...probeMetrics.values()] }
}

function laterBuckets(
  before: readonly MetricBucket[],
  after: readonly MetricBucket[],
): readonly MetricBucket[] {
  const byStart = new Map([...before, ...after].map((bucket) => [bucket.start, bucket]))
  return [...byStart.values()].sort((a, b) => a.start - b.start)
}
