import type { CompiledProbe, Sample } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runProbe } from '../run-probe.ts'
import { createResources, fastClock, hostClock, realWorld, type Resources } from '../testing/loopback.ts'
import { virtualProber, virtualTime } from '../testing/virtual-time.ts'
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
    const starts = async (lateMs: number) => {
      const time = virtualTime()
      const { samples } = virtualProber(time, { probes: [probe(1, { periodMs: 1000 })], vantages: here })
      await time.runTo(60_000, lateMs)
      return samples.map(({ start }) => start / 1000)
    }
    const [punctual, late] = [await starts(0), await starts(90)]
    expect(punctual.length).toBeGreaterThan(60)
    const behind = late.map((start, index) => start - (punctual[index] ?? 0))
    expect(Math.min(...behind)).toBeGreaterThan(89)
    expect(Math.max(...behind)).toBeLessThan(91)
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
    const time = virtualTime()
    const vantages = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }]
    const { samples } = virtualProber(time, { probes: [probe(1, { periodMs: 1000 })], vantages })
    await time.runTo(60_000)
    const from = (name: string) => samples.flatMap(({ vantage, start }) => (vantage === name ? [start] : []))
    const first = from('a').slice(1, 51)
    for (const [index, name] of ['b', 'c', 'd'].entries()) {
      const nearest = first.map((start) => Math.min(...from(name).map((other) => Math.abs(other - start))))
      // A quarter of a period away from the first, or from its next one.
      expect(Math.min(...nearest), name).toBeGreaterThan(index === 1 ? 300_000 : 80_000)
    }
  })

  it('never starts two probes more than a period apart, and meets every part of a rhythm of the service', async () => {
    const time = virtualTime()
    const { samples } = virtualProber(time, { probes: [probe(1, { periodMs: 1000 })], vantages: here })
    await time.runTo(120_000)
    const starts = samples.map(({ start }) => start / 1000)
    const apart = starts.slice(1).map((start, index) => start - (starts[index] ?? start))
    expect(Math.max(...apart)).toBeLessThanOrEqual(1000.01)
    expect(Math.min(...apart)).toBeGreaterThan(750)
    const partsMet = (of: readonly number[], rhythmMs: number) =>
      new Set(of.map((start) => Math.floor(((start % rhythmMs) / rhythmMs) * 10))).size
    for (const rhythmMs of [500, 1000, 2000, 3000, 5000, 10_000])
      expect(partsMet(starts, rhythmMs), `a rhythm of ${rhythmMs} ms`).toBe(10)
    // Exact probes meet one part of a rhythm of their own.
    const exact = starts.map((_, n) => n * 1000)
    expect(partsMet(exact, 1000)).toBe(1)
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
