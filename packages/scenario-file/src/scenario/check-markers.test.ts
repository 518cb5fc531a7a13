import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '../problem/problems.ts'
import { compileScenario } from './compile-scenario.ts'

const BASE = readFileSync(
  new URL('../../../../scenarios/instance-kill/scenario.yaml', import.meta.url),
  'utf8',
)
const MARKER = `
  markers:
    - name: orders
      kind: http
      order: ordered
      write: { url: 'http://checkout.example/markers/{{run}}/{{sequence}}' }
      read: { url: 'http://checkout.example/markers/{{run}}', path: present, holds: ranges }
      cleanUp: { url: 'http://checkout.example/markers/{{run}}' }
`
const OBJECTIVE = `
    - { name: data, kind: data-loss, max: 10s, marker: orders }
`

function compile(markers: string, objective = OBJECTIVE) {
  const before = BASE.replace('\n  timing:', `${objective}\n  timing:`)
  return compileScenario(`${before}${markers}`)
}

/** Messages and remedies, without the places in the file. */
function told(markers: string, objective?: string): readonly string[] {
  const result = compile(markers, objective)
  const texts = result.ok ? [] : formatProblems(result.problems, 'x').split('\n')
  return texts.map((text) => text.replace(/^x:\d+:\d+: /, '').trim())
}

const change = (from: string, to: string) => {
  if (!MARKER.includes(from)) throw new Error(`the good marker does not contain ${from}`)
  return MARKER.replace(from, to)
}

describe('a marker', () => {
  it('is filled with its defaults, and changes nothing in a scenario that has none', () => {
    const compiled = compile(MARKER)
    if (!compiled.ok) throw new Error(formatProblems(compiled.problems, 'x'))
    expect(compiled.compiled.markers?.[0]).toMatchObject({
      periodMs: 1000,
      timeoutMs: 2000,
      writesMax: 20_000,
      write: { method: 'PUT', status: [200, 201, 202, 204], headers: {} },
      read: { method: 'GET', path: 'present', holds: 'ranges' },
      cleanUp: { method: 'DELETE' },
    })
    expect(compiled.compiled.objectives.at(-1)).toMatchObject({ kind: 'data-loss', marker: 'orders' })
    const without = compileScenario(BASE)
    expect(without.ok && 'markers' in without.compiled).toBe(false)
  })

  it.each<[string, string, readonly string[]]>([
    [
      'that nobody described',
      '',
      [
        'there is no marker named orders, so lost data would not be measured (spec.objectives[3].marker)',
        'Describe it under spec.markers: how a number is written, read back and taken out.',
      ],
    ],
    [
      'with another name than its objective says',
      change('name: orders', 'name: order'),
      [
        'there is no marker named orders, so lost data would not be measured (spec.objectives[3].marker)',
        'Did you mean order?',
      ],
    ],
    [
      'whose writes nobody takes out',
      change("      cleanUp: { url: 'http://checkout.example/markers/{{run}}' }\n", ''),
      [
        'nothing says how the writes are taken out again (spec.markers[0])',
        'Describe cleanUp, or write leave: true.',
      ],
    ],
    [
      'that writes the same every time',
      change('/{{sequence}}', ''),
      ['{{sequence}} is missing (spec.markers[0].write.url)', 'For example: …/{{sequence}}'],
    ],
    [
      'with a placeholder that does not exist',
      change('{{run}}/{{sequence}}', '{{runn}}/{{sequence}}'),
      ['there is no placeholder {{runn}} (spec.markers[0].write.url)', 'Did you mean run?'],
    ],
    [
      'that reads the highest number of an unordered store, and not below a limit',
      change('holds: ranges', 'holds: highest').replace('order: ordered', 'order: unordered'),
      [
        '{{upTo}} is missing (spec.markers[0].read.url)',
        'For example: …/{{upTo}}',
        'without order the highest number says nothing about those before it (spec.markers[0].read.holds)',
        'Read all of them: holds: numbers, or holds: ranges.',
      ],
    ],
  ])('%s gets its place and its remedy', (_, markers, problems) => {
    expect(told(markers)).toEqual(problems)
  })

  it('is warned about when its writes would end before the drill', () => {
    const compiled = compile(change('order: ordered', 'order: ordered\n      writesMax: 60'))
    expect(compiled.ok && compiled.warnings.map(({ message }) => message)).toEqual([
      'the writes end after 1 min; the drill may last 14 min',
    ])
  })
})

describe('a PostgreSQL marker', () => {
  it('needs no statements, and says what is missing in its own', () => {
    const plain = `
  markers:
    - { name: orders, kind: postgresql, order: ordered, database: orders }
`
    expect(told(plain)).toEqual([])
    const own = `
  markers:
    - name: orders
      kind: postgresql
      order: ordered
      database: orders
      statements: { write: 'INSERT INTO note VALUES (1)', read: 'SELECT {{sequence}}' }
`
    expect(told(own)).toEqual([
      'nothing says how the writes are taken out again (spec.markers[0])',
      'Describe statements.cleanUp, or write leave: true.',
      '{{sequence}} is missing (spec.markers[0].statements.write)',
      'For example: …/{{sequence}}',
      '{{sequence}} has no value here (spec.markers[0].statements.read)',
      'Here are: {{run}}, {{marker}}, {{upTo}}.',
    ])
  })
})
