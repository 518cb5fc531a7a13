import { distributionOf, mergeDistributions, type Distribution } from './distribution.ts'
import type { Kernel } from './kernel.ts'
import { SECOND, type MetricId, type Micros } from './model.ts'
import type { Stream } from './store.ts'

/** Sub-minute points are kept this long, then only their minutes. */
const HIGH_RESOLUTION_RETENTION: Micros = 3 * 3600 * SECOND
const MINUTE_RETENTION: Micros = 15 * 86_400 * SECOND
const PRUNE_EVERY: Micros = 600 * SECOND

/** The aggregate of all values stamped within a bucket. */
export interface StatisticSet {
  readonly sum: number
  readonly count: number
  readonly min: number
  readonly max: number
  /** The values themselves, where they were published as values and differ; percentiles need them. */
  readonly values?: Distribution
}

/** One bucket of a metric; `at` is the start of its period. */
export interface Bucket extends StatisticSet {
  readonly at: Micros
}

/** A value or aggregate as it is published. */
export interface MetricPoint extends StatisticSet {
  readonly at: Micros
}

/** What is published in one go for one metric. */
export interface Publication {
  readonly metric: MetricId
  readonly unit: string | null
  /** Storage resolution in seconds. */
  readonly resolution: 1 | 60
  readonly points: readonly MetricPoint[]
}

/** A stored series, as listed. */
export interface SeriesInfo {
  readonly metric: MetricId
  readonly unit: string | null
  readonly resolution: 1 | 60
}

/** A publication as it is kept on disk; a point is [at, value] or [at, sum, count, min, max], then pairs of its values. */
type PackedPublication = readonly [MetricId, string | null, 1 | 60, readonly (readonly number[])[]]

type MutableBucket = { -readonly [K in keyof StatisticSet]: StatisticSet[K] }

interface Series extends SeriesInfo {
  readonly seconds: Map<Micros, MutableBucket>
  readonly minutes: Map<Micros, MutableBucket>
}

/** A statistic set of one value. */
export const single = (value: number): StatisticSet => ({ sum: value, count: 1, min: value, max: value })

/** The statistic set of two taken together. */
export const combine = (a: StatisticSet, b: StatisticSet): StatisticSet => merge({ ...a }, b)

/** The identity of a metric: Region, namespace, name and the exact set of dimensions. */
export const metricKey = (metric: MetricId): string =>
  JSON.stringify([
    metric.region,
    metric.namespace,
    metric.name,
    Object.entries(metric.dimensions).sort(([a], [b]) => (a < b ? -1 : 1)),
  ])

/** The metric store: what was published, readable once its ingestion delay has passed. */
export class Metrics {
  readonly #kernel: Kernel
  readonly #series = new Map<string, Series>()
  readonly #stream: Stream<PackedPublication>

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#stream = kernel.store.stream<PackedPublication>('metrics', () => this.#image())
    for (const packed of this.#stream.takeRestored()) this.#add(unpack(packed))
    kernel.on<readonly Publication[]>('metric.ingest', (publications) => {
      for (const publication of publications) {
        this.#add(publication)
        this.#stream.write(pack(publication))
      }
    })
    kernel.on('metric.prune', () => {
      this.#prune()
      kernel.after(PRUNE_EVERY, 'metric.prune', null)
    })
  }

  /** Starts the periodic work of a new world. */
  begin(): void {
    this.#kernel.after(PRUNE_EVERY, 'metric.prune', null)
  }

  /** Takes in points that become readable `delay` from now. */
  publish(publications: readonly Publication[], delay: Micros): void {
    this.#kernel.after(delay, 'metric.ingest', publications)
  }

  /** The ingestion delay of custom metrics: 8–20 s at high resolution, 10–60 s otherwise. */
  customDelay(resolution: 1 | 60): Micros {
    return resolution === 1
      ? this.#kernel.drawSeconds('ingest-high', 8, 20)
      : this.#kernel.drawSeconds('ingest-custom', 10, 60)
  }

  /** The ingestion delay of AWS's own metrics: 60–120 s. */
  serviceDelay(): Micros {
    return this.#kernel.drawSeconds('ingest-service', 60, 120)
  }

  /**
   * Buckets that hold data, oldest first, stamped with the start of their period. `from` is inclusive and `to`
   * exclusive; both must be multiples of the period, or of a minute for periods that are. Absence is absence, never zero.
   */
  query(
    metric: MetricId,
    range: { from: Micros; to: Micros; periodSeconds: number; unit?: string },
  ): Bucket[] {
    const series = this.#series.get(metricKey(metric))
    if (series === undefined) return []
    if (range.unit !== undefined && (series.unit ?? 'None') !== range.unit) return []
    const period = range.periodSeconds * SECOND
    const fine = range.periodSeconds < 60
    const source = fine ? series.seconds : series.minutes
    const step = fine ? SECOND : 60 * SECOND
    const found: Bucket[] = []
    for (let start = range.from; start < range.to; start += period) {
      let merged: MutableBucket | undefined
      for (let at = start; at < start + period; at += step) {
        const bucket = source.get(at)
        if (bucket) merged = merged ? merge(merged, bucket) : { ...bucket }
      }
      if (merged) found.push({ at: start, ...merged })
    }
    return found
  }

  /** Metrics of a Region that have data. */
  list(region: string): SeriesInfo[] {
    return [...this.#series.values()].filter((series) => series.metric.region === region)
  }

  #add(publication: Publication): void {
    const { metric, unit, resolution } = publication
    const key = metricKey(metric)
    const series = this.#series.get(key) ?? {
      metric,
      unit,
      resolution,
      seconds: new Map<Micros, MutableBucket>(),
      minutes: new Map<Micros, MutableBucket>(),
    }
    this.#series.set(key, series)
    for (const point of publication.points) {
      if (resolution === 1) addTo(series.seconds, floorTo(point.at, SECOND), point)
      addTo(series.minutes, floorTo(point.at, 60 * SECOND), point)
    }
  }

  #prune(): void {
    const now = this.#kernel.now()
    for (const series of this.#series.values()) {
      for (const at of series.seconds.keys())
        if (at < now - HIGH_RESOLUTION_RETENTION) series.seconds.delete(at)
      for (const at of series.minutes.keys()) if (at < now - MINUTE_RETENTION) series.minutes.delete(at)
    }
  }

  /** The same content as publications; minutes that have no seconds left go as 60 s points. */
  *#image(): Iterable<PackedPublication> {
    for (const { metric, unit, resolution, seconds, minutes } of this.#series.values()) {
      const covered = new Set([...seconds.keys()].map((at) => floorTo(at, 60 * SECOND)))
      // The first of them gives a restored series its resolution.
      if (resolution === 1 && seconds.size === 0) yield pack({ metric, unit, resolution, points: [] })
      if (seconds.size > 0) yield pack({ metric, unit, resolution: 1, points: asPoints(seconds) })
      const rest = new Map([...minutes].filter(([at]) => !covered.has(at)))
      if (rest.size > 0) yield pack({ metric, unit, resolution: 60, points: asPoints(rest) })
    }
  }
}

const floorTo = (at: Micros, step: Micros): Micros => at - (at % step)

const asPoints = (buckets: ReadonlyMap<Micros, MutableBucket>): MetricPoint[] =>
  [...buckets].map(([at, bucket]) => ({ at, ...bucket }))

const merge = (into: MutableBucket, more: StatisticSet): MutableBucket => {
  mergeValues(into, more)
  into.sum += more.sum
  into.count += more.count
  into.min = Math.min(into.min, more.min)
  into.max = Math.max(into.max, more.max)
  return into
}

const mergeValues = (into: MutableBucket, more: StatisticSet): void => {
  const [left, right] = [distributionOf(into), distributionOf(more)]
  const merged = left && right ? mergeDistributions(left, right) : undefined
  if (merged !== undefined && merged.length > 1) into.values = merged
  else delete into.values
}

const addTo = (buckets: Map<Micros, MutableBucket>, at: Micros, point: StatisticSet): void => {
  const known = buckets.get(at)
  if (known) merge(known, point)
  else {
    const { sum, count, min, max, values } = point
    buckets.set(at, { sum, count, min, max, ...(values && { values }) })
  }
}

const pack = ({ metric, unit, resolution, points }: Publication): PackedPublication => [
  metric,
  unit,
  resolution,
  points.map(({ at, sum, count, min, max, values }) =>
    count === 1 && min === sum && max === sum
      ? [at, sum]
      : [at, sum, count, min, max, ...(values ?? []).flat()],
  ),
]

const unpack = ([metric, unit, resolution, points]: PackedPublication): Publication => ({
  metric,
  unit,
  resolution,
  points: points.map(([at = 0, sum = 0, count = 1, min = sum, max = sum, ...flat]) => ({
    at,
    sum,
    count,
    min,
    max,
    ...(flat.length > 0 && { values: pairsOf(flat) }),
  })),
})

const pairsOf = (flat: readonly number[]): Distribution =>
  flat.flatMap((value, index) => (index % 2 === 0 ? [[value, flat[index + 1] ?? 1] as const] : []))
