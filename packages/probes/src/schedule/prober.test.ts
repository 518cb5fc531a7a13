import type { CompiledProbe, Sample } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runProbe } from '../run-probe.ts'
import { createResources, fastClock, hostClock, realWorld, type Resources } from '../testing/loopback.ts'
import { watchStalls } from './stall-watch.ts'

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

const probe = (port: number, more: Partial<CompiledProbe> = {}): CompiledProbe =>
  ({
    kind: 'http',
    name: 'front',
    periodMs: 50,
    timeoutMs: 200,
    url: `http://127.0.0.1:${port}/`,
    method: 'GET',
    status: [200],
    ...more,
  }) as CompiledProbe

/** Keeps the process from doing anything else, as a starved machine would. */
function block(ms: number): void {
  const until = hostClock.monotonicMs() + ms
  while (hostClock.monotonicMs() < until) Math.sqrt(until)
}

const here = [{ name: 'here' }]
const count = (samples: readonly Sample[], outcome: Sample['outcome']) =>
  samples.filter((sample) => sample.outcome === outcome).length

describe('the schedule', () => {
  it('is an absolute grid in world time: late starts do not add up', async () => {
    const port = await resources.http((_request, response) => void response.end())
    // A second of this world takes 250 ms, far more than a busy machine is late.
    const { prober, samples } = resources.prober({
      probes: [probe(port, { periodMs: 1000, timeoutMs: 800 })],
      vantages: here,
      environmentClock: fastClock(4),
    })
    await hostClock.sleep(2500)
    await prober.stop()
    // Starts are scattered over the whole of their slot and never leave it, and a timer here is late by less than another.
    const slots = samples.map(({ start }) => Math.floor(start / 1_000_000))
    expect(samples.length).toBeGreaterThan(6)
    expect(new Set(slots).size).toBe(slots.length)
    // Slots that a busy machine missed are on record, so nothing is unaccounted for.
    const missed = samples.filter(({ detail }) => detail?.includes('not started') === true)
    const span = (slots.at(-1) ?? 0) - (slots[0] ?? 0) + 1
    const accounted =
      samples.length -
      missed.length +
      missed.reduce((sum, { detail }) => sum + Number(/(\d+) not started/.exec(detail ?? '')?.[1]), 0)
    expect(Math.abs(span - accounted)).toBeLessThanOrEqual(1)
  })

  it('starts the next probe while the last one is still waiting for its answer', async () => {
    const silent = await resources.tcp(() => undefined)
    const { prober, samples } = resources.prober({
      probes: [probe(silent, { timeoutMs: 400 })],
      vantages: here,
    })
    await hostClock.sleep(350)
    await prober.stop()
    expect(samples.length).toBeGreaterThanOrEqual(4)
    for (const sample of samples.filter(({ detail }) => detail?.includes('timeout') === true)) {
      expect(sample.end - sample.start).toBeGreaterThan(350_000)
    }
  })

  it('probes from every vantage, spread over the period', async () => {
    const port = await resources.http((_request, response) => void response.end())
    const { prober, samples } = resources.prober({
      probes: [probe(port, { periodMs: 200 })],
      vantages: [{ name: 'a' }, { name: 'b' }],
    })
    await hostClock.sleep(1100)
    await prober.stop()
    // The least late start shows where in the period a stream belongs.
    const phaseMs = (name: string, offsetMs: number) =>
      Math.min(
        ...samples
          .filter(({ vantage, outcome }) => vantage === name && outcome === 'good')
          .map(({ start }) => (start / 1000 - offsetMs) % 200),
      )
    expect(phaseMs('a', 0)).toBeLessThan(60)
    expect(phaseMs('b', 100)).toBeLessThan(60)
  })

  it('scatters starts, so that a service that fails in step with the probe is seen', async () => {
    const port = await resources.http((_request, response) => void response.end())
    const { prober, samples } = resources.prober({ probes: [probe(port, { periodMs: 100 })], vantages: here })
    await hostClock.sleep(1500)
    await prober.stop()
    const phases = samples
      .filter(({ outcome }) => outcome === 'good')
      .map(({ start }) => (start / 1000) % 100)
    expect(Math.min(...phases)).toBeLessThan(10)
    expect(phases.filter((phase) => phase > 10).length).toBeGreaterThan(phases.length / 3)
  })

  it('follows a clock that changes its rate', async () => {
    const port = await resources.http((_request, response) => void response.end())
    const { prober, samples } = resources.prober({
      probes: [probe(port, { periodMs: 1000, timeoutMs: 4000 })],
      vantages: here,
      environmentClock: fastClock(20),
    })
    await hostClock.sleep(200)
    prober.setClock({ ...fastClock(1) })
    const before = samples.length
    await hostClock.sleep(300)
    expect(samples.length - before).toBeLessThanOrEqual(2)
  })
})

describe('a process that was not scheduled', () => {
  it('records no failure of its own as one of the service, and says what it missed', async () => {
    const answering = await resources.http((_request, response) => void setTimeout(() => response.end(), 60))
    const { prober, samples } = resources.prober({ probes: [probe(answering)], vantages: here })
    await hostClock.sleep(250)
    block(400)
    await hostClock.sleep(250)
    await prober.stop()
    expect(count(samples, 'bad')).toBe(0)
    expect(count(samples, 'good')).toBeGreaterThan(3)
    // A crowded machine may add stalls of its own; the longest is the one made here.
    const missed = samples.map(({ detail }) => Number(/(\d+) not started/.exec(detail ?? '')?.[1] ?? 0))
    expect(Math.max(...missed)).toBeGreaterThanOrEqual(6)
  })

  it('would blame the service if nobody watched for stalls', async () => {
    const answering = await resources.http((_request, response) => void setTimeout(() => response.end(), 60))
    const unwatched = runProbe(probe(answering), { name: 'here' }, { clock: hostClock, world: realWorld })
    await hostClock.sleep(20)
    block(400)
    expect((await unwatched).outcome).toBe('bad')
  })

  it('does not excuse a service that is slow', async () => {
    const slow = await resources.http((_request, response) => void setTimeout(() => response.end(), 2000))
    const { prober, samples } = resources.prober({
      probes: [probe(slow, { periodMs: 400, timeoutMs: 150 })],
      vantages: here,
    })
    await hostClock.sleep(1500)
    await prober.stop()
    expect(count(samples, 'good')).toBe(0)
    expect(count(samples, 'bad')).toBeGreaterThan(count(samples, 'unusable'))
  })

  it('knows a stall that is only now ending', async () => {
    const stalls = watchStalls(() => hostClock.monotonicMs(), 5)
    await hostClock.sleep(30)
    const from = hostClock.monotonicMs()
    block(120)
    expect(stalls.longestSince(from)).toBeGreaterThan(100)
    await hostClock.sleep(60)
    expect(stalls.longestSince(from)).toBeGreaterThan(100)
    expect(stalls.longestSince(hostClock.monotonicMs())).toBeLessThan(60)
    stalls.stop()
  })
})
