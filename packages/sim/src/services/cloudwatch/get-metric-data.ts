import { statisticOf, valueOf } from '../../world/alarm-rules.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { WireMap, WireTime, type WireInput, type WireStructure } from '../../wire/wire-value.ts'
import {
  CLOUDWATCH_INPUT_FAULTS,
  invalidCombination,
  invalidNextToken,
  validationError,
} from './cloudwatch-faults.ts'
import type { Points } from './metric-math.ts'
import { readMetricId, readPeriod, readRange, toBasicStatistic, toStatistic } from './metric-input.ts'
import { MetricQueries } from './metric-queries.ts'

const MAX_QUERIES = 500
const MAX_DATAPOINTS = 100_800
const MAX_STATISTICS_DATAPOINTS = 1_440

type Point = { readonly at: number; readonly value: number }
type Series = { readonly id: string; readonly label: string; readonly points: readonly Point[] }

/** `GetMetricData`: newest points first unless `ScanBy` says otherwise; buckets without data are left out, never zero. */
export function getMetricData(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const queries = reader.structures('MetricDataQueries')
  if (queries.length === 0) throw CLOUDWATCH_INPUT_FAULTS.missing('MetricDataQueries')
  if (queries.length > MAX_QUERIES)
    throw validationError(
      `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`,
    )
  const scanBy =
    reader.choice('ScanBy', ['TimestampAscending', 'TimestampDescending']) ?? 'TimestampDescending'
  const series = new MetricQueries(call, reader).results().map(({ id, label, points }) => ({
    id,
    label,
    points: inOrder(points, scanBy === 'TimestampDescending'),
  }))
  const size = reader.integer('MaxDatapoints', 1, MAX_DATAPOINTS) ?? MAX_DATAPOINTS
  return pageView(series, readOffset(reader.text('NextToken')), size)
}

/** `GetMetricStatistics`: one metric, any of the basic statistics, at most 1,440 points. */
export function getMetricStatistics(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const metric = readMetricId(call.region, reader)
  const period = readPeriod(reader)
  const range = readRange(reader, period)
  const statistics = reader.texts('Statistics').map((text) => toBasicStatistic(text))
  const percentiles = reader.texts('ExtendedStatistics').map((text) => toStatistic(text))
  if (statistics.length === 0 && percentiles.length === 0) throw CLOUDWATCH_INPUT_FAULTS.missing('Statistics')
  if (statistics.length > 0 && percentiles.length > 0)
    throw invalidCombination('Statistics and ExtendedStatistics cannot both be specified.')
  const possible = (range.to - range.from) / (period * 1_000_000)
  if (possible > MAX_STATISTICS_DATAPOINTS) {
    throw invalidCombination(
      `You have requested up to ${possible.toLocaleString('en-US')} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    )
  }
  const unit = reader.text('Unit')
  const buckets = call.world.metrics.query(metric, { ...range, ...(unit === undefined ? {} : { unit }) })
  const known = call.world.metrics
    .list(call.region)
    .find((series) => series.metric.name === metric.name && series.metric.namespace === metric.namespace)
  return {
    Label: metric.name,
    Datapoints: buckets.map((bucket) => ({
      Timestamp: new WireTime(bucket.at),
      ...Object.fromEntries(statistics.map((statistic) => [statistic, statisticOf(bucket, statistic)])),
      ...(percentiles.length > 0 && {
        ExtendedStatistics: new WireMap(
          Object.fromEntries(percentiles.map((percentile) => [percentile, valueOf(bucket, percentile)])),
        ),
      }),
      Unit: unit ?? known?.unit ?? 'None',
    })),
  }
}

function inOrder(points: Points, newestFirst: boolean): readonly Point[] {
  const ascending = [...points]
    .map(([at, value]) => ({ at, value }))
    .sort((left, right) => left.at - right.at)
  return newestFirst ? ascending.toReversed() : ascending
}

/** Points are counted across all series; a page says of each series whether more of it is to come. */
function pageView(series: readonly Series[], offset: number, size: number): WireStructure {
  const results: WireStructure[] = []
  let start = 0
  for (const { id, label, points } of series) {
    const end = start + points.length
    const from = Math.max(offset, start) - start
    const to = Math.min(offset + size, end) - start
    const isFirstPage = offset <= start
    const page = to > from ? points.slice(from, to) : []
    if (page.length > 0 || (points.length === 0 && isFirstPage)) {
      results.push({
        Id: id,
        Label: label,
        Timestamps: page.map(({ at }) => new WireTime(at)),
        Values: page.map(({ value }) => value),
        StatusCode: to < points.length ? 'PartialData' : 'Complete',
      })
    }
    start = end
  }
  const next = offset + size < start ? Buffer.from(`from:${offset + size}`).toString('base64') : undefined
  return { MetricDataResults: results, Messages: [], NextToken: next }
}

function readOffset(token: string | undefined): number {
  if (token === undefined) return 0
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))
  if (match === null) throw invalidNextToken()
  return Number(match[1])
}
