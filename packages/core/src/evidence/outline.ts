import type { ProbeOutcome, Sample } from '../measurement/interval.ts'
import { worldInstant, type WorldInstant } from '../time/instant.ts'
import type { SeriesSample } from './sample-chunk.ts'

/** Neighbouring samples of one series drawn as one. Counts are kept, so that no failure is hidden by drawing less. */
export type Stroke = Readonly<{
  start: WorldInstant
  end: WorldInstant
  good: number
  bad: number
  unusable: number
  /** Longest time from start to end of a good or bad sample, in microseconds. */
  slowestMicros: number
  /** Why the first sample that was not good was not. */
  detail?: string
}>

/** What one probe saw from one vantage, drawn with few strokes. */
export type SampleLane = Readonly<{ probe: string; vantage: string; strokes: readonly Stroke[] }>

/** Samples that share one stroke of a chunk's outline. */
export const OUTLINE_SAMPLES = 64

/** Samples in order as strokes of `each` samples. Pure. */
export function strokesOf(samples: readonly SeriesSample[], each: number): readonly Stroke[] {
  const strokes: Stroke[] = []
  for (let at = 0; at < samples.length; at += each) {
    const stroke = strokeOf(samples, at, Math.min(samples.length, at + each))
    if (stroke !== undefined) strokes.push(stroke)
  }
  return strokes
}

/** Neighbouring strokes joined until each stands for at least `each` samples, the last one perhaps for fewer. Pure. */
export function joinStrokes(strokes: readonly Stroke[], each: number): readonly Stroke[] {
  const joined: Stroke[] = []
  let open: Stroke | undefined
  for (const stroke of strokes) {
    open = open === undefined ? stroke : joinTwo(open, stroke)
    if (samplesIn(open) < each) continue
    joined.push(open)
    open = undefined
  }
  return open === undefined ? joined : [...joined, open]
}

/** How many samples a stroke stands for. */
export function samplesIn({ good, bad, unusable }: Stroke): number {
  return good + bad + unusable
}

function strokeOf(samples: readonly SeriesSample[], from: number, to: number): Stroke | undefined {
  const [first, last] = [samples[from], samples[to - 1]]
  if (first === undefined || last === undefined) return undefined
  const counts: Record<ProbeOutcome, number> = { good: 0, bad: 0, unusable: 0 }
  let slowestMicros = 0
  let detail: Sample['detail']
  for (let at = from; at < to; at++) {
    const sample = samples[at]
    if (sample === undefined) continue
    counts[sample.outcome]++
    if (sample.outcome !== 'unusable') slowestMicros = Math.max(slowestMicros, sample.end - sample.start)
    if (sample.outcome !== 'good') detail ??= sample.detail
  }
  const stroke = { start: first.start, end: last.end, ...counts, slowestMicros }
  return detail === undefined ? stroke : { ...stroke, detail }
}

function joinTwo(a: Stroke, b: Stroke): Stroke {
  const detail = a.detail ?? b.detail
  return {
    start: a.start,
    end: b.end,
    good: a.good + b.good,
    bad: a.bad + b.bad,
    unusable: a.unusable + b.unusable,
    slowestMicros: Math.max(a.slowestMicros, b.slowestMicros),
    ...(detail === undefined ? {} : { detail }),
  }
}

/** The outline of a chunk as it is kept beside it: rows of numbers, instants from the first sample on, reason last. */
export type PackedOutline = readonly (readonly (number | string)[])[]

/** What a chunk is drawn from unless somebody looks closely. Pure. */
export function packOutline(samples: readonly SeriesSample[]): PackedOutline {
  const first = samples[0]?.start ?? 0
  return strokesOf(samples, OUTLINE_SAMPLES).map(
    ({ start, end, good, bad, unusable, slowestMicros, detail }) => [
      start - first,
      end - first,
      good,
      bad,
      unusable,
      slowestMicros,
      ...(detail === undefined ? [] : [detail]),
    ],
  )
}

/** The strokes of a chunk whose first sample started at `first`. Pure. */
export function unpackOutline(outline: PackedOutline, first: number): readonly Stroke[] {
  return outline.map((row) => {
    const [start, end, good, bad, unusable, slowestMicros] = row.map(Number)
    const detail = row[6]
    return {
      start: worldInstant(first + (start ?? 0)),
      end: worldInstant(first + (end ?? 0)),
      good: good ?? 0,
      bad: bad ?? 0,
      unusable: unusable ?? 0,
      slowestMicros: slowestMicros ?? 0,
      ...(detail === undefined ? {} : { detail: String(detail) }),
    }
  })
}
