import { describe, expect, it } from 'vitest'
import { unseenAtEdge } from './unseen.ts'

const CASES = 4000
const SHARES = [0.15, 0.3, 0.5, 0.7, 0.9]

function randomOf(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Of outages in which a share of requests fails, how many end further beyond the last failure than is allowed for. */
function missed(share: number, allowed: (failed: readonly boolean[]) => number): number {
  const random = randomOf(20_261_121)
  let count = 0
  for (let index = 0; index < CASES; index++) {
    const looks = Array.from({ length: 5 + Math.floor(random() * 60) }, () => random() < share)
    const last = looks.lastIndexOf(true)
    const first = looks.indexOf(true)
    if (last === -1) continue
    const beyond = looks.length - 1 - last
    // A good probe and a period are always allowed for.
    if (beyond > allowed(looks.slice(first, last + 1).toReversed())) count++
  }
  return count / CASES
}

describe('how many probes may have been good by luck beyond an edge', () => {
  it('is one where the outage begins or ends with many failures in a row', () => {
    expect(unseenAtEdge(Array.from({ length: 20 }, () => true))).toBe(1)
    expect(unseenAtEdge([true])).toBeCloseTo(28.4, 1)
  })

  it('is told by the edge alone: what follows after it is solid says nothing about it', () => {
    const solid = Array.from({ length: 30 }, () => true)
    const edge = [true, false, false, true, false]
    expect(unseenAtEdge([...edge, ...solid])).toBe(unseenAtEdge(edge))
    expect(unseenAtEdge([...edge, ...solid])).toBeGreaterThan(15)
  })

  it.each(SHARES)('is exceeded by few outages of which a share of %d fails', (share) => {
    expect(missed(share, unseenAtEdge)).toBeLessThan(0.05)
  })

  it('would be exceeded by many if a good probe were taken for the end', () => {
    expect(missed(0.3, () => 1)).toBeGreaterThan(0.3)
  })
})
