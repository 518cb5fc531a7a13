import { mergeDistributions } from '../../world/distribution.ts'
import type { MetricPoint, Publication } from '../../world/metrics.ts'
import { SECOND, type Micros } from '../../world/model.ts'
import { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import type { WireInput, WireStructure } from '../../wire/wire-value.ts'
import { CLOUDWATCH_INPUT_FAULTS, invalidCombination, invalidValue } from './cloudwatch-faults.ts'
import { readDimensions } from './metric-input.ts'

const MAX_DATA = 1_000
const MAX_VALUES = 150
const OLDEST: Micros = 14 * 86_400 * SECOND
const NEWEST: Micros = 2 * 3_600 * SECOND
const LARGEST = 2 ** 360

/** `PutMetricData`: what it takes becomes readable after the world's ingestion delay, not before. */
export function putMetricData(call: Call, input: WireInput): WireStructure {
  const reader = new InputReader(input, CLOUDWATCH_INPUT_FAULTS)
  const namespace = reader.requiredText('Namespace')
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
  const data = reader.structures('MetricData')
  if (data.length > MAX_DATA)
    throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`)
  const publications = data.map((datum) => readDatum(call, namespace, datum))
  const { metrics } = call.world
  for (const resolution of [1, 60] as const) {
    const together = publications.filter((publication) => publication.resolution === resolution)
    if (together.length > 0) metrics.publish(together, metrics.customDelay(resolution))
  }
  return {}
}

function readDatum({ world, region }: Call, namespace: string, datum: InputReader): Publication {
  const name = datum.requiredText('MetricName')
  const resolution = datum.integer('StorageResolution') ?? 60
  if (resolution !== 1 && resolution !== 60)
    throw invalidValue('The parameter StorageResolution must be 1 or 60.')
  const at = datum.time('Timestamp') ?? world.now()
  if (at < world.now() - OLDEST)
    throw invalidValue(
      `The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in the past.`,
    )
  if (at > world.now() + NEWEST)
    throw invalidValue(
      `The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future.`,
    )
  return {
    metric: { region, namespace, name, dimensions: readDimensions(datum) },
    unit: datum.text('Unit') ?? null,
    resolution,
    points: [{ at, ...readSet(datum) }],
  }
}

function readSet(datum: InputReader): Omit<MetricPoint, 'at'> {
  const value = readNumber(datum, 'Value')
  const statistics = datum.structure('StatisticValues')
  const values = datum.numbers('Values')
  if ([value !== undefined, statistics !== undefined, values.length > 0].filter(Boolean).length !== 1) {
    throw invalidCombination('Exactly one of Value, Values and StatisticValues must be specified.')
  }
  if (value !== undefined) return { sum: value, count: 1, min: value, max: value }
  if (statistics !== undefined) {
    return {
      sum: checked(statistics.requiredNumber('Sum')),
      count: checked(statistics.requiredNumber('SampleCount')),
      min: checked(statistics.requiredNumber('Minimum')),
      max: checked(statistics.requiredNumber('Maximum')),
    }
  }
  return readValues(values, datum.numbers('Counts'))
}

function readValues(values: readonly number[], counts: readonly number[]): Omit<MetricPoint, 'at'> {
  if (values.length > MAX_VALUES)
    throw invalidValue(`The collection Values must not have a size greater than ${MAX_VALUES}.`)
  if (counts.length > 0 && counts.length !== values.length)
    throw invalidCombination('Values and Counts must have the same size.')
  const weighted = values.map((value, index) => ({ value: checked(value), count: counts[index] ?? 1 }))
  const distribution = mergeDistributions(
    [],
    weighted.map(({ value, count }) => [value, count] as const),
  )
  return {
    ...(distribution.length > 1 && { values: distribution }),
    sum: weighted.reduce((sum, { value, count }) => sum + value * count, 0),
    count: weighted.reduce((sum, { count }) => sum + count, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

function readNumber(datum: InputReader, member: string): number | undefined {
  // JSON writes what is not a number as a text ("NaN", "Infinity"), which CloudWatch refuses like the rest.
  const text = datum.text(member)
  return text === undefined ? undefined : checked(Number(text))
}

function checked(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= LARGEST) {
    throw invalidValue(`The value ${value} for parameter MetricData.member.1.Value is invalid.`)
  }
  return value
}
