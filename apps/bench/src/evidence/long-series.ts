import { worldInstant, type Sample, type SeriesSample } from '@firedrill/core'
import { SLOT_SHARE } from '@firedrill/probes'

const HOUR = 3_600_000_000
/** A slot of a probe that runs once a second, microseconds. */
const SLOT = 1_000_000 * SLOT_SHARE
const FIRST_AT = 1_767_225_600_000_000

/** One series of recorded samples with where in its slot each started. */
type Placed = Readonly<{ offset: number; sample: Sample }>

/**
 * A series of so many hours of a probe that runs once a second, made of recorded samples with their own place in the slot, latency,
 * outcome and detail, from a different one on for every `n`. Instants are cut to whole units of `unit` microseconds.
 */
export function longSeries(
  recorded: readonly Sample[],
  n: number,
  hours: number,
  unit: number,
): readonly SeriesSample[] {
  const placed = placesOf(recorded)
  return Array.from({ length: Math.floor((hours * HOUR) / SLOT) }, (_, slot): SeriesSample => {
    const found = placed[(slot + n * 7919) % placed.length]
    if (found === undefined) throw new RangeError('nothing was recorded')
    const { offset, sample } = found
    const start = FIRST_AT + Math.floor(slot * SLOT + offset)
    const end = start + sample.end - sample.start
    return {
      start: worldInstant(start - (start % unit)),
      end: worldInstant(end - (end % unit)),
      outcome: sample.outcome,
      ...(sample.detail === undefined ? {} : { detail: sample.detail }),
    }
  })
}

const kept = new WeakMap<readonly Sample[], readonly Placed[]>()

/** Every sample's offset from where the slots of its stream begin. */
function placesOf(recorded: readonly Sample[]): readonly Placed[] {
  const known = kept.get(recorded)
  if (known !== undefined) return known
  const streams = Map.groupBy(recorded, ({ probe }) => probe)
  const placed = [...streams.values()].flatMap((samples) => {
    const offsetsFrom = (from: number) => samples.map(({ start }) => (((start - from) % SLOT) + SLOT) % SLOT)
    const begins = samples
      .map(({ start }) => ({ start, span: Math.max(...offsetsFrom(start)) }))
      .reduce((best, one) => (one.span < best.span ? one : best))
    return offsetsFrom(begins.start).map((offset, i) => ({ offset, sample: samples[i] }))
  })
  const whole = placed.flatMap(({ offset, sample }) => (sample === undefined ? [] : [{ offset, sample }]))
  kept.set(recorded, whole)
  return whole
}

/** What the latencies of a series are worth by Shannon's measure, in bytes for all of them together. */
export function latencyEntropyBytes(series: readonly SeriesSample[], unit: number): number {
  const counts = new Map<number, number>()
  for (const { start, end } of series) {
    const latency = (end - start) / unit
    counts.set(latency, (counts.get(latency) ?? 0) + 1)
  }
  const bits = [...counts.values()].reduce((sum, n) => sum - n * Math.log2(n / series.length), 0)
  return bits / 8
}
