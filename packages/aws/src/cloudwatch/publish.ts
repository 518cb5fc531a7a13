import { PutMetricDataCommand, type MetricDatum } from '@aws-sdk/client-cloudwatch'
import {
  PROBE_METRICS,
  worldInstant,
  type Outcome,
  type PlatformInstant,
  type RunId,
  type Sample,
} from '@firedrill/core'
import { answeredAt } from '../answered-at.ts'
import { mutate, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { toDate } from '../world-date.ts'
import { toDimensions } from './dimensions.ts'

const { namespace, availability, duration, unusable } = PROBE_METRICS

const SECOND_MICROS = 1_000_000
/** CloudWatch takes 1,000; this many stay far below its limit of 1 MB too. */
const DATA_PER_CALL = 500
const VALUES_PER_DATUM = 150

/**
 * Publishes samples as 1-second metrics. Equal values of one second become one value with a count. A failure may come after
 * part of a large batch is in; publishing it again adds to counts, which neither minimum nor average of equal values sees.
 * Answers what second it was in CloudWatch when the last call was answered.
 */
export async function publishSamples(
  { cloudwatch }: Aws,
  runId: RunId,
  samples: readonly Sample[],
  signal: AbortSignal,
): Promise<Outcome<PlatformInstant | null>> {
  let date: PlatformInstant | null = null
  const data = toMetricData(runId, samples)
  for (let from = 0; from < data.length; from += DATA_PER_CALL) {
    const MetricData = data.slice(from, from + DATA_PER_CALL)
    const answer = await mutate('cloudwatch.PutMetricData', signal, (options) =>
      cloudwatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }), options),
    )
    if (!answer.ok) return answer
    date = answeredAt(answer.value) ?? date
  }
  return success(date)
}

/** The samples as metric data, one datum for each metric, probe, vantage and second. Pure. */
export function toMetricData(runId: RunId, samples: readonly Sample[]): MetricDatum[] {
  const series = new Map<string, Readonly<{ datum: MetricDatum; counts: Map<number, number> }>>()
  const add = (
    metric: string,
    unit: MetricDatum['Unit'],
    { probe, vantage, start }: Sample,
    value: number,
  ) => {
    const second = worldInstant(Math.floor(start / SECOND_MICROS) * SECOND_MICROS)
    const key = [metric, probe, vantage, second].join('\n')
    const known = series.get(key) ?? {
      datum: {
        MetricName: metric,
        Dimensions: toDimensions({ Run: runId, Probe: probe, Vantage: vantage }),
        Timestamp: toDate(second),
        Unit: unit,
        StorageResolution: 1,
      },
      counts: new Map<number, number>(),
    }
    known.counts.set(value, (known.counts.get(value) ?? 0) + 1)
    series.set(key, known)
  }
  for (const sample of samples) {
    if (sample.outcome === 'unusable') {
      add(unusable, 'Count', sample, 1)
      continue
    }
    add(availability, 'Percent', sample, sample.outcome === 'good' ? 100 : 0)
    add(duration, 'Milliseconds', sample, Math.round((sample.end - sample.start) / 1000))
  }
  return [...series.values()].flatMap(({ datum, counts }) => inChunks(datum, [...counts]))
}

function inChunks(datum: MetricDatum, counts: readonly (readonly [number, number])[]): MetricDatum[] {
  const chunks: MetricDatum[] = []
  for (let from = 0; from < counts.length; from += VALUES_PER_DATUM) {
    const some = counts.slice(from, from + VALUES_PER_DATUM)
    chunks.push({ ...datum, Values: some.map(([value]) => value), Counts: some.map(([, count]) => count) })
  }
  return chunks
}
