import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Client, RunDetail, VerdictDocument } from '@firedrill/contracts'
import { have, installCommand } from '@firedrill/local'
import { describe, expect, inject, test } from 'vitest'
import { freePortBase } from '../src/sandbox/port-base.ts'
import { copiesOf } from '../src/sandbox/prepared-state.ts'
import { longestGaps } from '../src/sandbox/sample-gaps.ts'
import { startSandbox, type Sandbox } from '../src/sandbox/start-sandbox.ts'
import { startSimulatorAlone } from '../src/sandbox/start-simulator.ts'
import { waitUntil } from '../src/sandbox/wait-until.ts'
import { listRecordSets, loggedMutations, witnessRecordSets } from '../src/sandbox/witness.ts'

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.yaml`)
const EXIT_OF_VERDICT = { held: 0, deviated: 99, inconclusive: 6, 'not-run': 3 } as const

const preparedState = inject('preparedState')
const states = copiesOf(preparedState, dirname(preparedState))

/** Does something with a sandbox, of which nothing is left afterwards. */
async function within<T>(sandbox: Sandbox, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  try {
    return await work(sandbox)
  } finally {
    await sandbox.stop()
  }
}

/** The newest run once it is as wanted. @throws Error with what the sandbox said when it ends before that. */
function runThat(
  sandbox: Sandbox,
  client: Client,
  is: string,
  wanted: (run: RunDetail) => boolean,
): Promise<RunDetail> {
  return waitUntil(`a run that is ${is}`, 90_000, async () => {
    const [newest] = await client.runs.list({ limit: 1 })
    if (newest === undefined) return undefined
    const run = await client.runs.get(newest.id)
    if (wanted(run)) return run
    if (run.isOver) throw new Error(`the run is ${run.status} but never was ${is}:\n${sandbox.said()}`)
    return undefined
  })
}

const isIn = (run: RunDetail) =>
  run.status === 'observing' && run.steps.every((step) => step.injected !== undefined)

/** The records of the world, and what was done to them, while nobody but the simulator runs. */
async function lookAlone(stateDir: string, portBase: number) {
  const controlUrl = `http://127.0.0.1:${portBase + 9}`
  const simulator = await startSimulatorAlone(stateDir, portBase)
  try {
    const { zone, records } = await witnessRecordSets(controlUrl)
    const mutations = await loggedMutations(controlUrl)
    return {
      mutations: mutations.filter(({ operation }) => operation === 'ChangeResourceRecordSets'),
      records: have('awscli')
        ? (await listRecordSets(`http://127.0.0.1:${portBase + 1}`, zone)).map((record) => ({
            ...record,
            name: record.Name,
          }))
        : records,
    }
  } finally {
    await simulator.stop()
  }
}

const ofCheckout = (records: readonly Readonly<{ name: string }>[]) =>
  records.filter(({ name }) => name.startsWith('checkout.'))

/** Kills everything while the records are gone; the next start has to bring the run to its end. */
async function killedWhileGone(backend: 'postgres' | 'redis'): Promise<void> {
  const stateDir = states.fresh()
  const portBase = await freePortBase()
  const args = ['--once', '--backend', backend]
  const before = await lookAlone(stateDir, portBase)
  expect(ofCheckout(before.records)).toHaveLength(2)

  const first = startSandbox({ stateDir, portBase, args: [...args, '--scenario', fixture('quick-removal')] })
  const interrupted = await within(first, async () => {
    const client = await first.client()
    const run = await runThat(first, client, 'observed', isIn)
    await first.kill()
    return run
  })

  const gone = await lookAlone(stateDir, portBase)
  expect(ofCheckout(gone.records)).toEqual([])
  expect(gone.records).toEqual(before.records.filter((record) => !ofCheckout([record]).length))

  const json = join(stateDir, 'verdict.json')
  const second = startSandbox({ stateDir, portBase, args: [...args, '--json', json] })
  const { code } = await within(second, () => second.exited)
  const said = second.said()
  expect(said).toContain(`Run ${interrupted.number} of quick-removal was interrupted`)
  const verdict = JSON.parse(readFileSync(json, 'utf8')) as VerdictDocument
  expect(verdict, said).toMatchObject({ run: interrupted.id, status: 'closed' })
  for (const target of verdict.targets) expect(target).toMatchObject({ injection: 'restored' })
  expect(verdict.targets).toHaveLength(2)
  expect(verdict.verdict === null ? undefined : EXIT_OF_VERDICT[verdict.verdict]).toBe(code)
  expect(verdict.exitCode).toBe(code)

  const after = await lookAlone(stateDir, portBase)
  expect(after.records).toEqual(before.records)
  // Gone once and back once: nothing was done twice on either side of the kill.
  expect(after.mutations.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
  expect(readdirSync(join(stateDir, 'kits')).filter((name) => name.endsWith('.kit.json'))).toEqual([])
}

describe('every process is killed while the records are gone', () => {
  const asked = have('awscli')
    ? 'the AWS CLI'
    : `the simulator's own log (awscli is absent: ${installCommand('awscli')})`

  test(`they are still gone when only the simulator is back, then restored and the run closed, by ${asked}`, () =>
    killedWhileGone('postgres'))

  test.skipIf(!have('redis'))(
    `the same on Redis${have('redis') ? '' : ` (skipped: ${installCommand('redis')})`}`,
    () => killedWhileGone('redis'),
  )
})

describe('only workers are killed', () => {
  // A quarter of a second a probe period: longer than a busy machine is late.
  const args = ['--speed', '8', '--scenario', fixture('unhurried-kill')]
  const PERIOD = 2_000_000

  test('in mid-outage, those that drive the run leave no gap in the samples; the one that probes does', async () => {
    const sandbox = startSandbox({ stateDir: states.fresh(), portBase: await freePortBase(), args })
    await within(sandbox, async () => {
      const client = await sandbox.client()
      await runThat(sandbox, client, 'observed', isIn)
      for (const role of ['advance', 'recover'])
        for (const { pid } of sandbox.processes(`--role ${role}`)) process.kill(pid, 'SIGKILL')
      const { id, phases } = await runThat(sandbox, client, 'settling', (run) => run.status === 'settling')
      const settlesAt = phases.at(-1)?.worldAt ?? 0
      for (const { pid } of sandbox.processes('--role probe')) process.kill(pid, 'SIGKILL')
      const done = await runThat(sandbox, client, 'over', (run) => run.isOver)

      expect(done, sandbox.said()).toMatchObject({ status: 'closed', verdict: 'held' })
      const lanes = await client.runs.samples(id, { points: 20_000 })
      expect(lanes).toHaveLength(4)
      const firstProbes = Math.max(...lanes.map((lane) => lane.points[0]?.start ?? 0))
      const gaps = longestGaps(lanes, { from: firstProbes, to: settlesAt })
      expect(Math.max(...gaps.map(({ micros }) => micros)), JSON.stringify(gaps)).toBeLessThanOrEqual(
        3 * PERIOD,
      )
      const control = longestGaps(lanes, { from: settlesAt, to: done.phases.at(-1)?.worldAt ?? 0 })
      expect(Math.min(...control.map(({ micros }) => micros)), JSON.stringify(control)).toBeGreaterThan(
        3 * PERIOD,
      )
    })
  })
})

describe('abort', () => {
  test('puts everything back, is never held, and says how long that took', async () => {
    const stateDir = states.fresh()
    const json = join(stateDir, 'verdict.json')
    const args = ['--once', '--json', json, '--scenario', fixture('quick-kill')]
    const sandbox = startSandbox({ stateDir, portBase: await freePortBase(), args })
    await within(sandbox, async () => {
      const client = await sandbox.client()
      const { id } = await runThat(sandbox, client, 'observed', isIn)
      expect(await client.runs.abort(id, 'enough seen')).toMatchObject({ isAborted: true })
      const { code } = await sandbox.exited
      expect(code, sandbox.said()).toBe(4)
      const verdict = JSON.parse(readFileSync(json, 'utf8')) as VerdictDocument
      expect(verdict).toMatchObject({ status: 'closed', verdict: 'inconclusive', exitCode: 4 })
      const { lastRevertIssuedMicros: issued, lastRevertVerifiedMicros: verified } = verdict.abort ?? {}
      expect(issued).toBeGreaterThan(0)
      expect(issued).toBeLessThan(10_000_000)
      expect(verified).toBeGreaterThan(issued ?? Infinity)
      for (const target of verdict.targets) expect(target).toMatchObject({ injection: 'restored' })
    })
  })
})
