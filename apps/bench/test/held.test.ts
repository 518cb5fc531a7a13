import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { VerdictDocument } from '@firedrill/contracts'
import { describe, expect, inject, test } from 'vitest'
import { pageLoads } from '../src/sandbox/page-loads.ts'
import { freePortBase } from '../src/sandbox/port-base.ts'
import { copiesOf } from '../src/sandbox/prepared-state.ts'
import { isAlive } from '../src/sandbox/process-tree.ts'
import { startSandbox } from '../src/sandbox/start-sandbox.ts'
import { waitUntil } from '../src/sandbox/wait-until.ts'
import { startDecoy } from './decoy.ts'
import { watchSockets } from './watch-sockets.ts'

type Verdict = VerdictDocument & Readonly<{ report: string }>

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.yaml`)

const preparedState = inject('preparedState')
const states = copiesOf(preparedState, dirname(preparedState))

/** One `npm start -- --once` on a state of its own; whatever happens, nothing of it is left. */
async function drill(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const stateDir = states.fresh()
  const json = join(stateDir, 'verdict.json')
  const sandbox = startSandbox({
    stateDir,
    portBase: await freePortBase(),
    args: ['--once', '--json', json, ...args],
    env,
  })
  const sockets = watchSockets(sandbox)
  try {
    const { code } = await sandbox.exited
    const foreign = await sockets.end()
    const verdict = (): Verdict => JSON.parse(readFileSync(json, 'utf8')) as Verdict
    return { code, said: sandbox.said(), verdict, foreign, looks: sockets.looks(), pids: sockets.pids() }
  } finally {
    await sockets.end()
    await sandbox.stop()
  }
}

function expectPutBack(verdict: Verdict, targets: number): void {
  expect(verdict.targets).toHaveLength(targets)
  for (const target of verdict.targets) expect(target).toMatchObject({ injection: 'restored' })
}

function expectSelfContained(report: string): void {
  const html = readFileSync(report, 'utf8')
  expect(html).toMatch(/^<!doctype html>/i)
  expect(html.length).toBeGreaterThan(5000)
  expect(pageLoads(html)).toEqual([])
}

describe('one command', () => {
  test('the default drill is held, puts everything back, leaves a report that needs nothing else, and stays on loopback', async () => {
    const decoy = await startDecoy()
    try {
      const { code, said, verdict, foreign, looks, pids } = await drill([], decoy.env)
      expect(code, said).toBe(0)
      expect(verdict()).toMatchObject({ status: 'closed', verdict: 'held', exitCode: 0 })
      expect(verdict().objectives.length).toBeGreaterThan(0)
      for (const objective of verdict().objectives) {
        expect(objective).toMatchObject({ verdict: 'held', observed: { lo: expect.any(Number) as number } })
        expect(objective.observed?.hi).toBeLessThanOrEqual(objective.maxMicros)
      }
      expect(Object.keys(verdict().parts)).not.toEqual([])
      expect(said).toMatch(/clocks known to ± [\d.]+ (ms|s): prober .* in \d+ comparisons/)
      expectPutBack(verdict(), 6)
      expectSelfContained(verdict().report)
      expect(pids.filter(isAlive)).toEqual([])
      expect(decoy.visits()).toEqual([])
      expect(foreign).toEqual([])
      if (process.platform === 'linux') expect(looks).toBeGreaterThan(20)
    } finally {
      await decoy.stop()
    }
  })
})

// Their worlds stand still while anybody is busy: no matter what else the machine does, so two at a time.
describe.concurrent('in lockstep', () => {
  test('the removal of records, started by a schedule, is held and both are put back', async () => {
    const sandbox = startSandbox({
      stateDir: states.fresh(),
      portBase: await freePortBase(),
      args: ['--idle', '--lockstep'],
    })
    try {
      const client = await sandbox.client()
      const { id: drillId } = await client.drills.book({
        scenario: 'dns-record-removal',
        environment: 'sandbox',
      })
      const local = new Date(Date.now() + 5000).toISOString().slice(0, 19)
      const { id } = await client.schedules.create({
        drillId,
        when: { kind: 'once', local, timeZone: 'UTC' },
      })
      const run = await waitUntil('the scheduled run ends', 90_000, async () => {
        const [newest] = await client.runs.list({ limit: 1 })
        return newest?.isOver === true ? client.runs.get(newest.id) : undefined
      })
      expect(run, sandbox.said()).toMatchObject({ status: 'closed', verdict: 'held' })
      expect(run.steps.flatMap(({ targets }) => targets.map(({ injection }) => injection))).toEqual([
        'restored',
        'restored',
      ])
      const [created] = (await client.runs.timeline(run.id)).events
      expect(created?.actor).toMatchObject({ kind: 'system', id })
    } finally {
      await sandbox.stop()
    }
  })

  test('numbered writes tell what the standby had not received, are told late or lost after the return, and are taken out', async () => {
    const { code, said, verdict } = await drill(['--lockstep', '--scenario', 'data-loss'])
    expect(verdict(), said).toMatchObject({ status: 'closed', verdict: 'held', exitCode: 0 })
    expect(code).toBe(0)
    const { objectives, markers, crossChecks } = verdict()
    const data = objectives.find(({ kind }) => kind === 'data-loss')
    expect(data).toMatchObject({ verdict: 'held', observed: { hi: expect.any(Number) as number } })
    const told = data?.markers
    // The standby is a second behind, so something that was promised is not there at the switch; it comes with the primary.
    expect(told?.missing).toBeGreaterThan(0)
    expect((told?.late ?? 0) + (told?.lost ?? 0)).toBe(told?.missing)
    expect(told?.acknowledged).toBeGreaterThan(100)
    expect(markers).toMatchObject([{ marker: 'orders', readings: 2, cleanUp: { state: 'removed' } }])
    expect(crossChecks.map(({ agrees }) => agrees)).toEqual([true])
    expectPutBack(verdict(), 6)
    // There is one clock, so that one seed gives one journal.
    expect(said).not.toContain('clocks known')
    expectSelfContained(verdict().report)
  })

  test('in a world without failover, with a fault that ends before the objective the drill is never held', async () => {
    const { code, said, verdict } = await drill([
      '--lockstep',
      '--world',
      'no-failover',
      '--scenario',
      fixture('short-fault'),
    ])
    expect(verdict(), said).toMatchObject({ status: 'closed', verdict: 'inconclusive', exitCode: 6 })
    expect(code).toBe(6)
    expectPutBack(verdict(), 6)
  })

  test('in a world without failover, with a fault that outlasts the objective the drill is deviated', async () => {
    const { code, said, verdict } = await drill([
      '--lockstep',
      '--world',
      'no-failover',
      '--scenario',
      fixture('long-fault'),
    ])
    expect(verdict(), said).toMatchObject({ status: 'closed', verdict: 'deviated', exitCode: 99 })
    expect(code).toBe(99)
    expectPutBack(verdict(), 6)
  })
})

describe('control: the witnesses see what they are to see', () => {
  test('a page that fetches something is found out', () => {
    const page =
      '<!doctype html><img alt="" src="https://example.test/a.png"><style>a{background:url(/b.svg)}</style>'
    expect(pageLoads(page)).toEqual(['https://example.test/a.png', '/b.svg'])
  })

  test('a process that takes up what the environment offers visits the decoy', async () => {
    const decoy = await startDecoy()
    try {
      await decoy.visitFromChild()
      expect(decoy.visits().length).toBeGreaterThan(0)
    } finally {
      await decoy.stop()
    }
  })
})
