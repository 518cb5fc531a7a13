import { platformInstant, REAL_CLOCK, type ClockReading } from '@firedrill/core'
import { seededRandom } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { compareClocks } from './compare-clocks.ts'

const EPOCH = 1_767_225_600_000_000
const WORLDS = 300

/** A prober whose anchor is off and whose clock drifts, a cloud with a clock of its own, and ways that are uneven. */
function world(seed: number) {
  const random = seededRandom(seed)
  const drift = (random.next() - 0.5) * 180e-6
  const anchorOff = Math.round((random.next() - 0.5) * 10_000_000)
  const cloudOff = Math.round((random.next() - 0.5) * 10_000_000)
  const platformAt = (ms: number) => EPOCH + ms * 1000 * (1 + drift)
  const anchor = { monotonicMs: 0, platform: platformInstant(EPOCH + anchorOff) }
  const ways = () => ({ out: random.next() * 60, back: random.next() ** 3 * 300 })
  const exchange = (ms: number) => {
    const { out, back } = ways()
    return {
      sentMs: ms,
      receivedMs: ms + out + back,
      platform: platformInstant(Math.round(platformAt(ms + out))),
    }
  }
  const answer = (ms: number) => {
    const { out, back } = ways()
    const there = platformAt(ms + out) + cloudOff
    return {
      sentMs: ms,
      receivedMs: ms + out + back,
      second: platformInstant(Math.floor(there / 1_000_000) * 1_000_000),
    }
  }
  const aheadAt = (ms: number) => anchor.platform + ms * 1000 - platformAt(ms)
  return { anchor, exchange, answer, aheadAt, cloudOff }
}

const holds = (reading: ClockReading | undefined, truth: number) =>
  reading !== undefined && reading.lo - 2 <= truth && truth <= reading.hi + 2

describe('a comparison of clocks', () => {
  it('bounds what prober and cloud are off, with anchors that are seconds wrong, drift and uneven ways', () => {
    let middles = 0
    for (let seed = 1; seed <= WORLDS; seed++) {
      const { anchor, exchange, answer, aheadAt, cloudOff } = world(seed)
      const comparison = compareClocks(anchor, REAL_CLOCK)
      for (const ms of [0, 5000, 600_000, 3_600_000]) {
        const asked = exchange(ms)
        const reading = comparison.prober(asked)
        const there = (asked.platform - EPOCH) / 1000
        expect(holds(reading, aheadAt(there)), `seed ${seed} at ${ms} ms`).toBe(true)
        // Half of the way out and back is no answer: the ways differ.
        if (reading !== undefined && Math.abs((reading.lo + reading.hi) / 2 - aheadAt(there)) > 1000)
          middles++
        expect(holds(comparison.cloud(answer(ms + 400)), cloudOff), `cloud of seed ${seed}`).toBe(true)
      }
    }
    expect(middles).toBeGreaterThan(WORLDS)
  })

  it('says nothing in a world that stands still, nor of a cloud that stamps by a simulated world', () => {
    const { anchor, exchange, answer } = world(1)
    const still = compareClocks(anchor, { ...REAL_CLOCK, rate: 0 })
    expect(still.prober(exchange(0))).toBeUndefined()
    const fast = compareClocks(anchor, { ...REAL_CLOCK, rate: 20 })
    const [own, real] = [fast.prober(exchange(0)), compareClocks(anchor, REAL_CLOCK).prober(exchange(0))]
    expect(own?.hi).toBeDefined()
    expect(real?.hi).toBeDefined()
    expect(fast.cloud(answer(0))).toBeUndefined()
  })
})
