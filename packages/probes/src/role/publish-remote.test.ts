import { worldInstant, type CompiledProbe, type RunId, type Sample, type SampleRange } from '@firedrill/core'
import { expect, it } from 'vitest'
import { hostClock } from '../testing/loopback.ts'
import { publishRemote } from './publish-remote.ts'

const RUN = 'run_00000000000000000000000001' as RunId
const probe: CompiledProbe = {
  kind: 'tcp',
  name: 'port',
  periodMs: 1000,
  timeoutMs: 2000,
  host: 'x.test',
  port: 1,
}
const START = 1_767_225_600_000_000

/** One sample at so many milliseconds that took so many. */
function sample(atMs: number, tookMs = 100, vantage = 'far'): Sample {
  const start = START + atMs * 1000
  return {
    probe: 'port',
    vantage,
    start: worldInstant(start),
    end: worldInstant(start + tookMs * 1000),
    outcome: 'good',
  }
}

/** A store whose samples the test hands in, and a clock whose waits it ends. */
function arrange(vantages: readonly string[] = ['far']) {
  const stored: Sample[] = []
  const published: Sample[] = []
  const asked: SampleRange[] = []
  const failures: unknown[] = []
  let isAway = false
  let wake: () => void = () => undefined
  const publisher = publishRemote({
    runId: RUN,
    vantages,
    probes: [probe],
    samples: {
      read: async (_run, range = {}) => {
        asked.push(range)
        if (isAway) throw new Error('away')
        return stored.filter(({ vantage, start }) => vantage === range.vantage && start >= (range.from ?? 0))
      },
    },
    clock: {
      ...hostClock,
      sleep: (_ms, signal) => {
        const { promise, resolve } = Promise.withResolvers<undefined>()
        wake = () => resolve(undefined)
        if (signal?.aborted === true) resolve(undefined)
        signal?.addEventListener('abort', () => resolve(undefined))
        return promise
      },
    },
    publish: (one) => void published.push(one),
    onFailure: (error) => void failures.push(error),
  })
  const look = async () => {
    const before = asked.length
    wake()
    await expect.poll(() => asked.length).toBeGreaterThan(before)
    await new Promise(setImmediate)
  }
  return { stored, published, failures, publisher, look, away: (is: boolean) => (isAway = is) }
}

it('publishes what remote vantages handed in, each sample once, and none of other vantages', async () => {
  const { stored, published, publisher, look } = arrange()
  stored.push(sample(0), sample(1000), sample(1000, 100, 'here'))
  await look()
  stored.push(sample(2000), sample(500))
  await look()
  await publisher.stop()
  expect(published).toEqual([sample(0), sample(1000), sample(500), sample(2000)].toSorted(inOrder(published)))
  expect(published).toHaveLength(4)
})

it('publishes at the end what came in minutes late, and after a store that was away', async () => {
  const { stored, published, failures, publisher, look, away } = arrange()
  stored.push(sample(300_000))
  await look()
  stored.push(sample(0))
  away(true)
  await look()
  expect(failures).toHaveLength(1)
  away(false)
  expect(published).toEqual([sample(300_000)])
  await publisher.stop()
  expect(published).toEqual([sample(300_000), sample(0)])
})

it('leaves out what readers of the metric would place wrongly: a timeout whose clock is off by too much', async () => {
  const { stored, published, publisher } = arrange()
  stored.push(sample(100, 2010), sample(1995, 2010))
  await publisher.stop()
  expect(published).toEqual([sample(100, 2010)])
})

function inOrder(list: readonly Sample[]) {
  const at = (one: Sample) => list.findIndex(({ start }) => start === one.start)
  return (a: Sample, b: Sample) => at(a) - at(b)
}
