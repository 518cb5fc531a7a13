import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '../problem/problems.ts'
import { compileScenario } from './compile-scenario.ts'

const GOOD = readFileSync(
  new URL('../../../../scenarios/instance-kill/scenario.yaml', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')

/** The good file with replacements; each must match, or the case would test nothing. */
function bad(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the good file does not contain ${from}`)
    return text.replace(from, to)
  }, GOOD)
}

function told(text: string): readonly string[] {
  const result = compileScenario(text)
  return result.ok ? [] : formatProblems(result.problems, 'x').split('\n')
}

const STEP = `    - inject: ec2-stop-instances
      name: stop-web`

describe('a bad file', () => {
  it('is a good file before it is made bad', () => {
    expect(told(GOOD)).toEqual([])
  })

  it('gets all its problems at once: typos in keys and words, each with what was meant', () => {
    expect(
      told(
        bad(
          ['hypothesis:', 'hypotesis:'],
          ['response: automatic', 'response: automatik'],
          ['kind: http', 'kind: htp'],
          ['targets:', 'taregts:'],
        ),
      ),
    ).toEqual([
      'x:11:3: unknown field "hypotesis" (spec.hypotesis)',
      '    Did you mean hypothesis?',
      'x:14:13: expected one of automatic, runbook, evacuation, restore, found "automatik" (spec.response)',
      '    Did you mean automatic?',
      'x:25:13: expected one of http, tls, tcp, dns, ping, found "htp" (spec.probes[0].kind)',
      '    Did you mean http?',
      'x:41:7: unknown field "taregts" (spec.steps[0].taregts)',
      '    Did you mean targets?',
    ])
  })

  it('hears about a wrong type beside a name that nothing has', () => {
    expect(
      told(
        bad(['period: 1s', 'period: 1'], ['max: 6', 'max: six'], ['[checkout, checkout-name]', '[chekout]']),
      ),
    ).toEqual([
      'x:27:15: a duration needs a unit; write 1s or 1m (spec.probes[0].period)',
      'x:36:37: there is no probe named chekout (spec.steadyState.probes[0])',
      '    Did you mean checkout?',
      'x:45:14: expected a number, found "six" (spec.steps[0].targets.max)',
    ])
  })

  it.each<[string, string, readonly string[]]>([
    [
      'a key given twice',
      bad(['  response: automatic', '  response: automatic\n  response: restore']),
      [
        'x:15:3: "response" is given twice; the first is on line 14 (spec.response)',
        '    Keep one of the two.',
      ],
    ],
    [
      'a server that is none, and exact answers that are not named',
      bad(['    kind: dns\n', '    kind: dns\n      match: exact\n      servers: ["127.0.0.1:0"]\n']),
      [
        'x:31:14: exact answers have to be named (spec.probes[1].match)',
        '    For example: answers: [198.51.100.10]',
        'x:32:17: not a server as host or host:port (spec.probes[1].servers[0])',
        '    For example: servers: [127.0.0.1:5353]',
      ],
    ],
    [
      'a name given twice',
      bad(['name: recovery-all-customers', 'name: recovery']),
      ['x:58:13: another objective is already named recovery, on line 50 (spec.objectives[1].name)'],
    ],
    [
      'no cap',
      bad(['        max: 6\n', '']),
      [
        'x:42:9: max is missing: a selector must say how many targets are too many (spec.steps[0].targets)',
        '    For example: max: 6',
      ],
    ],
    [
      'more chosen than the cap',
      bad(['choose: all', 'choose: { count: 7 }']),
      ['x:44:26: count 7 is more than max 6 (spec.steps[0].targets.choose.count)'],
    ],
    [
      'a cap above the blast radius',
      bad(['max: 6', 'max: 9']),
      [
        'x:45:14: up to 9 targets, but blastRadius.targetsMax is 6 (spec.steps[0].targets.max)',
        '    Lower this to 6, or raise blastRadius.targetsMax.',
      ],
    ],
    [
      'a selector that aims at everything',
      bad(['        tags: { service: checkout }\n', '']),
      [
        'x:42:9: this selector would match everything in the Region (spec.steps[0].targets)',
        '    Name the tags a target must carry, for example: tags: {service: checkout}',
      ],
    ],
    [
      'a step that waits for itself through another',
      bad(
        [STEP, `${STEP}\n      after: [pause]`],
        ['\n  objectives:', '    - { wait: 5s, name: pause }\n\n  objectives:'],
      ),
      ['x:41:14: steps wait for each other in a circle: stop-web → pause → stop-web (spec.steps[0].after)'],
    ],
    [
      'a step after one that is not there',
      bad([STEP, `${STEP}\n      after: [stop-wep]`]),
      ['x:41:15: there is no step named stop-wep (spec.steps[0].after[0])'],
    ],
    [
      'a runbook where none is followed',
      bad(['response: automatic', 'response: automatic\n  runbook: evacuate']),
      ['x:15:12: a runbook goes with response: runbook, not with automatic (spec.runbook)'],
    ],
    [
      'two sources of one figure',
      bad([
        '      probe: checkout\n      sustained',
        '      probe: checkout\n      metric: { region: a, namespace: b, name: c, period: 7s, goodAtLeast: 1 }\n      sustained',
      ]),
      [
        'x:50:7: a recovery time has one source, not probe and metric (spec.objectives[0])',
        '    Make them objectives of their own.',
        'x:54:59: CloudWatch has periods of 1s, 5s, 10s, 20s, 30s and whole minutes (spec.objectives[0].metric.period)',
      ],
    ],
    [
      'another kind of file',
      bad(['kind: Scenario', 'kind: Environment']),
      ['x:2:7: this is an Environment, expected a Scenario (kind)'],
    ],
    [
      'another version',
      bad(['firedrill.dev/v1', 'firedrill.dev/v9']),
      [
        'x:1:13: this version reads apiVersion firedrill.dev/v1, the file says "firedrill.dev/v9" (apiVersion)',
      ],
    ],
    ['nothing at all', '', ['x:1:1: the file is empty']],
    [
      'a bad address',
      bad(['http://checkout', 'checkout']),
      [
        'x:26:12: not an http or https URL (spec.probes[0].url)',
        '    For example: url: http://checkout.larkspur.example/health',
      ],
    ],
  ])('that has %s says so', (_, text, expected) => {
    expect(told(text)).toEqual(expected)
  })

  it.each<[string, string, string]>([
    ['a tab', bad(['  response:', '\tresponse:']), 'x:14:1: tabs cannot indent YAML; use spaces'],
    [
      'a bracket left open',
      bad(['{ service: checkout }\n        choose', '{ service: checkout\n        choose']),
      'x:44:9: not valid YAML: the indentation does not fit what is above it: ',
    ],
    ['two documents', `${GOOD}\n---\na: 1\n`, 'x:80:1: one document a file; split it at ---'],
    [
      'a foreign tag',
      bad(['default: 5m', 'default: !!js/function x']),
      'x:17:43: not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function',
    ],
  ])('that is no YAML because of %s says where it begins to be none', (_, text, expected) => {
    const lines = told(text)
    expect(lines[0]?.slice(0, expected.length)).toBe(expected)
    expect(lines.length).toBeLessThanOrEqual(5)
  })
})

describe('a hostile file', () => {
  const many = (piece: string, bytes = 999_000) => piece.repeat(Math.floor(bytes / piece.length))
  const BOMB = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...Array.from(
      'bcdefgh',
      (key, i) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefg'[i]}`).join(', ')}]`,
    ),
  ].join('\n')

  it.each([
    ['an alias bomb', BOMB],
    ['an alias that contains itself', 'a: &a [*a]'],
    ['deep lists', many('[')],
    ['deep maps', many('{')],
    ['deep sequences', many('- ')],
    ['many commas', `[${many(',')}`],
    ['many keys', Array.from({ length: 80_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['a long quoted text of bad escapes', `a: "${many('\\x ')}"`],
    ['many anchors', many('&a ')],
    ['more than a megabyte', many('a: b\n', 1_100_000)],
    [
      'many references',
      `spec:\n${Array.from({ length: 7000 }, (_, i) => `  k${i}: \${nothing}`).join('\n')}`,
    ],
    ['a key that is a prototype', '__proto__: { kind: Scenario }\nconstructor: 1'],
  ])('with %s is refused within a second of work, with a place', (_, text) => {
    const before = process.cpuUsage()
    const result = compileScenario(text)
    const { user, system } = process.cpuUsage(before)
    expect(user + system).toBeLessThan(1_000_000)
    expect(result.ok).toBe(false)
    if (result.ok) return
    expect(result.problems.length).toBeGreaterThan(0)
    expect(result.problems.length).toBeLessThanOrEqual(101)
    for (const { line, column } of result.problems) expect(line >= 1 && column >= 1).toBe(true)
  })
})
