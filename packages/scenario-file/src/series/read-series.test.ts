import { describe, expect, it } from 'vitest'
import { formatProblems } from '../problem/problems.ts'
import { readSeries, type SeriesFormat } from './read-series.ts'

function read(text: string, format: SeriesFormat): unknown {
  const found = readSeries(text, format)
  return found.ok
    ? found.points.map(({ at, value }) => [at, value])
    : formatProblems(found.problems, 'x').split('\n')
}

const AT = 1_767_225_600_000_000

describe('a time series', () => {
  it('is read from CSV with its columns in any order, whatever the unit of its times, and comes in order', () => {
    const csv = `\uFEFFValue;region;"Time"\r\n99.5;eu;2026-01-01T00:00:20Z\r\n\r\n100;eu;1767225600\r\n;eu;1767225605000\r\n"0";eu;2026-01-01T01:00:10+01:00\r\n`
    expect(read(csv, 'csv')).toEqual([
      [AT, 100],
      [AT + 10_000_000, 0],
      [AT + 20_000_000, 99.5],
    ])
  })

  it('is read from JSON, as points or as pairs; what has no value is absent, and not zero', () => {
    const json = `[{"time": "2026-01-01T00:00:00.250Z", "value": 1}, [1767225601, "0.5"], [${AT + 2_000_000}, null]]`
    expect(read(json, 'json')).toEqual([
      [AT + 250_000, 1],
      [AT + 1_000_000, 0.5],
    ])
  })

  it('is refused as a whole, with every problem and its line', () => {
    expect(read('time,value\n2026-01-01 00:00,1\n1767225600,high\n1767225600,1,2\n', 'csv')).toEqual([
      'x:4:1: 3 cells under 2 columns',
    ])
    expect(
      read('time,value\n2026-01-01 00:00,1\n1767225600,high\n1767225601,1\n1767225601,2\n', 'csv'),
    ).toEqual([
      'x:2:1: "2026-01-01 00:00" is no instant',
      '    Write 2026-11-21T18:00:00Z, or seconds since the epoch.',
      'x:3:1: "high" is no number',
      '    Leave it empty where nothing was measured.',
      'x:5:1: another value for the same instant is on line 4',
      '    One series has one value for each instant.',
    ])
    expect(
      read('[\n  {"time": 1767225600, "value": 1},\n  {"value": "a \\" ] b"},\n\n  [1, 2]\n]', 'json'),
    ).toEqual(['x:3:3: item 2 is no point', '    Write {"time": …, "value": …} or [time, value].'])
    expect(read('[\n  [1767225600, 1],\n  [1, 2]\n]', 'json')).toMatchObject(['x:3:3: 1 is no instant', /./])
  })

  it.each<[string, string, SeriesFormat, RegExp]>([
    ['columns without names', '1767225600,1\n', 'csv', /^x:1:1: the columns time and value are not named/],
    ['nothing', '', 'csv', /^x:1:1: the columns/],
    ['no point', 'time,value\n', 'csv', /^x:1:1: there is no point in it/],
    ['no list', '{"values": []}', 'json', /^x:1:1: not a list of points/],
    ['broken JSON', '[\n  [1767225600, 1],\n  oops\n]', 'json', /^x:3:3: no JSON/],
  ])('is refused where there is %s', (_, text, format, said) => {
    const found = read(text, format) as readonly string[]
    expect(found[0]).toMatch(said)
  })
})
