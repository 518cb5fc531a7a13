import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { CallClock } from '@firedrill/core'
import { systemClock } from '@firedrill/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHAPES, type Shape, type ShapeName } from '../src/output/shapes.ts'
import { openLink } from './cuttable-link.ts'
import { startSandbox, type Sandbox } from './start-sandbox.ts'
import { call } from './test-cli.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/**
 * A drill of a few seconds: checkout's records vanish for half a minute of world time. Its steady state outlasts the
 * negative caches that an earlier drill left behind.
 */
const QUICK = `apiVersion: firedrill.dev/v1
kind: Scenario
metadata: { name: quick-removal, title: The records of checkout vanish for half a minute }
spec:
  description: A short outage.
  hypothesis: Served again within six minutes.
  response: restore
  parameters: { gone: { type: duration, default: 30s, description: How long they are gone. } }
  blastRadius: { targetsMax: 2, percentMax: 100 }
  probes:
    - { name: checkout, kind: http, url: 'http://checkout.larkspur.example/health', period: 1s, timeout: 2s }
  steadyState: { for: 80s, probes: [checkout], successRatio: 0.05 }
  steps:
    - inject: route53-remove-record
      name: remove-checkout
      targets: { zone: public, record: checkout.larkspur.example, types: [A], choose: all, max: 2 }
      duration: \${gone}
  objectives:
    - { name: recovery, kind: recovery-time, max: 6m, probe: checkout, sustained: { good: 5, hold: 10s } }
  timing: { recoverWithin: 5m, settle: 30s }
`

let sandbox: Sandbox
let stop: (() => Promise<void>) | undefined
let environment: string
let quick: string
beforeAll(async () => {
  sandbox = await startSandbox()
  stop = sandbox.stop
  environment = sandbox.environment()
  quick = sandbox.file('quick.yaml', QUICK)
})
afterAll(() => stop?.())

/** Calls a command and reads its JSON in the declared shape, strictly: what is not declared may not be printed. */
async function ask<N extends ShapeName>(shape: N, ...args: readonly string[]) {
  const { exitCode, out, err } = await here(...args, '-o', 'json')
  if (out === '') throw new Error(`exit code ${exitCode}: ${err}`)
  const answer = SHAPES[shape].parse(JSON.parse(out)) as Shape<N>
  expect(JSON.parse(out)).toEqual(answer)
  return { exitCode, answer, err }
}

function here(...args: readonly string[]) {
  return call(args, {
    env: { FIREDRILL_URL: sandbox.url },
    stateDirs: [sandbox.stateDir],
    cwd: sandbox.dir,
  })
}

/** `firedrill` as a process, which can be interrupted. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { PATH: process.env['PATH'], FIREDRILL_URL: sandbox.url, FIREDRILL_STATE: sandbox.stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const waiting = new Map<string, () => void>()
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    for (const [word, go] of waiting) if (said.includes(word)) go()
  })
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve))
  const saying = (word: string) =>
    said.includes(word) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(word, resolve))
  return {
    out: text(child.stdout),
    exitCode,
    hears: async (word: string) => {
      await Promise.race([saying(word), exitCode])
      if (!said.includes(word)) throw new Error(`it ended without saying "${word}": ${said}`)
    },
    interrupt: (signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') => child.kill(signal),
  }
}

describe('firedrill against a whole sandbox', { timeout: 90_000 }, () => {
  it('starts with empty lists, which are [] and never prose', async () => {
    expect(await here('runs', '-o', 'json')).toMatchObject({ exitCode: 0, out: '[]\n' })
    expect(await here('runs')).toMatchObject({ exitCode: 0, out: '', err: 'There are no runs yet.\n' })
  })

  it('refuses a call without a token', async () => {
    const { exitCode, err } = await call(['runs'], { env: { FIREDRILL_URL: sandbox.url } })
    expect([exitCode, err]).toEqual([1, expect.stringContaining('--token')])
  })

  it('apply: stores files once, and nothing when one of them is wrong', async () => {
    const first = await ask('apply', 'apply', quick, environment)
    expect(first.answer.map(({ kind, isNew }) => [kind, isNew])).toEqual([
      ['Environment', true],
      ['Scenario', true],
    ])
    expect((await ask('apply', 'apply', quick)).answer).toMatchObject([{ version: 1, isNew: false }])
    const changed = sandbox.file('changed.yaml', QUICK.replace('A short outage', 'Another'))
    const broken = sandbox.file('broken.yaml', QUICK.replace('response:', 'responce:'))
    const refused = await here('apply', changed, broken)
    expect([refused.exitCode, refused.out]).toEqual([2, ''])
    expect(refused.err).toMatch(/broken\.yaml:7:3: /)
    expect((await ask('apply', 'apply', quick)).answer).toMatchObject([{ version: 1, isNew: false }])
  })

  it('plan: shows targets, calls, permissions and undo, and exits 3 with the reasons when it would be refused', async () => {
    const { exitCode, answer } = await ask('plan', 'plan', 'quick-removal', '-e', 'sandbox', '--seed', '7')
    expect([exitCode, answer.allowed, answer.seed]).toEqual([0, true, 7])
    expect(answer.steps[0]?.targets).toHaveLength(2)
    expect(answer.steps[0]?.undoCommands[0]).toMatch(/^aws route53 change-resource-record-sets /)
    expect(answer.permissions).toContain('route53:ChangeResourceRecordSets')
    const policy = await here('plan', 'quick-removal', '-e', 'sandbox', '--policy')
    expect(JSON.parse(policy.out)).toMatchObject({ Version: '2012-10-17' })
    expect(policy.out).toContain('ForAllValues:StringEquals')
    expect(policy.out).not.toContain('ec2:')
    const valued = await ask('plan', 'plan', 'quick-removal', '-e', 'sandbox', '--set', 'gone=45s')
    expect([valued.exitCode, valued.answer.scenario.name]).toEqual([0, 'quick-removal-gone-45s'])
    const mistaken = await here('plan', quick, '-e', 'sandbox', '--set', 'gon=45s')
    expect([mistaken.exitCode, mistaken.err]).toEqual([
      2,
      expect.stringMatching(/no parameter gon; it has gone/),
    ])
    const protective = sandbox.environment((yaml) =>
      yaml.replace('protectedRecords: [', 'protectedRecords: [checkout.larkspur.example, '),
    )
    const refused = await here('plan', quick, '-e', protective)
    expect(refused.exitCode).toBe(3)
    expect(refused.out).toMatch(/WOULD BE REFUSED\n\nRefusals\n {2}protected-records: /)
    sandbox.environment()
  })

  it('run: a saved plan is run as it was reviewed, and is refused once anything drifted', async () => {
    const other = sandbox.file('other.yaml', QUICK.replace('name: quick-removal', 'name: other-removal'))
    expect((await here('plan', other, '-e', 'sandbox', '--out', 'plan.json')).exitCode).toBe(0)
    // The file was never stored; the plan brings it along.
    const started = await ask('started', 'run', 'plan.json', '--detach', '--reason', 'reviewed by two')
    expect(started.exitCode).toBe(0)
    expect((await here('abort', started.answer.id, '--reason', 'seen enough')).exitCode).toBe(4)
    await here('apply', sandbox.file('other.yaml', readFileSync(other, 'utf8').replace('30s', '40s')))
    const drifted = await here('run', 'plan.json')
    expect([drifted.exitCode, drifted.err]).toEqual([3, expect.stringContaining('plan-drifted')])
    expect((await here('run', 'plan.json', '--seed', '1')).exitCode).toBe(2)
  })

  it('halt: nothing starts while it is set', async () => {
    expect((await ask('halt', 'halt', '--reason', 'smoke in the server room')).answer.set).toBe(true)
    expect((await here('run', 'quick-removal', '-e', 'sandbox')).exitCode).toBe(3)
    expect((await ask('halt', 'halt', 'status')).answer.reason).toBe('smoke in the server room')
    expect((await ask('halt', 'halt', '--lift')).answer.set).toBe(false)
  })

  it('schedule: a drill starts by itself at its time, once, and not in a freeze that was imported', async () => {
    const stamp = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 19)
    const from = `${stamp(-3_600_000).replaceAll(/[-:]/g, '')}Z`
    const ics = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', `DTSTART:${from}`, 'DURATION:P1D', 'SUMMARY:Launch']
    sandbox.file('company.ics', [...ics, 'END:VEVENT', 'END:VCALENDAR'].join('\n'))
    expect((await ask('imported', 'calendar', 'import', 'company.ics', '-e', 'sandbox')).answer.events).toBe(
      1,
    )
    const at = `${stamp(2500)}Z`
    const { answer } = await ask('schedule', 'schedule', 'add', quick, '-e', 'sandbox', '--at', at)
    expect(answer.next[0]?.conflicts.map(({ kind }) => kind)).toEqual(['freeze'])
    const entry = async () => (await ask('calendar', 'calendar', 'show')).answer.entries[0]
    await expect
      .poll(async () => (await entry())?.run?.status, { timeout: 20_000, interval: 150 })
      .toBe('refused')
    expect(await entry()).toMatchObject({
      state: 'started',
      at: answer.schedule.nextAt,
      reason: expect.stringContaining('Launch (calendar company)') as string,
    })
    expect((await ask('calendar', 'calendar', 'show')).answer.entries).toHaveLength(1)
    expect((await here('calendar', 'remove', 'company')).exitCode).toBe(0)
    expect((await ask('schedule', 'schedule', 'remove', answer.schedule.id)).exitCode).toBe(0)
    expect(await here('schedule', 'list', '-o', 'json')).toMatchObject({ exitCode: 0, out: '[]\n' })
  })

  it('run: ends with a verdict, its exit code, and proof that everything was put back', async () => {
    const { exitCode, answer } = await ask('verdict', 'run', quick, '-e', environment)
    expect(exitCode).toBe(answer.exitCode)
    expect([0, 6, 99]).toContain(exitCode)
    expect(answer.targets.map(({ injection }) => injection)).toEqual(['restored', 'restored'])
    expect((await ask('run', 'runs', 'latest')).answer.id).toBe(answer.run)
    expect((await ask('verdict', 'watch', String(answer.number))).exitCode).toBe(exitCode)
    const report = await ask('report', 'report', 'latest', '--html', 'r.html', '--json', 'r.json')
    expect(report.answer.files.map(({ format }) => format)).toEqual(['html', 'json'])
    expect(existsSync(join(sandbox.dir, 'r.html'))).toBe(true)
    expect((await here('report', 'latest')).out).toContain('# ')
  })

  it('export: the run as a trace, with a lane for each target', async () => {
    const { exitCode, out } = await here('export', 'latest')
    const { traceEvents } = JSON.parse(out) as { traceEvents: { name: string }[] }
    const faults = traceEvents.filter(({ name }) => name === 'route53-remove-record')
    expect([exitCode, faults.length]).toEqual([0, 2])
  })

  it('verify: a report is genuine with the key of its installation, and says so when a byte was changed', async () => {
    sandbox.file('key.pem', (await here('key')).out)
    const signed = await ask('verify', 'verify', 'r.html', 'r.json', '--key', 'key.pem')
    expect([signed.exitCode, signed.answer.authenticity]).toEqual([0, 'genuine'])
    expect(signed.answer.key).toBe((await ask('key', 'key')).answer.id)
    // Nothing but the file is needed; but then nobody says whose key it is.
    expect(await call(['verify', join(sandbox.dir, 'r.html')])).toMatchObject({ exitCode: 6, err: '' })
    const text = readFileSync(join(sandbox.dir, 'r.html'), 'utf8')
    sandbox.file('r.html', text.replace('</h1>', ' </h1>'))
    const changed = await here('verify', 'r.html', '--key', 'key.pem')
    expect([changed.exitCode, changed.out]).toEqual([1, expect.stringContaining('BROKEN  page')])
    expect((await here('verify', 'none.html')).exitCode).toBe(2)
    expect((await here('verify', 'r.html', '--key', 'r.json')).exitCode).toBe(2)
  })

  it('recompute: the same figures from the API and from a saved directory, and a changed byte is named', async () => {
    const { exitCode, answer } = await ask('recompute', 'recompute', 'latest', '--save', 'kept')
    expect([exitCode, answer.differences, answer.faults]).toEqual([0, [], []])
    expect(answer.recomputed?.samples[0]?.good).toBeGreaterThan(0)
    const kept = join(sandbox.dir, 'kept')
    const lines = readFileSync(join(kept, 'samples.csv'), 'utf8').split('\n').slice(1, -1)
    const counted = answer.recomputed?.samples.reduce(
      (sum, one) => sum + one.good + one.bad + one.unusable,
      0,
    )
    expect(lines).toHaveLength(counted ?? 0)
    const offline = { cwd: sandbox.dir, env: { FIREDRILL_URL: 'http://127.0.0.1:1' } }
    expect((await call(['recompute', 'kept'], offline)).out).toContain('Equal in every member.')
    const [hash = ''] = answer.stored?.evidence ?? []
    const bytes = readFileSync(join(kept, 'evidence', hash))
    writeFileSync(join(kept, 'evidence', hash), bytes.fill((bytes[40] ?? 0) ^ 1, 40, 41))
    const changed = await call(['recompute', 'kept'], offline)
    expect([changed.exitCode, changed.out]).toEqual([1, expect.stringContaining(`CHANGED  samples ${hash}`)])
  })

  it('summary: counts repeated runs, with the figures of those that have one', async () => {
    const { exitCode, answer } = await ask('summary', 'summary', 'quick-removal', '-e', 'sandbox')
    expect([exitCode, answer.objectives[0]?.objective]).toEqual([0, 'recovery'])
    expect(answer.objectives[0]?.summary.runs).toBeGreaterThanOrEqual(1)
    expect((await here('summary', 'quick-removal', '--against', '2026-01-01')).exitCode).toBe(2)
    const compared = await here(
      'summary',
      'quick-removal',
      '--since',
      '2026-01-02',
      '--against',
      '2026-01-01',
    )
    expect(compared.out).toContain('nothing to compare')
  })

  it('run: Ctrl-C aborts, waits until restoration is verified and exits 4', async () => {
    const run = start('run', 'quick-removal', '-e', 'sandbox', '-o', 'json')
    await run.hears('observing')
    run.interrupt()
    expect(await run.exitCode).toBe(4)
    const verdict = SHAPES.verdict.parse(JSON.parse(await run.out))
    expect(verdict).toMatchObject({ exitCode: 4, mayBeBroken: false, verdict: 'inconclusive' })
    expect(verdict.abort?.reason).toContain('SIGINT')
    expect(verdict.targets.map(({ injection }) => injection)).toEqual(['restored', 'restored'])
  })

  it('watch: Ctrl-C only leaves, and the run goes on', async () => {
    const patient = QUICK.replace('name: quick-removal', 'name: patient').replace('for: 80s', 'for: 30m')
    const file = sandbox.file('patient.yaml', patient)
    const { answer } = await ask('started', 'run', file, '-e', 'sandbox', '--detach')
    const watching = start('watch', answer.id)
    await watching.hears('planning')
    watching.interrupt()
    expect(await watching.exitCode).toBe(130)
    expect((await ask('run', 'runs', answer.id)).answer).toMatchObject({ isAborted: false, isOver: false })
    expect((await ask('started', 'abort', answer.id, '--reason', 'done', '--no-wait')).exitCode).toBe(0)
    expect((await here('watch', answer.id)).exitCode).toBe(4)
    expect((await here('abort', answer.id, '--reason', 'again')).exitCode).toBe(3)
  })

  it('run: exits 5 when it is made to leave before restoration is verified', async () => {
    const run = start('run', 'quick-removal', '-e', 'sandbox')
    await run.hears('observing')
    run.interrupt()
    await run.hears('waiting until everything is put back')
    run.interrupt('SIGTERM')
    expect(await run.exitCode).toBe(5)
    expect((await here('watch', 'latest')).exitCode).toBe(4)
  })

  it('run: exits 5 when the API goes away for good, because nobody knows then what is still broken', async () => {
    const link = await openLink(sandbox.url)
    let isCut = false
    let err = ''
    const terminal = {
      out: () => undefined,
      err: (said: string) => {
        err += said
        if (isCut || !said.includes('→ observing')) return
        isCut = true
        void link.cut()
      },
      isLive: false,
      width: 100,
      paint: (_: string, painted: string) => painted,
    }
    // Waiting for an API that is gone takes a minute; a fiftieth of it is as good.
    const clock: CallClock = {
      ...systemClock,
      sleep: (ms, signal) => systemClock.sleep(isCut ? ms / 50 : ms, signal),
    }
    const { exitCode } = await call(['run', 'quick-removal', '-e', 'sandbox'], {
      env: { FIREDRILL_URL: link.url },
      stateDirs: [sandbox.stateDir],
      terminal,
      clock,
    })
    expect([isCut, exitCode], err).toEqual([true, 5])
    expect(err).toMatch(/connection was lost[^]*Faults may be live/)
    // The run did not need its watcher.
    const { answer } = await ask('verdict', 'watch', 'latest')
    expect(answer.targets.map(({ injection }) => injection)).toEqual(['restored', 'restored'])
  })
})
