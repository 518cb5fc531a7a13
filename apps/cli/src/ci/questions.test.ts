import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, testCli } from '../../test/test-cli.ts'
import { runGit } from '../main/git.ts'
import { compareWith, readBaseline, writeBaseline } from './baseline.ts'
import type { CiScenario } from './ci-result.ts'
import { changedOnly, changedSince, selectScenarios } from './select-scenarios.ts'
import { checksOf, parseThreshold } from './thresholds.ts'

const LIBRARY = fileURLToPath(new URL('../../../../scenarios', import.meta.url))
const PLACE = 'world warm-standby'
const SECOND = 1_000_000

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-ci-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('firedrill ci, before anything is started', () => {
  it.each([
    ['no scenario', []],
    ['a limit that is none', ['x', '--objective', 'rto=soon']],
    ['a limit that no scenario has an objective for', [`${LIBRARY}/instance-kill`, '--objective', 'rpo=1m']],
    ['a percentage that is none', ['x', '--baseline', 'b.json', '--max-regression', 'much']],
    ['a regression without a baseline', ['x', '--max-regression', '10%']],
    ['a baseline that is not there', ['x', '--baseline', 'none.json']],
    ['an API without an environment', ['x', '--url', 'http://127.0.0.1:1']],
    ['a world and an environment', ['x', '--world', 'no-failover', '-e', 'sandbox']],
    ['a file that is not there', ['./none.yaml']],
    ['a scenario twice', [`${LIBRARY}/instance-kill`, 'instance-kill']],
    ['an environment for a scenario', [`${LIBRARY}/environments/sandbox.yaml`]],
    ['no repeats', ['x', '--repeat', '0']],
    ['a revision that git does not know', [LIBRARY, '--changed-since', 'no-such-revision']],
  ])('exits 2 for %s', async (_, args) => {
    const started: string[] = []
    const { exitCode, out, err } = await call(['ci', ...args], {
      cwd: dir,
      git: (args) => runGit(args, dir),
      startRehearsal: ({ world }) => {
        started.push(world)
        return { ready: Promise.reject(new Error('not wanted')), stop: async () => undefined }
      },
    })
    expect([exitCode, out, started]).toEqual([2, '', []])
    expect(err).not.toBe('')
  })

  it('exits 1 when the world does not start, and writes no verdict', async () => {
    const { exitCode, out, err } = await call(['ci', 'instance-kill'])
    expect([exitCode, out]).toEqual([1, ''])
    expect(err).toContain('no world')
  })
})

describe('--changed-since', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  const scenario = (name: string, text: string) => {
    mkdirSync(join(dir, 'scenarios', name), { recursive: true })
    writeFileSync(join(dir, 'scenarios', name, 'scenario.yaml'), text)
  }
  const parent = readFileSync(join(LIBRARY, 'instance-kill/scenario.yaml'), 'utf8')
  const child = (name: string, of: string) =>
    `apiVersion: firedrill.dev/v1\nkind: Scenario\nmetadata: { name: ${name} }\nspec: { extends: ${of} }\n`
  const changed = async (ref = 'main') => {
    const cli = testCli({ cwd: dir, git: (args) => runGit(args, dir) })
    const all = selectScenarios(cli, ['scenarios'])
    return changedOnly(cli, all, await changedSince(cli, ref)).map(({ name }) => name)
  }

  it('picks what differs from where the branch began, committed or not, and whatever extends it', async () => {
    git('init', '-q', '-b', 'main')
    scenario('instance-kill', parent)
    scenario('child', child('child', 'instance-kill'))
    scenario('grandchild', child('grandchild', 'child'))
    scenario('alone', parent.replace('name: instance-kill', 'name: alone'))
    git('add', '.')
    git('commit', '-qm', 'one')
    git('checkout', '-qb', 'branch')
    expect(await changed()).toEqual([])
    scenario('new', child('new', 'alone'))
    expect(await changed()).toEqual(['new'])
    scenario('child', `${child('child', 'instance-kill')}# changed\n`)
    git('commit', '-qam', 'two')
    expect(await changed()).toEqual(['child', 'grandchild', 'new'])
    // What others changed on main since is not this branch's doing.
    git('stash', '-qu')
    git('checkout', '-q', 'main')
    scenario('alone', `${parent.replace('name: instance-kill', 'name: alone')}# changed\n`)
    git('commit', '-qam', 'three')
    git('checkout', '-q', 'branch')
    expect(await changed()).toEqual(['child', 'grandchild'])
  })

  it('with nothing changed starts nothing, exits 0, and still writes what pipelines read', async () => {
    git('init', '-q', '-b', 'main')
    scenario('instance-kill', parent)
    git('add', '.')
    git('commit', '-qm', 'one')
    const { exitCode, err } = await call(
      ['ci', 'scenarios', '--changed-since', 'main', '--junit', 'junit.xml', '--jsonl', 'lines.jsonl'],
      { cwd: dir, git: (args) => runGit(args, dir) },
    )
    expect([exitCode, err]).toEqual([0, '0 of 1 scenarios changed since main; nothing to run\n'])
    expect(readFileSync(join(dir, 'junit.xml'), 'utf8')).toContain('tests="0"')
    expect(readFileSync(join(dir, 'lines.jsonl'), 'utf8')).toMatch(/"type":"finished","exitCode":0/)
  })
})

describe('limits of the command line', () => {
  const result = {
    objective: 'recovery',
    kind: 'recovery-time',
    maxMicros: 300 * SECOND,
    method: '',
    reason: 'as measured',
    observed: { lo: 50 * SECOND, hi: 70 * SECOND },
  }
  const verdicts = (limit: string, verdict: 'held' | 'inconclusive', more = {}) =>
    checksOf([{ ...result, verdict, ...more }], [parseThreshold(limit)]).map((check) => check.verdict)

  it('are judged by the interval, for a kind or a name, beside what the scenario asks', () => {
    expect(verdicts('rto=80s', 'held')).toEqual(['held', 'held'])
    expect(verdicts('recovery=40s', 'held')).toEqual(['held', 'deviated'])
    expect(verdicts('rto=1m', 'held')).toEqual(['held', 'inconclusive'])
    expect(verdicts('rpo=1s', 'held')).toEqual(['held'])
  })

  it('never call a run held that is void, whatever its figures', () => {
    expect(verdicts('rto=80s', 'inconclusive')).toEqual(['inconclusive', 'inconclusive'])
    expect(verdicts('rto=80s', 'inconclusive', { wouldDecide: 'a shorter period' })).toEqual([
      'inconclusive',
      'held',
    ])
  })
})

describe('a baseline', () => {
  const cli = () => testCli({ cwd: dir })
  const figures = (name: string, lows: readonly number[], exitCode = 0, isSeeded = false): CiScenario => ({
    scenario: name,
    file: null,
    comparisons: [],
    runs: lows.map((lo, i) => ({
      repeat: i + 1,
      seed: isSeeded ? i + 1 : null,
      run: 'run_x',
      number: 1,
      exitCode,
      verdict: 'held',
      reason: '',
      isPutBack: true,
      tookSeconds: 1,
      checks: [
        {
          check: 'recovery',
          objective: 'recovery',
          from: 'scenario',
          maxMicros: 300 * SECOND,
          observed: { lo: lo * SECOND, hi: (lo + 2) * SECOND },
          verdict: 'held',
          reason: '',
        },
      ],
    })),
  })
  const five = [60, 61, 62, 63, 64]

  it('keeps the figures of scenarios that were not run, and compares each with its own', () => {
    writeBaseline(cli(), 'b.json', PLACE, [figures('one', five), figures('two', [10])])
    const first = readFileSync(join(dir, 'b.json'), 'utf8')
    writeBaseline(cli(), 'b.json', PLACE, [figures('two', [10])])
    expect(readFileSync(join(dir, 'b.json'), 'utf8')).toBe(first)
    const baseline = readBaseline(cli(), 'b.json', PLACE, false)
    const outcome = (scenario: CiScenario) =>
      compareWith(baseline, scenario, 10).map(({ outcome }) => outcome)
    expect(outcome(figures('one', five))).toEqual(['kept'])
    expect(outcome(figures('one', [75, 76, 77, 78, 79]))).toEqual(['regressed'])
    expect(outcome(figures('one', [60, 61, 62, 77, 78]))).toEqual(['kept'])
    // Slower by an eighth, but 18 of 25 pairs come about by chance in one case of six.
    expect(outcome(figures('one', [63, 64, 70, 77, 78]))).toEqual(['undecided'])
    expect(outcome(figures('three', five))).toEqual(['new'])
    // A run that was stopped or refused gives no figure.
    expect(outcome(figures('one', five, 4))).toEqual(['missing'])
  })

  it('of a simulated world is compared in pairs of equal seed, of anything else as two sets', () => {
    const spread = [50, 55, 60, 65, 70]
    const slower = spread.map((lo) => lo * 1.2)
    for (const place of [PLACE, 'environment sandbox']) {
      writeBaseline(cli(), `${place}.json`, place, [figures('one', spread, 0, true)])
      const baseline = readBaseline(cli(), `${place}.json`, place, false)
      const of = (lows: readonly number[], isSeeded = true) =>
        compareWith(baseline, figures('one', lows, 0, isSeeded), 10)[0]
      const isWorld = place === PLACE
      expect(of(slower)).toMatchObject({
        outcome: isWorld ? 'regressed' : 'undecided',
        pairs: isWorld ? 5 : null,
      })
      // One that has no mate makes all of them a set.
      expect(of([...slower.slice(1), 84], false)).toMatchObject({ pairs: null })
    }
  })

  it('of another place is refused, and so is a file that is none', () => {
    writeBaseline(cli(), 'b.json', PLACE, [figures('one', five)])
    expect(() => readBaseline(cli(), 'b.json', 'environment sandbox', false)).toThrow('cannot be compared')
    writeFileSync(join(dir, 'b.json'), '{}')
    expect(() => readBaseline(cli(), 'b.json', PLACE, false)).toThrow('no baseline')
    expect(existsSync(join(dir, 'c.json'))).toBe(false)
    expect(readBaseline(cli(), 'c.json', PLACE, true)).toBeUndefined()
  })
})
