import { describe, expect, it } from 'vitest'
import { unseenAtEdge, type EdgeLook } from './unseen.ts'

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

const failures = (count: number, as: EdgeLook = 'server') => Array.from({ length: count }, () => as)

/** Of outages in which a share of requests fails, how many end further beyond the last failure than is allowed for. */
function missed(share: number, allowed: (looks: readonly EdgeLook[]) => number): number {
  const random = randomOf(20_261_121)
  let count = 0
  for (let index = 0; index < CASES; index++) {
    const looks = Array.from({ length: 5 + Math.floor(random() * 60) }, (): EdgeLook =>
      random() < share ? 'server' : 'good',
    )
    const last = looks.lastIndexOf('server')
    const first = looks.indexOf('server')
    if (last === -1) continue
    const beyond = looks.length - 1 - last
    // A good probe and a period are always allowed for.
    if (beyond > allowed(looks.slice(first, last + 1).toReversed())) count++
  }
  return count / CASES
}

describe('how many probes may have been good by luck beyond an edge', () => {
  it('is none where five in a row found nobody, since whoever asked met the same', () => {
    expect(unseenAtEdge(failures(5, 'nobody'), 'onset')).toBe(0)
    expect(unseenAtEdge([...failures(5, 'nobody'), 'good', 'server'], 'onset')).toBe(0)
  })

  it('is four at least where one server of several may have failed, however many failed in a row', () => {
    expect(unseenAtEdge(failures(60), 'onset')).toBe(4)
    expect(unseenAtEdge([...failures(4, 'nobody'), 'server'], 'onset')).toBeGreaterThan(4)
    expect(unseenAtEdge(failures(4, 'nobody'), 'onset')).toBeGreaterThan(4)
  })

  it('is eight at least at the end of an outage whose servers were starting, which they do one by one', () => {
    expect(unseenAtEdge(failures(30, 'starting'), 'recovery')).toBe(8)
    expect(unseenAtEdge(failures(30, 'starting'), 'onset')).toBe(4)
    expect(unseenAtEdge(['server', ...failures(30, 'starting')], 'recovery')).toBe(4)
  })

  it('is most for a lone failure, since a smaller share than a sixth is not claimed', () => {
    expect(unseenAtEdge(['server'], 'onset')).toBeCloseTo(21.5, 1)
    expect(
      unseenAtEdge(['server', 'good', 'good', 'good', 'good', 'good', 'good', 'server'], 'onset'),
    ).toBeCloseTo(21.5, 1)
  })

  it('is told by the edge alone: what follows after it is solid says nothing about it', () => {
    const edge: EdgeLook[] = ['server', 'good', 'server', 'server', 'good']
    expect(unseenAtEdge([...edge, ...failures(30)], 'onset')).toBe(unseenAtEdge(edge, 'onset'))
    expect(unseenAtEdge([...edge, ...failures(30)], 'onset')).toBeGreaterThan(15)
  })

  it.each(SHARES)('is exceeded by few outages of which a share of %d fails', (share) => {
    expect(missed(share, (looks) => unseenAtEdge(looks, 'recovery'))).toBeLessThan(0.05)
  })

  it('would be exceeded by many if a good probe were taken for the end', () => {
    expect(missed(0.3, () => 1)).toBeGreaterThan(0.3)
  })
})
