import type { Sample } from '../measurement/interval.ts'
import { ByteReader, ByteWriter } from './byte-text.ts'
import { CHUNK_SAMPLES_MAX, decodeChunk, encodeChunk, type SeriesSample } from './sample-chunk.ts'

/** First bytes of a file of samples. */
const MAGIC = 'firedrill samples 1'

/** All samples of a run as one piece of evidence, in packed columns a series. The same samples give the same bytes. */
export function encodeSamples(samples: readonly Sample[]): Uint8Array {
  const series = new Map<string, { probe: string; vantage: string; samples: SeriesSample[] }>()
  for (const { probe, vantage, ...sample } of samples) {
    const key = JSON.stringify([probe, vantage])
    const entry = series.get(key) ?? { probe, vantage, samples: [] }
    series.set(key, entry)
    entry.samples.push(sample)
  }
  const file = new ByteWriter().text(MAGIC).number(series.size)
  for (const [, { probe, vantage, samples: all }] of [...series].sort(([a], [b]) => order(a, b))) {
    file
      .text(probe)
      .text(vantage)
      .number(Math.ceil(all.length / CHUNK_SAMPLES_MAX))
    for (let at = 0; at < all.length; at += CHUNK_SAMPLES_MAX)
      file.block(encodeChunk(all.slice(at, at + CHUNK_SAMPLES_MAX)))
  }
  return file.done()
}

/** The samples of a file, ascending by start, as the store of samples gives them. @throws RangeError on other bytes. */
export function decodeSamples(bytes: Uint8Array): readonly Sample[] {
  const file = new ByteReader(bytes)
  if (file.text() !== MAGIC)
    throw new RangeError('these are no samples, or of a version that is not known here')
  const samples: Sample[] = []
  for (let left = file.number(); left > 0; left--) {
    const [probe, vantage] = [file.text(), file.text()]
    for (let chunks = file.number(); chunks > 0; chunks--)
      for (const sample of decodeChunk(file.block())) samples.push({ probe, vantage, ...sample })
  }
  return samples.sort((a, b) => a.start - b.start || order(a.probe, b.probe) || order(a.vantage, b.vantage))
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
