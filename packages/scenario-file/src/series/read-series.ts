import type { SeriesPoint } from '@firedrill/core'
import { worldInstant } from '@firedrill/core'
import { Problems, type PlacedProblem } from '../problem/problems.ts'

/** The forms in which a time series is read. */
export const SERIES_FORMATS = ['csv', 'json'] as const
export type SeriesFormat = (typeof SERIES_FORMATS)[number]

/** A time series that was read, ascending, or all problems with their lines. */
export type SeriesReading =
  | Readonly<{ ok: true; points: readonly SeriesPoint[] }>
  | Readonly<{ ok: false; problems: readonly PlacedProblem[] }>

/** A day of seconds; a longer series is cut to the time of the run before it is imported. */
export const SERIES_POINTS_MAX = 100_000

/** One point as it stands in the file: where, and its two texts. */
type RawPoint = Readonly<{ line: number; column: number; time: unknown; value: unknown }>

/**
 * Reads a time series: CSV with the columns `time` and `value`, or a JSON list of `{"time": …, "value": …}` or `[time, value]`.
 * A time is an instant with its offset, or seconds, milliseconds or microseconds since the epoch. A point without a value is
 * left out: absence is not zero. Never throws on bad input.
 */
export function readSeries(text: string, format: SeriesFormat): SeriesReading {
  const problems = new Problems()
  const raw = format === 'csv' ? readCsv(text, problems) : readJson(text, problems)
  if (raw.length > SERIES_POINTS_MAX)
    problems.add(
      [],
      { line: 1, column: 1 },
      `${raw.length} points are more than ${SERIES_POINTS_MAX}`,
      'Cut it to the time of the run.',
    )
  const points = new Map<number, SeriesPoint & Readonly<{ line: number }>>()
  for (const { line, column, time, value } of problems.size > 0 ? [] : raw) {
    if (value === '' || value === null || value === undefined) continue
    const at = instantOf(time)
    const number = typeof value === 'number' ? value : Number(value)
    const place = { line, column }
    if (at === undefined) {
      const remedy = 'Write 2026-11-21T18:00:00Z, or seconds since the epoch.'
      problems.add([], place, `${JSON.stringify(time) ?? 'nothing'} is no instant`, remedy)
    } else if (!Number.isFinite(number)) {
      problems.add(
        [],
        place,
        `${JSON.stringify(value)} is no number`,
        'Leave it empty where nothing was measured.',
      )
    } else {
      const before = points.get(at)
      if (before !== undefined && before.value !== number)
        problems.add(
          [],
          place,
          `another value for the same instant is on line ${before.line}`,
          'One series has one value for each instant.',
        )
      points.set(at, { at: worldInstant(at), value: number, line })
    }
  }
  if (problems.size === 0 && points.size === 0)
    problems.add(
      [],
      { line: 1, column: 1 },
      'there is no point in it',
      'It needs at least one time with a value.',
    )
  if (problems.size > 0) return { ok: false, problems: problems.list() }
  const ordered = [...points.values()].toSorted((a, b) => a.at - b.at)
  return { ok: true, points: ordered.map(({ at, value }) => ({ at, value })) }
}

function readCsv(text: string, problems: Problems): readonly RawPoint[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const first = lines.findIndex((line) => line.trim() !== '')
  const separator = (lines[first] ?? '').includes(';') ? ';' : ','
  const header = cellsOf(lines[first] ?? '', separator).map((cell) => cell.toLowerCase())
  const [timeAt, valueAt] = [header.indexOf('time'), header.indexOf('value')]
  if (timeAt < 0 || valueAt < 0) {
    const remedy = 'Begin with a line that names them: time,value'
    problems.add(
      [],
      { line: Math.max(1, first + 1), column: 1 },
      'the columns time and value are not named',
      remedy,
    )
    return []
  }
  return lines.flatMap((line, index) => {
    if (index <= first || line.trim() === '') return []
    const cells = cellsOf(line, separator)
    const place = { line: index + 1, column: 1 }
    if (cells.length !== header.length) {
      problems.add([], place, `${cells.length} cells under ${header.length} columns`)
      return []
    }
    return [{ ...place, time: cells[timeAt], value: cells[valueAt] }]
  })
}

function cellsOf(line: string, separator: string): readonly string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

function readJson(text: string, problems: Problems): readonly RawPoint[] {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const offset = strangeAt(text) ?? Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
    problems.add(
      [],
      placeOf(text, offset),
      `no JSON: ${message.split(/,? in JSON|, [".]|,? "/)[0] ?? message}`,
    )
    return []
  }
  if (!Array.isArray(value)) {
    problems.add([], { line: 1, column: 1 }, 'not a list of points', 'Write [{"time": …, "value": …}, …].')
    return []
  }
  const places = placesOfItems(text)
  return (value as readonly unknown[]).flatMap((item, index) => {
    const place = places[index] ?? { line: 1, column: 1 }
    if (Array.isArray(item) && item.length === 2) return [{ ...place, time: item[0], value: item[1] }]
    if (typeof item === 'object' && item !== null && 'time' in item)
      return [{ ...place, time: item.time, value: 'value' in item ? item.value : undefined }]
    problems.add(
      [],
      place,
      `item ${index + 1} is no point`,
      'Write {"time": …, "value": …} or [time, value].',
    )
    return []
  })
}

type Place = Readonly<{ line: number; column: number }>

/** Where each item of a JSON list begins. The text is known to be JSON. */
function placesOfItems(text: string): readonly Place[] {
  const places: Place[] = []
  let [depth, line, lineStart, isExpected] = [0, 1, 0, false]
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? ''
    if (sign === '\n') [line, lineStart] = [line + 1, at + 1]
    if (/[\s\uFEFF]/.test(sign)) continue
    if (isExpected && sign !== ']') {
      places.push({ line, column: at - lineStart + 1 })
      isExpected = false
    }
    if (sign === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
    } else if (sign === '[' || sign === '{') {
      depth++
      if (depth === 1) isExpected = true
    } else if (sign === ']' || sign === '}') depth--
    else if (sign === ',' && depth === 1) isExpected = true
  }
  return places
}

const TOKEN = /[\s\uFEFF]*(?:[[\]{},:]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|$)/y

/** Where something begins that is no word of JSON; undefined when the words are right and only their order is not. */
function strangeAt(text: string): number | undefined {
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    if (!TOKEN.test(text)) return at + (/^[\s\uFEFF]*/.exec(text.slice(at))?.[0].length ?? 0)
  }
  return undefined
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)$/
/** Since the epoch, seconds, milliseconds and microseconds of our times have different lengths: these are from 2001 to 2286. */
const UNITS = [
  { from: 1e9, to: 1e10, micros: 1e6 },
  { from: 1e12, to: 1e13, micros: 1e3 },
  { from: 1e15, to: 1e16, micros: 1 },
] as const

/** Microseconds since the epoch, or undefined. */
function instantOf(time: unknown): number | undefined {
  const text = typeof time === 'number' ? String(time) : time
  if (typeof text !== 'string') return undefined
  if (ISO.test(text)) {
    const ms = Date.parse(text.replace(' ', 'T'))
    return Number.isNaN(ms) ? undefined : ms * 1000
  }
  const number = text.trim() === '' ? Number.NaN : Number(text)
  const unit = UNITS.find(({ from, to }) => number >= from && number < to)
  return unit === undefined ? undefined : Math.round(number * unit.micros)
}
