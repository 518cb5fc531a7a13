import { describe, expect, it } from 'vitest'
import { worldInstant } from '../time/instant.ts'
import { dataLoss, type MarkerObservations } from './data-loss.ts'

const S = 1_000_000
/** Ten markers a second apart, the first acknowledged at 100 s; the eleventh write, at 110.5 s, failed. */
const stream = (more: Partial<MarkerObservations>): MarkerObservations => ({
  order: 'ordered',
  intervalMs: 1000,
  acknowledged: Array.from({ length: 10 }, (_, seq) => ({
    seq,
    acknowledgedAt: worldInstant((100 + seq) * S),
  })),
  firstFailedAt: worldInstant(110.5 * S),
  present: [],
  ...more,
})
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, seq) => seq)

describe('data loss by markers', () => {
  it('with ordered replication everything after the newest present marker is lost', () => {
    // 0..6 are present, so 7, 8 and 9 are lost: from at least 109 − 107 s to at most 110.5 − 106 s.
    expect(dataLoss(stream({ present: upTo(6) }))).toEqual({
      observed: { lo: 2 * S, hi: 4.5 * S },
      lost: 3,
      firstMissing: 7,
    })
  })

  it('with unordered replication a hole counts, whatever came after it', () => {
    const present = [0, 1, 2, 4, 5, 6, 7, 8, 9]
    expect(dataLoss(stream({ order: 'unordered', present }))).toEqual({
      observed: { lo: 6 * S, hi: 8.5 * S },
      lost: 1,
      firstMissing: 3,
    })
    // The same holes in an ordered log cannot be, so its newest marker decides.
    expect(dataLoss(stream({ present }))?.lost).toBe(0)
  })

  it('is at most one interval when nothing is missing', () => {
    expect(dataLoss(stream({ present: upTo(9) }))).toEqual({ observed: { lo: 0, hi: S }, lost: 0 })
  })

  it('has no upper bound when nothing is present, or no write failed', () => {
    expect(dataLoss(stream({ present: [] }))?.observed).toEqual({ lo: 9 * S, hi: null })
    expect(dataLoss(stream({ present: upTo(6), firstFailedAt: undefined }))?.observed.hi).toBeNull()
  })

  it('is unknown when nothing was ever acknowledged', () => {
    expect(dataLoss(stream({ acknowledged: [] }))).toBeUndefined()
  })
})
