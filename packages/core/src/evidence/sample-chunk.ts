import { PROBE_OUTCOMES, type ProbeOutcome, type Sample } from '../measurement/interval.ts'
import { worldInstant } from '../time/instant.ts'
import { ByteReader, ByteWriter } from './byte-text.ts'
import { ChoiceColumn, NumberColumn, rangeDecoder, rangeEncoder, type BitCoder } from './range-coder.ts'

/** A sample without the names of its series. */
export type SeriesSample = Omit<Sample, 'probe' | 'vantage'>

/** Most samples of one chunk: what has to be read to see one of them. */
export const CHUNK_SAMPLES_MAX = 1024

const VERSION = 1
const OUTCOME_BITS = 2
/** Units in which the times of a chunk are whole numbers, in microseconds, the coarsest first. */
const UNITS = [1000, 1] as const

/** Starts that are more than so many usual distances apart have a slot between them that was left out. */
const FAR = 1.5

/** Slots of one period each, from `phase` on, in units of the chunk. */
type Grid = Readonly<{ unit: number; period: number; phase: number; firstSlot: number }>

/**
 * Packs samples of one series, in the order given, without any loss: every microsecond of start and end, outcome and
 * detail come back. Starts are kept as slots of the probe's period and the offset within them, ends as latencies, and
 * all columns go through one adaptive range coder.
 * @throws RangeError when there are none, too many, or an instant is no whole number of microseconds from 0 on.
 */
export function encodeChunk(samples: readonly SeriesSample[]): Uint8Array {
  if (samples.length === 0 || samples.length > CHUNK_SAMPLES_MAX)
    throw new RangeError(`a chunk takes 1 to ${CHUNK_SAMPLES_MAX} samples, not ${samples.length}`)
  const bad = samples.find(({ start, end }) => !isInstant(start) || !isInstant(end))
  if (bad !== undefined) throw new RangeError(`${bad.start} to ${bad.end} are no instants`)
  const grid = gridOf(samples)
  const details = [...new Set(samples.flatMap(({ detail }) => (detail === undefined ? [] : [detail])))]
  const head = new ByteWriter()
  for (const value of [
    VERSION,
    samples.length,
    grid.unit,
    grid.period,
    grid.phase,
    grid.firstSlot,
    details.length,
  ])
    head.number(value)
  for (const detail of details) head.text(detail)
  const coder = rangeEncoder()
  const columns = new Columns(grid, details)
  for (const sample of samples) columns.code(coder, sample)
  return head.rest(coder.bytes()).done()
}

/** Unpacks a chunk. @throws RangeError when the bytes are not those of a chunk. */
export function decodeChunk(bytes: Uint8Array): readonly SeriesSample[] {
  const head = new ByteReader(bytes)
  const version = head.number()
  if (version !== VERSION) throw new RangeError(`a chunk of version ${version} is not known here`)
  const count = head.number()
  if (count > CHUNK_SAMPLES_MAX) throw new RangeError(`a chunk cannot hold ${count} samples`)
  const [unit, period, phase, firstSlot] = [head.number(), head.number(), head.number(), head.number()]
  if (unit < 1 || period < 1) throw new RangeError('a chunk has no unit or no period')
  const details = Array.from({ length: head.number() }, () => head.text())
  const coder = rangeDecoder(bytes, head.at)
  const columns = new Columns({ unit, period, phase, firstSlot }, details)
  return Array.from({ length: count }, () => columns.code(coder, undefined))
}

/** The columns of one chunk, with what each has learned. Encoding and decoding walk through the same code. */
class Columns {
  readonly #grid: Grid
  readonly #details: readonly string[]
  readonly #indexes: ReadonlyMap<string, number>
  readonly #slots = new NumberColumn()
  readonly #offsets = new NumberColumn()
  readonly #latencies = PROBE_OUTCOMES.map(() => new NumberColumn())
  readonly #outcomes = PROBE_OUTCOMES.map(() => new ChoiceColumn(OUTCOME_BITS))
  readonly #isRepeated = PROBE_OUTCOMES.map(() => new ChoiceColumn(1))
  readonly #words = new NumberColumn()
  readonly #lastWord = PROBE_OUTCOMES.map(() => 0)
  #slot: number
  #outcome = 0

  constructor(grid: Grid, details: readonly string[]) {
    this.#grid = grid
    this.#details = details
    this.#indexes = new Map(details.map((detail, i) => [detail, i + 1]))
    this.#slot = grid.firstSlot - 1
  }

  /** Writes `sample`, or reads one when there is none; answers it. */
  code(coder: BitCoder, sample: SeriesSample | undefined): SeriesSample {
    const { unit, period, phase } = this.#grid
    const since = sample === undefined ? 0 : sample.start / unit - phase
    const slot = Math.floor(since / period)
    this.#slot += 1 + this.#slots.signed(coder, slot - this.#slot - 1)
    const start = this.#slot * period + this.#offsets.whole(coder, since - slot * period) + phase
    const outcome = this.#codeOutcome(coder, sample?.outcome)
    const latency = sample === undefined ? 0 : (sample.end - sample.start) / unit
    const took = columnOf(this.#latencies, this.#outcome).signed(coder, latency)
    const detail = this.#codeDetail(coder, sample?.detail)
    return {
      start: worldInstant(start * unit),
      end: worldInstant((start + took) * unit),
      outcome,
      ...(detail === undefined ? {} : { detail }),
    }
  }

  #codeOutcome(coder: BitCoder, outcome: ProbeOutcome | undefined): ProbeOutcome {
    const index = outcome === undefined ? 0 : PROBE_OUTCOMES.indexOf(outcome)
    this.#outcome = columnOf(this.#outcomes, this.#outcome).choice(coder, index)
    return columnOf(PROBE_OUTCOMES, this.#outcome)
  }

  #codeDetail(coder: BitCoder, detail: string | undefined): string | undefined {
    const wanted = detail === undefined ? 0 : (this.#indexes.get(detail) ?? 0)
    const last = columnOf(this.#lastWord, this.#outcome)
    const isNew = columnOf(this.#isRepeated, this.#outcome).choice(coder, wanted === last ? 0 : 1)
    const word = isNew === 0 ? last : this.#words.whole(coder, wanted)
    this.#lastWord[this.#outcome] = word
    return word === 0 ? undefined : columnOf(this.#details, word - 1)
  }
}

function columnOf<T>(columns: readonly T[], index: number): T {
  const column = columns[index]
  if (column === undefined) throw new RangeError('the bytes are not those of a chunk')
  return column
}

function isInstant(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** The grid on which the starts lie best: the usual distance of two of them, from where the widest gap in it ends. */
function gridOf(samples: readonly SeriesSample[]): Grid {
  const unit =
    UNITS.find((one) => samples.every(({ start, end }) => start % one === 0 && end % one === 0)) ?? 1
  const starts = samples.map(({ start }) => start / unit)
  const period = periodOf(starts)
  const offsets = starts.map((start) => start % period).toSorted((a, b) => a - b)
  let widest = period - ((offsets.at(-1) ?? 0) - (offsets[0] ?? 0))
  let phase = offsets[0] ?? 0
  for (const [i, offset] of offsets.entries()) {
    const gap = offset - (offsets[i - 1] ?? offset)
    if (gap > widest) [widest, phase] = [gap, offset]
  }
  // Slots count from 0: a start before the phase belongs to the slot before, so the phase moves a period down.
  const lowest = starts.reduce((least, start) => Math.min(least, start), Infinity)
  const moved = lowest < phase ? phase - period : phase
  return moved < 0
    ? { unit, period, phase: 0, firstSlot: Math.floor((starts[0] ?? 0) / period) }
    : { unit, period, phase: moved, firstSlot: Math.floor(((starts[0] ?? 0) - moved) / period) }
}

/** The mean distance of two starts, those that are far apart left out: scattered starts come back to their slots. */
function periodOf(starts: readonly number[]): number {
  const sorted = starts.toSorted((a, b) => a - b)
  const distances = sorted.slice(1).map((start, i) => start - (sorted[i] ?? start))
  const median = distances.toSorted((a, b) => a - b)[distances.length >> 1] ?? 1
  const near = distances.filter((distance) => distance <= FAR * median)
  return Math.max(1, Math.round(near.reduce((sum, distance) => sum + distance, 0) / Math.max(1, near.length)))
}
