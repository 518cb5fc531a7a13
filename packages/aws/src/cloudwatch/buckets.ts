import { GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch'
import {
  plusMs,
  worldMicrosBetween,
  type MetricBucket,
  type Metrics,
  type Outcome,
  type WorldInstant,
} from '@firedrill/core'
import { failed, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { fromDate, toDate } from '../world-date.ts'
import { toDimensions } from './dimensions.ts'

const OPERATION = 'cloudwatch.GetMetricData'
const QUERY_ID = 'm0'

type Metric = Parameters<Metrics['buckets']>[1]

/**
 * The buckets of a metric that start in [from, to) and have ended by `to`, ascending. A bucket that reaches past `to` is
 * still changing when `to` is now, so it is left out; so callers must not ask for a `to` later than now. A result that
 * CloudWatch calls partial is a failure, since a missing bucket means "no data" to whoever reads it.
 */
export async function readBuckets(
  { cloudwatch }: Aws,
  metric: Metric,
  from: WorldInstant,
  to: WorldInstant,
  signal: AbortSignal,
): Promise<Outcome<readonly MetricBucket[]>> {
  const query = {
    Id: QUERY_ID,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.metric,
        Dimensions: toDimensions(metric.dimensions),
      },
      Period: metric.periodSeconds,
      Stat: metric.statistic,
    },
  }
  const pages = await readPages(
    (token) =>
      read(OPERATION, signal, (options) =>
        cloudwatch.send(
          new GetMetricDataCommand({
            MetricDataQueries: [query],
            StartTime: toDate(from),
            EndTime: toDate(plusMs(to, 1)),
            ScanBy: 'TimestampAscending',
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    (page) => page.MetricDataResults,
    (page) => page.NextToken,
    OPERATION,
  )
  if (!pages.ok) return pages
  const problem = problemOf(pages.value)
  if (problem !== undefined) return problem
  const buckets = pages.value.flatMap((result) => bucketsOf(result, metric.periodSeconds))
  const byStart = new Map(buckets.map((bucket) => [bucket.start, bucket]))
  return success(
    [...byStart.values()]
      .filter(
        ({ start }) => start >= from && worldMicrosBetween(start, to) >= metric.periodSeconds * 1_000_000,
      )
      .toSorted((a, b) => a.start - b.start),
  )
}

/** Pages before the last may say PartialData, which only means that there is more. */
function problemOf(results: readonly MetricDataResult[]): ReturnType<typeof failed> | undefined {
  const states = results.map(({ StatusCode }) => StatusCode)
  if (states.includes('Forbidden'))
    return failed('denied', OPERATION, 'Forbidden', 'the metric may not be read')
  if (states.includes('InternalError'))
    return failed('transient', OPERATION, 'InternalError', 'CloudWatch could not read the metric')
  return states.at(-1) === 'PartialData'
    ? failed('transient', OPERATION, 'PartialData', 'CloudWatch answered with a part of the metric')
    : undefined
}

function bucketsOf(
  { Timestamps = [], Values = [] }: MetricDataResult,
  periodSeconds: number,
): readonly MetricBucket[] {
  return Timestamps.flatMap((stamp, index) => {
    const value = Values[index]
    return value === undefined ? [] : [{ start: fromDate(stamp), periodSeconds, value }]
  })
}
