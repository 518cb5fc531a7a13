import { STATISTICS, type MetricStatistic, type Statistic } from '../../world/alarm-model.ts'
import type { MetricId, Micros } from '../../world/model.ts'
import type { InputReader } from '../../wire/input-reader.ts'
import { invalidCombination, invalidValue, validationError } from './cloudwatch-faults.ts'

const MAX_DIMENSIONS = 30
const MINUTE: Micros = 60_000_000
const SUB_MINUTE_PERIODS = [1, 5, 10, 20, 30]

/** A range of time and the length of its buckets; `from` lies on a bucket's border, `to` is exclusive. */
export type MetricRange = { readonly from: Micros; readonly to: Micros; readonly periodSeconds: number }

/** Reads namespace, name and dimensions of one metric of the Region. */
export function readMetricId(region: string, reader: InputReader): MetricId {
  return {
    region,
    namespace: reader.requiredText('Namespace'),
    name: reader.requiredText('MetricName'),
    dimensions: readDimensions(reader),
  }
}

/** Reads `Dimensions` into a record. */
export function readDimensions(reader: InputReader): Readonly<Record<string, string>> {
  const dimensions = reader.structures('Dimensions')
  if (dimensions.length > MAX_DIMENSIONS)
    throw invalidValue(`The collection Dimensions must not have a size greater than ${MAX_DIMENSIONS}.`)
  return Object.fromEntries(
    dimensions.map((dimension) => [dimension.requiredText('Name'), dimension.requiredText('Value')]),
  )
}

/** Dimensions as a list, sorted by name. */
export function dimensionsView(
  dimensions: Readonly<Record<string, string>>,
): readonly { Name: string; Value: string }[] {
  return Object.entries(dimensions)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([Name, Value]) => ({ Name, Value }))
}

/** Reads a period: 1, 5, 10, 20, 30 or a multiple of 60 seconds. */
export function readPeriod(reader: InputReader): number {
  const period = reader.integer('Period', 1)
  if (period === undefined) throw validationError('The parameter Period is required.')
  if (!SUB_MINUTE_PERIODS.includes(period) && period % 60 !== 0) {
    throw invalidValue('The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.')
  }
  return period
}

/**
 * Reads `StartTime` and `EndTime`. The start goes down to the minute, for periods of less than a minute to the period;
 * buckets are counted from there.
 */
export function readRange(reader: InputReader, periodSeconds: number): MetricRange {
  const start = reader.requiredTime('StartTime')
  const end = reader.requiredTime('EndTime')
  if (start >= end)
    throw invalidCombination('The parameter StartTime must be less than the parameter EndTime.')
  const period = periodSeconds * 1_000_000
  const from = start - (start % Math.min(period, MINUTE))
  return { from, to: from + Math.ceil((end - from) / period) * period, periodSeconds }
}

/** Narrows a text to a basic statistic. */
export function toBasicStatistic(text: string): Statistic {
  const statistic = STATISTICS.find((known) => known === text)
  if (statistic === undefined) throw invalidValue(`The value ${text} for parameter Stat is not supported.`)
  return statistic
}

/** Narrows a text to a basic statistic or a percentile (`p0.0` to `p100`); trimmed means and the like are not to be had here. */
export function toStatistic(text: string): MetricStatistic {
  const match = /^p(100|\d{1,2}(?:\.\d{1,10})?)$/.exec(text)
  return match === null ? toBasicStatistic(text) : `p${Number(match[1])}`
}
