import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testCli } from '../../test/test-cli.ts'
import type { Check, CiResult, CiRun, CiScenario } from './ci-result.ts'
import { worstExit } from './ci-result.ts'
import { annotations, stepSummary } from './github.ts'
import { junit } from './junit.ts'

const XSD = fileURLToPath(new URL('../../test/junit.xsd', import.meta.url))

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-ci-outputs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const check = (objective: string, verdict: Check['verdict'], reason = 'because'): Check => ({
  check: objective,
  objective,
  from: 'scenario',
  maxMicros: 300_000_000,
  observed: { lo: 50_000_000, hi: 54_000_000 },
  verdict,
  reason,
})
const run = (repeat: number, checks: Check[], exitCode = 0, reason = 'all held'): CiRun => ({
  repeat,
  seed: repeat,
  run: `run_${repeat}`,
  number: repeat,
  exitCode,
  verdict: 'held',
  reason,
  isPutBack: exitCode !== 5,
  tookSeconds: 1.5,
  checks,
})
const resultOf = (scenarios: CiScenario[], repeat = 1, exitCode = 99): CiResult => ({
  format: 'firedrill-ci/1',
  place: 'world warm-standby',
  seed: 1,
  repeat,
  exitCode,
  reason: 'said',
  scenarios,
})

/** Everything a result may hold, with text that is hostile to every format. */
const HOSTILE = 'a <b> & "c" ]]> \u0000\u001b[31m | `x` \ud800 50 %\nnext, line: two'
const everything = resultOf(
  [
    {
      scenario: 'first',
      file: null,
      runs: [
        run(1, [check('recovery', 'held'), check('detection', 'deviated', HOSTILE)]),
        run(2, [check('recovery', 'inconclusive'), check('detection', 'not-run')], 6),
      ],
      comparisons: [
        {
          objective: 'recovery',
          outcome: 'regressed',
          changePercent: 20,
          chance: 0.01,
          pairs: 5,
          reason: HOSTILE,
        },
        {
          objective: 'detection',
          outcome: 'new',
          changePercent: null,
          chance: null,
          pairs: null,
          reason: 'new',
        },
      ],
    },
    { scenario: 'second', file: null, runs: [run(1, [], 5, 'web-1 is stopped')], comparisons: [] },
    { scenario: 'third', file: null, runs: [run(1, [], 3, 'halted')], comparisons: [] },
  ],
  2,
)

describe('JUnit XML', () => {
  it('is well formed, valid by the common schema, and has no name twice', () => {
    for (const document of [junit(everything, false), junit(resultOf([], 1, 0), false)]) {
      expect(isValid(document)).toBe(true)
      const names = casesOf(document).map((one) => `${one.classname}.${one.name}`)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('control: a name that is there twice, or an outcome that is none, is not valid', () => {
    const document = junit(everything, false)
    expect(isValid(document.replace('(repeat 2 of 2)', '(repeat 1 of 2)'))).toBe(false)
    expect(isValid(document.replaceAll('failure', 'failed'))).toBe(false)
  })

  it('fails what was missed, broken, slower or undecided; --inconclusive pass lets the undecided go', () => {
    const of = (document: string, as: 'failure' | 'error' | 'skipped') =>
      casesOf(document)
        .filter((one) => one[as] !== undefined)
        .map(({ classname, name }) => `${classname.replace('firedrill.', '')} ${name}`)
    expect(of(junit(everything, false), 'failure')).toEqual([
      'first detection (repeat 1 of 2)',
      'first recovery (repeat 2 of 2)',
      'first recovery beside the baseline',
      'second everything is put back (repeat 1 of 2)',
    ])
    expect(of(junit(everything, false), 'error')).toEqual([
      'first detection (repeat 2 of 2)',
      'third everything is put back (repeat 1 of 2)',
    ])
    expect(of(junit(everything, true), 'skipped')).toEqual([
      'first recovery (repeat 2 of 2)',
      'first detection beside the baseline',
    ])
  })
})

describe('for GitHub', () => {
  it('the summary says the answer first, and text of a run never becomes markup', () => {
    const summary = stepSummary(everything)
    expect(summary).toMatch(/^## ❌ Failover drills: said\n/)
    expect(summary).toContain(String.raw`a \<b\> & "c" \]\]\> `)
    expect(summary.split('\n').filter((line) => line.startsWith('next'))).toEqual([])
    expect(stepSummary(resultOf([], 1, 0))).toMatch(/^## ✅ /)
  })

  it('the summary stays within what a step may write, says that it is cut, and keeps the worst', () => {
    const long = Array.from({ length: 60 }, (_, i): CiScenario => {
      const checks = Array.from({ length: 300 }, (_, j) => check(`objective-${j}-${'x'.repeat(40)}`, 'held'))
      return { scenario: `held-${i}`, file: null, runs: [run(1, checks)], comparisons: [] }
    })
    const bad: CiScenario = {
      scenario: 'the-bad-one',
      file: null,
      runs: [run(1, [check('recovery', 'deviated')], 99)],
      comparisons: [],
    }
    const summary = stepSummary(resultOf([...long, bad]))
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024)
    expect(Buffer.byteLength(summary)).toBeGreaterThan(500 * 1024)
    expect(summary).toContain('the-bad-one')
    expect(summary).toContain('More than a summary may hold')
  })

  it('annotations name file and line, are escaped, and are at most ten of a kind with a word about the rest', () => {
    writeFileSync(
      join(dir, 's.yaml'),
      'spec:\n  probes:\n    - name: recovery\n  objectives:\n    - { name: recovery-all }\n    - name: recovery\n',
    )
    const cli = testCli({ cwd: dir, env: { GITHUB_WORKSPACE: dir } })
    const missed = run(1, [check('recovery', 'deviated', 'slow: 50 %\nvery')], 99)
    const scenario: CiScenario = { scenario: 'first', file: 's.yaml', runs: [missed], comparisons: [] }
    expect(annotations(cli, resultOf([scenario]))).toEqual([
      '::error file=s.yaml,line=6,title=first%3A recovery deviated::slow: 50 %25%0Avery',
    ])
    const many: CiScenario = {
      ...scenario,
      runs: Array.from({ length: 14 }, (_, i) => run(i + 1, missed.checks, 99)),
    }
    const shown = annotations(cli, resultOf([many]))
    expect(shown).toHaveLength(10)
    expect(shown.at(-1)).toContain('5 more')
  })
})

describe('one exit code of many', () => {
  it('puts what may be broken before everything else', () => {
    expect(worstExit([0, 99, 6, 1, 3, 4, 5])).toBe(5)
    expect(worstExit([0, 99, 6, 1, 3, 4])).toBe(4)
    expect(worstExit([99, 6, 1, 3])).toBe(3)
    expect(worstExit([99, 6, 1])).toBe(1)
    expect(worstExit([6, 99])).toBe(99)
    expect(worstExit([0, 6])).toBe(6)
    expect(worstExit([])).toBe(0)
  })
})

type Case = Readonly<
  { classname: string; name: string } & Partial<Record<'failure' | 'error' | 'skipped', unknown>>
>

function casesOf(document: string): readonly Case[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => name.startsWith('test'),
  })
  const parsed = parser.parse(document) as {
    testsuites: readonly { testsuite?: readonly { testcase?: readonly Case[] }[] }[]
  }
  return parsed.testsuites.flatMap(({ testsuite = [] }) => testsuite.flatMap(({ testcase = [] }) => testcase))
}

/** By the schema where xmllint is installed; elsewhere by the rules of it that can be broken here. */
function isValid(document: string): boolean {
  const isWellFormed = XMLValidator.validate(document) === true
  const cases = casesOf(document)
  const keys = new Set(['classname', 'name', 'time', 'failure', 'error', 'skipped'])
  const areNamedOnce =
    new Set(cases.map(({ classname, name }) => `${classname}.${name}`)).size === cases.length
  const areKnown = cases.every((one) => Object.keys(one).every((key) => keys.has(key)))
  const bySchema = xmllint(document)
  const byRules = isWellFormed && areNamedOnce && areKnown
  if (bySchema !== undefined && bySchema !== byRules)
    throw new Error('the schema and its rules here disagree')
  return byRules
}

function xmllint(document: string): boolean | undefined {
  try {
    execFileSync('xmllint', ['--noout', '--schema', XSD, '-'], {
      input: document,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : false
  }
}
