import { platformInstant } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { createClockBound, type Exchange } from './clock-bound.ts'

/** A small generator, so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return state / 2 ** 32
  }
}

const EPOCH = 1_767_225_600_000_000

/** A platform whose clock runs by `drift` faster than the prober's, and a way to it that is as uneven as it likes. */
function world(seed: number) {
  const next = seeded(seed)
  const drift = (next() - 0.5) * 160e-6
  const truth = (ms: number) => EPOCH + ms * 1000 * (1 + drift)
  const exchangeAt = (ms: number): Exchange => {
    const [out, back] = [next() * 80, next() ** 4 * 400]
    return { sentMs: ms, receivedMs: ms + out + back, platform: platformInstant(Math.round(truth(ms + out))) }
  }
  return { next, truth, exchangeAt }
}

describe('the bound of a remote clock', () => {
  it('holds in 500 worlds with uneven ways, drift, and an hour without an exchange', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const { next, truth, exchangeAt } = world(seed)
      const anchor = {
        monotonicMs: 0,
        platform: platformInstant(Math.round(EPOCH + (next() - 0.5) * 200_000)),
      }
      const bound = createClockBound(anchor)
      for (let poll = 0; poll < 20; poll++) bound.add(exchangeAt(poll * 1000))
      for (const ms of [0, 7000, 19_000, 60_000, 3_600_000]) {
        const error = Math.abs(truth(ms) - (anchor.platform + ms * 1000))
        expect(error, `seed ${seed} at ${ms} ms`).toBeLessThanOrEqual(bound.errorMicros(ms) + 2)
      }
    }
  })

  it('would not hold by half of the round trip, as ways are uneven', () => {
    let missed = 0
    for (let seed = 1; seed <= 200; seed++) {
      const { truth, exchangeAt } = world(seed)
      const { sentMs, receivedMs, platform } = exchangeAt(1000)
      const half = ((receivedMs - sentMs) / 2) * 1000
      const middle = (sentMs + receivedMs) / 2
      // Half a round trip bounds the midpoint; taken for the start of the exchange it does not.
      if (Math.abs(platform - truth(sentMs)) > half && middle > sentMs) missed++
    }
    expect(missed).toBeGreaterThan(0)
  })

  it('is unknown before the first exchange, and as tight as the best one after it', () => {
    const bound = createClockBound({ monotonicMs: 0, platform: platformInstant(EPOCH) })
    expect(bound.errorMicros(0)).toBe(Infinity)
    bound.add({ sentMs: 0, receivedMs: 300, platform: platformInstant(EPOCH + 100_000) })
    bound.add({ sentMs: 400, receivedMs: 402, platform: platformInstant(EPOCH + 401_000) })
    expect(bound.errorMicros(402)).toBeLessThanOrEqual(1001)
  })
})
