import {
  platformInstant,
  REAL_CLOCK,
  type Metrics,
  type RunId,
  type Sample,
  type Samples,
  type Status,
} from '@firedrill/core'
import {
  buildEnvironment,
  buildRunCreated,
  buildScenario,
  definitionHash,
  memoryStores,
  PERSON,
  TEAM,
  WORKER,
} from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createResources, hostClock, type Resources } from '../testing/loopback.ts'
import { createMarkerPaths } from '../markers/marker-paths.ts'
import { createProbeRole, type ProbeRole, type ProbeTrouble } from './probe-role.ts'

const RUN = 'run_00000000000000000000000001' as RunId

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

/** A stored run against a real server, and a role that has not started. */
async function arrange() {
  const port = await resources.http((_request, response) => void response.end())
  const scenario = buildScenario({
    probes: [
      {
        kind: 'http',
        name: 'front',
        periodMs: 100,
        timeoutMs: 80,
        url: `http://127.0.0.1:${port}/`,
        method: 'GET',
        status: [200],
      },
    ],
  })
  const environment = buildEnvironment()
  const stores = memoryStores(() => platformInstant(Date.now() * 1000))
  const common = { teamId: TEAM, source: '', origin: 'file', actor: PERSON } as const
  await stores.definitions.put({
    ...common,
    kind: 'scenario',
    name: scenario.name,
    hash: definitionHash(scenario),
    compiled: scenario,
  })
  await stores.definitions.put({
    ...common,
    kind: 'environment',
    name: environment.name,
    hash: definitionHash(environment),
    compiled: environment,
  })
  const created = buildRunCreated({ scenario, environment })
  await stores.runs.create({
    id: RUN,
    teamId: TEAM,
    drillId: 'drl_00000000000000000000000001' as never,
    clock: REAL_CLOCK,
    created,
    actor: PERSON,
  })
  const move = async (from: Status, to: Status) => {
    const appended = await stores.runs.append(RUN, { kind: 'open' }, WORKER, () => [
      { type: 'status-changed', data: { from, to, why: 'test' } },
    ])
    expect(appended.ok).toBe(true)
  }
  const published: Sample[] = []
  const publish: Metrics['publish'] = (_environment, _run, samples) => {
    published.push(...samples)
    return Promise.resolve({ ok: true, value: null })
  }
  const troubles: ProbeTrouble[] = []
  const role = (
    samples: Pick<Samples, 'append' | 'read' | 'noteClocks'> = stores.samples,
    metrics = { publish },
  ): ProbeRole =>
    createProbeRole({
      runs: stores.runs,
      definitions: stores.definitions,
      samples,
      metrics,
      markers: stores.markers,
      markerPaths: createMarkerPaths({}),
      clock: hostClock,
      onTrouble: (trouble) => void troubles.push(trouble),
      pollMs: 20,
    })
  return { stores, move, role, published, troubles, publish }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const limit = hostClock.monotonicMs() + 5000
  while (!(await isSo())) {
    if (hostClock.monotonicMs() > limit) throw new Error('it did not happen in time')
    await hostClock.sleep(10)
  }
}

describe('the probe role', () => {
  it('probes a run exactly while it is in a probed status, and stores and publishes the same samples', async () => {
    const { stores, move, role, published, troubles } = await arrange()
    const probing = role()
    await hostClock.sleep(100)
    expect(probing.probing()).toEqual([])
    await move('booked', 'baseline')
    await until(async () => (await stores.samples.read(RUN)).length >= 3)
    expect(probing.probing()).toEqual([RUN])
    await move('baseline', 'closed')
    await until(() => probing.probing().length === 0)
    await probing.stop()
    const samples = await stores.samples.read(RUN)
    expect(samples.filter(({ outcome }) => outcome === 'good').length).toBeGreaterThan(0)
    expect(published).toEqual(samples)
    expect(troubles).toEqual([])
    const now = Date.now() * 1000
    for (const { start } of samples) expect(Math.abs(start - now)).toBeLessThan(10_000_000)
    // The prober's clock was compared with the platform's as the run began and before it ended.
    const clocks = await stores.samples.clocks(RUN)
    expect(new Set(clocks.map(({ clock }) => clock))).toEqual(new Set(['prober']))
    expect(clocks.length).toBeGreaterThanOrEqual(2)
    await hostClock.sleep(150)
    expect(await stores.samples.read(RUN)).toEqual(samples)
  })

  it('goes on probing while the store is away, and hands the samples over when it is back', async () => {
    const { stores, move, role, troubles } = await arrange()
    let isAway = false
    const probing = role({
      append: (id, samples) =>
        isAway ? Promise.reject(new Error('away')) : stores.samples.append(id, samples),
      read: stores.samples.read,
      noteClocks: stores.samples.noteClocks,
    })
    await move('booked', 'baseline')
    await until(async () => (await stores.samples.read(RUN)).length >= 1)
    isAway = true
    await until(() => troubles.some(({ kind }) => kind === 'append'))
    await hostClock.sleep(300)
    isAway = false
    await probing.stop()
    const starts = (await stores.samples.read(RUN))
      .filter(({ detail }) => detail?.includes('not started') !== true)
      .map(({ start }) => start)
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0))
    expect(starts.length).toBeGreaterThanOrEqual(5)
    expect(Math.max(...gaps)).toBeLessThan(350_000)
  })

  it('probes on, and stores, when metrics cannot be published', async () => {
    const { stores, move, role, troubles } = await arrange()
    const failure = { operation: 'cloudwatch.PutMetricData', code: 'AccessDenied', message: 'no' } as const
    const publish: Metrics['publish'] = () =>
      Promise.resolve({ ok: false, failure: { kind: 'denied', ...failure } })
    const probing = role(stores.samples, { publish })
    await move('booked', 'baseline')
    await until(async () => (await stores.samples.read(RUN)).length >= 3)
    await probing.stop()
    expect(troubles.map(({ kind }) => kind)).toContain('publish')
    expect(troubles.map(({ kind }) => kind)).not.toContain('lost-samples')
  })

  it('says that a run cannot be probed when its pinned definitions are missing, and goes on', async () => {
    const { stores, move, troubles } = await arrange()
    await move('booked', 'baseline')
    const probing = createProbeRole({
      runs: stores.runs,
      definitions: { byHash: () => Promise.resolve(undefined) },
      samples: stores.samples,
      metrics: { publish: () => Promise.resolve({ ok: true, value: null }) },
      markers: stores.markers,
      markerPaths: createMarkerPaths({}),
      clock: hostClock,
      onTrouble: (trouble) => void troubles.push(trouble),
      pollMs: 20,
    })
    await until(() => troubles.filter(({ kind }) => kind === 'start').length >= 2)
    expect(probing.probing()).toEqual([])
    await probing.stop()
  })
})
