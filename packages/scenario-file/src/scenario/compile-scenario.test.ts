import { readFileSync } from 'node:fs'
import { compiledScenarioSchema, PROBE_KINDS, type CompiledScenario } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '../problem/problems.ts'
import { compileScenario, type ScenarioOptions } from './compile-scenario.ts'

const SMALL = `apiVersion: firedrill.dev/v1
kind: Scenario
metadata:
  name: small
spec:
  hypothesis: The service goes on.
  response: automatic
  blastRadius: { targetsMax: 2 }
  probes:
    - name: front
      kind: http
      url: http://app.example.test/health
  steps:
    - inject: ec2-stop-instances
      targets: { tags: { service: app }, choose: { count: 1 } }
      duration: 10m
  objectives:
    - { name: recovery, kind: recovery-time, max: 5m, probe: front }
`

function compiled(text: string, options?: ScenarioOptions): CompiledScenario {
  const result = compileScenario(text, options)
  if (!result.ok) throw new Error(formatProblems(result.problems, 'file'))
  return result.compiled
}

function problemsOf(text: string, options?: ScenarioOptions): string {
  const result = compileScenario(text, options)
  return result.ok ? 'no problems' : formatProblems(result.problems, 'file')
}

describe('a scenario file', () => {
  it('compiles with every default filled in', () => {
    const scenario = compiled(SMALL)
    expect(compiledScenarioSchema.parse(scenario)).toEqual(scenario)
    expect(scenario).toMatchObject({
      title: 'small',
      blastRadius: { targetsMax: 2, percentMax: 100 },
      probes: [{ periodMs: 1000, timeoutMs: 2000, method: 'GET', status: [200] }],
      steadyState: { forMs: 60_000, probes: ['front'], successRatioMin: 0.99 },
      steps: [{ name: 'ec2-stop-instances', after: [], targets: { region: 'primary', max: 1, zones: [] } }],
      objectives: [{ sustained: { goodInARow: 5, holdMs: 30_000 }, maxMs: 300_000 }],
      timing: { observeMaxMs: 600_000, recoverWithinMs: 600_000, settleMs: 60_000 },
    })
  })

  it('has the same canonical text however it is laid out', () => {
    const other = SMALL.replace('{ targetsMax: 2 }', '\n    targetsMax: 2\n    percentMax: 100.0').replace(
      '10m',
      'PT10M',
    )
    const [a, b] = [compileScenario(SMALL), compileScenario(other)]
    expect(a.ok && b.ok && a.canonical === b.canonical).toBe(true)
  })

  it('reads a list of steps from top to bottom unless it says otherwise', () => {
    const steps = compiled(
      SMALL.replace(
        '  objectives:',
        '    - wait: 30s\n    - inject: tcp-block\n      targets: { tags: { a: b }, max: 1 }\n      duration: 10m\n      after: []\n    - wait: 5s\n  objectives:',
      ),
    ).steps
    expect(steps.map(({ name, after }) => [name, after])).toEqual([
      ['ec2-stop-instances', []],
      ['wait-1', ['ec2-stop-instances']],
      ['tcp-block', []],
      ['wait-2', ['tcp-block']],
    ])
  })

  it('warns, without refusing, when the fault ends before the objective can be judged', () => {
    const result = compileScenario(SMALL.replace('10m', '3m'))
    expect(result.ok).toBe(true)
    expect(formatProblems(result.warnings, 'file')).toBe(
      'file:16:17: the fault ends by itself after 3 min, before objective recovery and its hold are over (5 min 30 s); a recovery after that does not count (spec.steps[0].duration)\n    Let it last at least 5m30s.',
    )
    expect(compileScenario(SMALL).warnings).toEqual([])
  })
})

describe('parameters', () => {
  const PARAMETERS = SMALL.replace(
    '  response:',
    '  parameters:\n    limit: { type: duration, default: 5m }\n    count: { type: integer, default: 1 }\n    host: { type: string, default: app }\n  response:',
  )
    .replace('max: 5m', 'max: "${limit}"')
    .replace('count: 1 }', 'count: "${count}" }')
    .replace('http://app.example', 'http://${host}.example')
    .replace('The service goes on.', '"${host} goes on within ${limit}; $$${limit} is plain"')

  it('take their type when they are the whole value, and are written out inside a text', () => {
    const scenario = compiled(PARAMETERS, { parameters: { count: '2', limit: '4m' } })
    expect(scenario.steps[0]).toMatchObject({ targets: { choose: { mode: 'count', count: 2 } } })
    expect(scenario.objectives[0]?.maxMs).toBe(240_000)
    expect(scenario.hypothesis).toBe('app goes on within 4m; ${limit} is plain')
    expect(scenario.probes[0]).toMatchObject({ url: 'http://app.example.test/health' })
  })

  it('refuse unknown names and values of another type', () => {
    expect(problemsOf(PARAMETERS, { parameters: { cuont: 2, limit: 240 } })).toBe(
      [
        'file:8:5: a value was given for "cuont", which is no parameter of this scenario (spec.parameters)',
        '    Did you mean count?',
        'file:8:12: the value given for limit: a duration needs a unit; write for example 240s (spec.parameters.limit)',
      ].join('\n'),
    )
    expect(problemsOf(PARAMETERS.replace('max: "${limit}"', 'max: "${limits}"'))).toContain(
      'there is no parameter named "limits" (spec.objectives[0].max)\n    Did you mean limit?',
    )
  })

  it('say that they need quotes between braces, where YAML reads a brace of its own', () => {
    expect(problemsOf(SMALL.replace('max: 5m', 'max: ${limit}'))).toMatch(
      /^file:18:51: between \{ and \} a reference needs quotes\n {4}Write "\$\{limit\}"\.\n/,
    )
  })

  it('cannot reach members that every JavaScript object has', () => {
    expect(problemsOf(PARAMETERS.replace('max: "${limit}"', 'max: "${constructor}"'))).toContain(
      'there is no parameter named "constructor"',
    )
  })
})

describe('extends', () => {
  const files = new Map([
    ['small', SMALL],
    ['a', SMALL.replace('name: small', 'name: a').replace('spec:', 'spec:\n  extends: b')],
    ['b', SMALL.replace('name: small', 'name: b').replace('spec:', 'spec:\n  extends: a')],
    ['broken', 'apiVersion: firedrill.dev/v1\nkind: Scenario\nspec: [\n'],
  ])
  const resolve = (name: string) => {
    const text = files.get(name)
    return text === undefined ? undefined : { file: `${name}.yaml`, text }
  }
  const child = (spec: string) =>
    `apiVersion: firedrill.dev/v1\nkind: Scenario\nmetadata: { name: child, title: Child }\nspec:\n  extends: small\n${spec}`

  it('lays the child over the parent: maps by field, named lists by name, other lists as a whole', () => {
    const scenario = compiled(
      child(`  steadyState: { for: 5s }
  probes:
    - { name: front, period: 500ms, status: [200, 204] }
    - { name: back, kind: tcp, host: db.example.test, port: 5432 }
  objectives:
    - { name: recovery, max: 2m }
`),
      { resolve },
    )
    expect(scenario.name).toBe('child')
    expect(scenario.hypothesis).toBe('The service goes on.')
    expect(scenario.probes).toMatchObject([
      { name: 'front', kind: 'http', periodMs: 500, status: [200, 204] },
      { name: 'back', kind: 'tcp' },
    ])
    expect(scenario.objectives).toMatchObject([
      { name: 'recovery', maxMs: 120_000, source: { probe: 'front' } },
    ])
  })

  it('reads the probes of the guide, and leaves out of the compiled form what is as always', () => {
    const guide = readFileSync(new URL('../../../../docs/guides/probes.md', import.meta.url), 'utf8')
    const [, probes = ''] = /```yaml\nprobes:\n([^`]+)```/.exec(guide) ?? []
    const scenario = compiled(child(`  probes:\n${probes.replaceAll(/^/gm, '  ')}`), { resolve })
    const named = (name: string) => scenario.probes.find((probe) => probe.name === name)
    expect(new Set(scenario.probes.map(({ kind }) => kind))).toEqual(new Set(PROBE_KINDS))
    expect(named('checkout-pool')).toMatchObject({ connection: 'kept' })
    expect(named('checkout')).not.toHaveProperty('connection')
    expect(named('certificate')).toMatchObject({ port: 443, validForMs: 14 * 86_400_000 })
    expect(named('authority')).toMatchObject({ authoritative: true, ttlMaxSeconds: 60 })
    expect(named('name')).toMatchObject({ match: 'exact', answers: ['198.51.100.10'] })
  })

  it('replaces a named item that changes its kind, and takes a field away with null', () => {
    const scenario = compiled(
      child('  probes:\n    - { name: front, kind: dns, host: app.example.test }\n  description: null\n'),
      { resolve },
    )
    expect(scenario.probes).toEqual([
      {
        name: 'front',
        kind: 'dns',
        host: 'app.example.test',
        recordType: 'A',
        periodMs: 1000,
        timeoutMs: 2000,
      },
    ])
  })

  it('reports circles, missing parents, and problems inside a parent where extends stands', () => {
    expect(problemsOf(files.get('a') ?? '', { resolve })).toBe(
      'file:6:12: extends goes in a circle: a → b → a (spec.extends)',
    )
    expect(problemsOf(child('').replace('small', 'smal'), { resolve })).toContain(
      'file:5:12: there is no scenario named smal to extend (spec.extends)',
    )
    expect(problemsOf(child('').replace('small', 'broken'), { resolve })).toContain(
      'file:5:12: broken.yaml:4:1: ',
    )
  })
})

describe('the scenarios that ship', () => {
  const read = (name: string) =>
    readFileSync(new URL(`../../../../scenarios/${name}/scenario.yaml`, import.meta.url), 'utf8')

  it.each(['instance-kill', 'dns-record-removal'])(
    '%s compiles without a warning and is named as its folder',
    (name) => {
      const result = compileScenario(read(name))
      expect(formatProblems(result.ok ? result.warnings : result.problems, name)).toBe('')
      expect(result.ok && result.compiled.name).toBe(name)
    },
  )

  it.each(['instance-kill', 'dns-record-removal'])(
    '%s opens with what its reader must know first',
    (name) => {
      const opening = read(name).split('apiVersion:')[0] ?? ''
      for (const word of ['Hypothesis', 'Blast radius', 'How to stop', 'Permissions'])
        expect(opening).toContain(word)
    },
  )
})
