import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { SHAPES } from '../src/output/shapes.ts'
import { startRehearsalProcess } from '../src/main/rehearsal-process.ts'
import { call } from './test-cli.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const ACTION = join(ROOT, 'infra/ci')
/** Whole drills on a machine that may be busy. */
const DRILL_MS = 120_000
const SCENARIO = join(ROOT, 'scenarios/dns-record-removal/scenario.yaml')

type Step = Readonly<{ id: string; env?: Readonly<Record<string, string>>; run: string }>
type Action = Readonly<{
  inputs: Readonly<Record<string, Readonly<{ required?: boolean; default?: string }>>>
  outputs: Readonly<Record<string, Readonly<{ value: string }>>>
  runs: Readonly<{ steps: readonly Step[] }>
}>
const action = parse(readFileSync(join(ACTION, 'action.yml'), 'utf8')) as Action

let dir: string
let rehearsal: ReturnType<typeof startRehearsalProcess>
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-ci-test-'))
  rehearsal = startRehearsalProcess(ROOT, { world: 'warm-standby', seed: 5 }, dir)
})
afterAll(async () => {
  await rehearsal.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** What a job step leaves, as the runner of GitHub would read it. */
type Job = Readonly<{
  exitCode: number
  out: string
  err: string
  summary: string
  outputs: Readonly<Record<string, string>>
}>

/** Carries the action's steps out in order, with every expression replaced the way the runner does. */
async function job(inputs: Readonly<Record<string, string>>, workspace: string): Promise<Job> {
  const temp = mkdtempSync(join(dir, 'runner-'))
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [name, inputs[name] ?? input.default ?? '']),
  )
  const steps: Record<string, Record<string, string>> = {}
  const filled = (text: string) =>
    text.replaceAll(
      /\$\{\{ (?:inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)) \}\}/g,
      (_, input, step, output) =>
        input === undefined ? (steps[step]?.[output] ?? '') : (given[input] ?? ''),
    )
  const summary = join(temp, 'summary.md')
  let last = { exitCode: 0, out: '', err: '' }
  for (const step of action.runs.steps) {
    const output = join(temp, `output-${step.id}`)
    writeFileSync(output, '')
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)])
    last = await bash(step.run, workspace, {
      PATH: `${nodeDirectory()}:/usr/local/bin:/usr/bin:/bin`,
      HOME: temp,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: workspace,
      GITHUB_ACTION_PATH: ACTION,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: temp,
      ...Object.fromEntries(own),
    })
    const lines = readFileSync(output, 'utf8').split('\n')
    steps[step.id] = Object.fromEntries(lines.filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)))
    if (last.exitCode !== 0) break
  }
  return {
    ...last,
    summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '',
    outputs: Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)]),
    ),
  }
}

/** The oldest Node that is promised, where the machine has it; else the one that runs this. */
function nodeDirectory(): string {
  try {
    const version = execFileSync('/usr/bin/node', ['--version'], { encoding: 'utf8' })
    if (version.startsWith('v20.')) return '/usr/bin'
  } catch {
    // Another machine has its Node elsewhere.
  }
  return dirname(process.execPath)
}

function bash(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise<{ exitCode: number; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ exitCode: code ?? 1, out, err }))
  })
}

/** A repository of somebody who has the packed command line and nothing else of ours. */
function workspaceWith(text: string): string {
  const workspace = mkdtempSync(join(dir, 'workspace-'))
  mkdirSync(join(workspace, 'drills'))
  writeFileSync(join(workspace, 'drills/removal.yaml'), text)
  return workspace
}

describe('the action', () => {
  it('declares every input it uses, uses every input it declares, and lets none into a command', () => {
    const used = action.runs.steps.flatMap(({ env = {} }) =>
      Object.values(env).flatMap((value) => [...value.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name)),
    )
    expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs)))
    expect(action.runs.steps.filter(({ run }) => run.includes('${{'))).toEqual([])
  })

  it(
    'installs the packed command line into an empty folder, drills against an API with it, and says what was missed',
    { timeout: DRILL_MS },
    async () => {
      const packing = execFileSync(
        process.execPath,
        [join(ROOT, 'apps/cli/tools/pack.mjs'), join(dir, 'packed')],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      ).trim()
      const { url, token } = await rehearsal.ready
      const workspace = workspaceWith(readFileSync(SCENARIO, 'utf8'))
      const drill = {
        package: packing,
        scenarios: 'drills\n',
        environment: 'sandbox',
        url,
        token,
        objectives: 'rto=1s\ndetection=10m\n',
        'write-baseline': 'baseline.json',
      }
      const { exitCode, out, err, summary, outputs } = await job(drill, workspace)
      expect([exitCode, outputs], err).toEqual([99, { 'exit-code': '99', junit: 'firedrill-junit.xml' }])
      expect(out).toMatch(/^FAIL {2}2 of 6 limits missed/m)
      expect(summary).toMatch(/^## ❌ Failover drills: 2 of 6 limits missed/)
      expect(err).toMatch(
        /^::error file=drills\/removal\.yaml,line=\d+,title=dns-record-removal%3A recovery /m,
      )
      expect(readFileSync(join(workspace, 'firedrill-junit.xml'), 'utf8')).toContain('failures="2"')
      expect(existsSync(join(workspace, 'baseline.json'))).toBe(true)

      // The same command line without an API.
      const alone = (script: string) =>
        bash(script, workspace, { PATH: `${nodeDirectory()}:/usr/bin:/bin`, HOME: workspace })
      const installed = await alone(
        `mkdir empty && cd empty && npm install --offline --no-audit --no-fund "${packing}" >/dev/null 2>&1 && npx firedrill --version && npx firedrill validate ../drills && npx firedrill ci ../drills`,
      )
      expect(installed.out).toMatch(/^\d+\.\d+\.\d+\n$/)
      expect(installed.err).toContain('1 checked, all valid')
      expect([installed.exitCode, installed.err]).toEqual([1, expect.stringContaining('needs a checkout')])
    },
  )
})

describe('firedrill ci in a world of its own', () => {
  it(
    'drills, compares with a baseline, and prints its result in its declared shape',
    { timeout: DRILL_MS },
    async () => {
      const baseline = join(dir, 'fast.json')
      const interval = { lo: 1_000_000, hi: 2_000_000 }
      writeFileSync(
        baseline,
        JSON.stringify({
          format: 'firedrill-baseline/1',
          place: 'world warm-standby',
          scenarios: { 'dns-record-removal': { recovery: [interval] } },
        }),
      )
      const args = ['ci', SCENARIO, '--baseline', baseline, '--jsonl', join(dir, 'lines.jsonl'), '-o', 'json']
      const { exitCode, out, err } = await call(args, {
        startRehearsal: () => ({ ready: rehearsal.ready, stop: async () => undefined }),
      })
      expect(exitCode, err).toBe(99)
      const result = SHAPES.ci.parse(JSON.parse(out))
      const [scenario] = result.scenarios
      expect(scenario?.runs).toMatchObject([{ exitCode: 0, verdict: 'held', isPutBack: true }])
      expect(scenario?.comparisons.map(({ objective, outcome }) => [objective, outcome])).toContainEqual([
        'recovery',
        'regressed',
      ])
      const lines = readFileSync(join(dir, 'lines.jsonl'), 'utf8').trim().split('\n')
      const types = lines.map((line) => SHAPES['ci-line'].parse(JSON.parse(line)).type)
      expect(types).toEqual(['started', 'run-finished', 'compared', 'compared', 'compared', 'finished'])
    },
  )

  it('leaves nothing running', async () => {
    const { url } = await rehearsal.ready
    await rehearsal.stop()
    await expect(fetch(`${url}/v1/health`)).rejects.toThrow('fetch failed')
  })
})
