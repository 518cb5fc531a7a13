import { expect, it } from 'vitest'
import { PROBE_OUTCOMES, type Sample } from '../measurement/interval.ts'
import { worldInstant } from '../time/instant.ts'
import { CHUNK_SAMPLES_MAX, decodeChunk, encodeChunk, type SeriesSample } from './sample-chunk.ts'
import { decodeSamples, encodeSamples } from './sample-file.ts'

/** mulberry32: the same seed gives the same worlds. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const DETAILS = ['timeout connect', '10.0.0.1,10.0.0.2', '', 'ünïcode \u0001 "x"', '0'.repeat(300)]

/** A series as no prober would hand it in: lateness, stalls, clocks that jump, samples that come out of order. */
function randomSeries(random: () => number, count: number): readonly SeriesSample[] {
  const pick = <T>(values: readonly T[], fallback: T): T =>
    values[Math.floor(random() * values.length)] ?? fallback
  const below = (n: number) => Math.floor(random() * n)
  const unit = pick([1, 1000], 1)
  const period = pick([1, 33_333, 1_000_000, 60_000_000], 1)
  const wild = random() * 0.2
  let at = pick([0, 1_700_000_000_000_000, 2 ** 52], 0)
  const samples = Array.from({ length: count }, (): SeriesSample => {
    at += period + below(period / 4)
    if (random() < wild) at = Math.max(0, at + (random() < 0.5 ? -1 : 1) * below(2 ** (4 + below(42))))
    const took = random() < wild ? below(2 ** below(40)) - below(1000) : 800 + below(1500)
    const start = at - (at % unit)
    const end = Math.max(0, start + took - (took % unit))
    const detail = random() < 0.5 ? undefined : pick(DETAILS, '')
    return {
      start: worldInstant(start),
      end: worldInstant(end),
      outcome: pick(PROBE_OUTCOMES, 'good'),
      ...(detail === undefined ? {} : { detail }),
    }
  })
  return random() < 0.3 ? samples.toSorted(() => random() - 0.5) : samples
}

const SERIES = 150

/** Of random series, those that a codec does not give back as they were. */
function changed(codec: (samples: readonly SeriesSample[]) => readonly SeriesSample[]): number {
  const random = seeded(11)
  let count = 0
  for (let n = 0; n < SERIES; n++) {
    const samples = randomSeries(random, 1 + Math.floor(random() ** 3 * 300))
    if (JSON.stringify(codec(samples)) !== JSON.stringify(samples)) count++
  }
  return count
}

it(`gives back every microsecond, outcome and detail of ${SERIES} series, out of order and with clock jumps too`, () => {
  expect(changed((samples) => decodeChunk(encodeChunk(samples)))).toBe(0)
})

it.each<[string, (samples: readonly SeriesSample[]) => readonly SeriesSample[]]>([
  [
    'keeps milliseconds alone',
    (samples) =>
      samples.map((sample) => ({ ...sample, start: worldInstant(sample.start - (sample.start % 1000)) })),
  ],
  ['sorts', (samples) => samples.toSorted((a, b) => a.start - b.start)],
  [
    'forgets negative latencies',
    (samples) => samples.map((s) => ({ ...s, end: worldInstant(Math.max(s.start, s.end)) })),
  ],
  [
    'takes an empty detail for none',
    (samples) => samples.map(({ detail, ...s }) => (detail ? { ...s, detail } : s)),
  ],
])('would notice a codec that %s', (_, broken) => {
  expect(changed((samples) => decodeChunk(encodeChunk(broken(samples))))).toBeGreaterThan(SERIES / 20)
})

it('takes as many samples as a chunk holds, and no instant that is none', () => {
  const sample = { start: worldInstant(1), end: worldInstant(2), outcome: 'good' } as const
  expect(() => encodeChunk([])).toThrow(RangeError)
  expect(() => encodeChunk(Array.from({ length: CHUNK_SAMPLES_MAX + 1 }, () => sample))).toThrow(RangeError)
  expect(decodeChunk(encodeChunk(Array.from({ length: CHUNK_SAMPLES_MAX }, () => sample)))).toHaveLength(
    CHUNK_SAMPLES_MAX,
  )
  for (const start of [-1, 0.5, 2 ** 53, NaN])
    expect(() => encodeChunk([{ ...sample, start: start as Sample['start'] }])).toThrow(RangeError)
})

it('refuses bytes that are no chunk', () => {
  for (const bytes of [[], [2], [1, 255], [1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 1, 9, 65]])
    expect(() => decodeChunk(Uint8Array.from(bytes)), String(bytes)).toThrow(RangeError)
})

it('keeps a steady series in less than two bytes a sample beyond what its latencies are worth', () => {
  const random = seeded(5)
  const samples = Array.from({ length: 1000 }, (_, i): SeriesSample => {
    const start = 1_700_000_000_000 + i * 1000 + Math.floor(random() * 250)
    const took = 1 + Math.floor(random() * 4)
    return {
      start: worldInstant(start * 1000),
      end: worldInstant((start + took) * 1000),
      outcome: 'good',
      detail: '10.0.0.1',
    }
  })
  const bytesEach = encodeChunk(samples).byteLength / samples.length
  expect(bytesEach - 2 / 8).toBeLessThan(1.2)
})

it('files the series of a run as the store gives them, the same bytes for the same samples', () => {
  const random = seeded(3)
  const series = ['front', 'name'].flatMap((probe) =>
    ['here', 'there'].flatMap((vantage) =>
      randomSeries(random, 2500).map((sample): Sample => ({ probe, vantage, ...sample })),
    ),
  )
  const kept = new Map(series.map((sample) => [`${sample.probe}/${sample.vantage}/${sample.start}`, sample]))
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  const samples = [...kept.values()].sort(
    (a, b) => a.start - b.start || order(a.probe, b.probe) || order(a.vantage, b.vantage),
  )
  const bytes = encodeSamples(samples)
  expect(decodeSamples(bytes)).toEqual(samples)
  expect(encodeSamples(samples)).toEqual(bytes)
  expect(decodeSamples(encodeSamples([]))).toEqual([])
  expect(() => decodeSamples(new TextEncoder().encode('[]'))).toThrow(RangeError)
})
