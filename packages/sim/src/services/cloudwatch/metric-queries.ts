import type { MetricStatistic } from '../../world/alarm-model.ts'
import { valueOf } from '../../world/alarm-rules.ts'
import type { MetricId } from '../../world/model.ts'
import type { InputReader } from '../../wire/input-reader.ts'
import type { Call } from '../../wire/service.ts'
import { CLOUDWATCH_INPUT_FAULTS, validationError } from './cloudwatch-faults.ts'
import { MathError, parseExpression, referencesIn, type MathNode } from './expression-parser.ts'
import { evaluateExpression, type LabelledPoints, type MathValue, type Points } from './metric-math.ts'
import { readMetricId, readPeriod, readRange, toStatistic } from './metric-input.ts'

const MAX_EXPRESSION = 2_048

/** One query of a call: a metric, or an expression over the others. */
type Query = {
  readonly id: string
  readonly label: string | undefined
  readonly isReturned: boolean
} & (
  | {
      readonly kind: 'metric'
      readonly metric: MetricId
      readonly statistic: MetricStatistic
      readonly periodSeconds: number
      readonly unit: string | undefined
    }
  | { readonly kind: 'expression'; readonly node: MathNode; readonly text: string }
)

/** A series of an answer. Several may have the same id, when an expression comes to several. */
export type ResultSeries = { readonly id: string; readonly label: string; readonly points: Points }

/** The queries of one `GetMetricData` call, which may refer to each other. */
export class MetricQueries {
  readonly #call: Call
  readonly #request: InputReader
  readonly #queries: ReadonlyMap<string, Query>

  /** @throws AwsFault if a query makes no sense by itself. */
  constructor(call: Call, request: InputReader) {
    this.#call = call
    this.#request = request
    const queries = request.structures('MetricDataQueries').map((query) => readQuery(call, query))
    this.#queries = new Map(queries.map((query) => [query.id, query]))
    if (this.#queries.size < queries.length)
      throw validationError('The values for parameter id in MetricDataQueries are not unique.')
  }

  /** The series to be returned, in the order of the queries. @throws AwsFault for an expression that cannot be worked out. */
  results(): readonly ResultSeries[] {
    return [...this.#queries.values()]
      .filter(({ isReturned }) => isReturned)
      .flatMap((query) => this.#result(query))
  }

  #result(query: Query): readonly ResultSeries[] {
    const { id } = query
    if (query.kind === 'metric')
      return [
        { id, label: query.label ?? query.metric.name, points: this.#points(query, query.periodSeconds) },
      ]
    const value = this.#work(query, [])
    if (value.kind === 'series') return [{ id, label: query.label ?? id, points: value.points }]
    if (value.kind !== 'set') throw faultIn(id, 'The expression must come to a time series')
    return value.members.map(({ label, points }) => ({ id, label: query.label ?? (label || id), points }))
  }

  #work(query: Extract<Query, { kind: 'expression' }>, path: readonly string[]): MathValue {
    const { id, node } = query
    if (path.includes(id)) throw faultIn(id, 'Expressions refer to each other in a circle')
    const periodSeconds = this.#periodOf(query)
    const { from, to } = readRange(this.#request, periodSeconds)
    const step = periodSeconds * 1_000_000
    try {
      return evaluateExpression(node, {
        periodSeconds,
        instants: Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step),
        valueOf: (other) => this.#valueOf(other, periodSeconds, [...path, id]),
        metrics: () => this.#metrics(periodSeconds),
      })
    } catch (error) {
      if (error instanceof MathError) throw faultIn(id, error.message)
      throw error
    }
  }

  #valueOf(id: string, periodSeconds: number, path: readonly string[]): MathValue {
    const query = this.#queries.get(id)
    if (query === undefined) {
      if (id === 'REPEAT' || id === 'LINEAR') return { kind: 'text', value: id }
      throw new MathError(`Undefined variable ${id}`)
    }
    if (query.kind === 'expression') return this.#work(query, path)
    return { kind: 'series', points: this.#points(query, periodSeconds) }
  }

  #metrics(periodSeconds: number): readonly (LabelledPoints & { readonly id: string })[] {
    return [...this.#queries.values()].flatMap((query) =>
      query.kind === 'metric'
        ? [
            {
              id: query.id,
              label: query.label ?? query.metric.name,
              points: this.#points(query, periodSeconds),
            },
          ]
        : [],
    )
  }

  /** The coarsest period of the metrics that an expression draws on. */
  #periodOf(query: Query, path: readonly string[] = []): number {
    if (query.kind === 'metric') return query.periodSeconds
    if (path.includes(query.id)) return 1
    const named = referencesIn(query.node).flatMap((id) => this.#queries.get(id) ?? [])
    const all = /METRICS\s*\(/i.test(query.text)
      ? [...this.#queries.values()].filter(({ kind }) => kind === 'metric')
      : []
    const periods = [...named, ...all].map((other) => this.#periodOf(other, [...path, query.id]))
    return periods.length === 0 ? 60 : Math.max(...periods)
  }

  #points(query: Extract<Query, { kind: 'metric' }>, periodSeconds: number): Points {
    const { metric, statistic, unit } = query
    const range = readRange(this.#request, periodSeconds)
    const buckets = this.#call.world.metrics.query(metric, {
      ...range,
      ...(unit === undefined ? {} : { unit }),
    })
    const points = buckets.flatMap((bucket): (readonly [number, number])[] => {
      const value = valueOf(bucket, statistic)
      return value === undefined ? [] : [[bucket.at, value]]
    })
    return new Map(points)
  }
}

function readQuery(call: Call, query: InputReader): Query {
  const id = query.requiredText('Id')
  if (!/^[a-z][A-Za-z0-9_]*$/.test(id))
    throw validationError(
      `The value ${id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    )
  const common = { id, label: query.text('Label'), isReturned: query.flag('ReturnData') ?? true }
  const text = query.text('Expression')
  const stat = query.structure('MetricStat')
  if ((text === undefined) === (stat === undefined))
    throw validationError('Exactly one of MetricStat and Expression must be specified.')
  if (text !== undefined) return { ...common, kind: 'expression', text, node: readExpression(id, text) }
  if (stat === undefined) throw CLOUDWATCH_INPUT_FAULTS.missing('MetricStat')
  return {
    ...common,
    kind: 'metric',
    metric: readMetricId(call.region, stat.requiredStructure('Metric')),
    statistic: toStatistic(stat.requiredText('Stat')),
    periodSeconds: readPeriod(stat),
    unit: stat.text('Unit'),
  }
}

function readExpression(id: string, text: string): MathNode {
  if (text.length > MAX_EXPRESSION)
    throw faultIn(id, `The expression is longer than ${MAX_EXPRESSION} characters`)
  try {
    return parseExpression(text)
  } catch (error) {
    if (error instanceof MathError) throw faultIn(id, error.message)
    throw error
  }
}

function faultIn(id: string, problem: string): ReturnType<typeof validationError> {
  return validationError(`Error in expression '${id}': ${problem}`)
}
