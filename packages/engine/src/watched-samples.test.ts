import { worldInstant, type RunId, type Sample, type SampleRange } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { WatchedSamples } from './watched-samples.ts'

const RUN = 'run_1' as RunId
const at = (seconds: number) => worldInstant(Math.round(seconds * 1_000_000))
const sample = (second: number, vantage = 'here'): Sample => ({
  probe: 'front',
  vantage,
  start: at(second),
  end: at(second + 0.01),
  outcome: 'good',
})

/** A store that counts how many samples were read from it. */
function storeOf(all: Sample[]) {
  const store = {
    handedOut: 0,
    read: (_run: RunId, { from = at(0) }: SampleRange = {}) => {
      const found = all.filter(({ start }) => start >= from).toSorted((a, b) => a.start - b.start)
      store.handedOut += found.length
      return Promise.resolve(found)
    },
  }
  return store
}

describe('the samples of a run that is watched', () => {
  it('are those of the store at every look, though each is read a bounded number of times', async () => {
    const all: Sample[] = []
    const [store, watched] = [storeOf(all), new WatchedSamples()]
    for (let second = 0; second < 1800; second += 5) {
      for (let i = 0; i < 5; i++) all.push(sample(second + i), sample(second + i, 'there'))
      expect(await watched.read(RUN, at(second + 5), store)).toEqual(
        all.toSorted((a, b) => a.start - b.start),
      )
    }
    // To read everything at each look is half the square: some 650,000.
    expect(store.handedOut).toBeLessThan(100_000)
  })

  it('have those that came minutes late within a minute', async () => {
    const all = [sample(1), sample(100)]
    const [store, watched] = [storeOf(all), new WatchedSamples()]
    await watched.read(RUN, at(101), store)
    all.push(sample(40, 'cut off'))
    expect(await watched.read(RUN, at(106), store)).toHaveLength(2)
    expect(await watched.read(RUN, at(161), store)).toHaveLength(3)
  })
})
