import { describe, expect, it } from 'vitest'
import { worldInstant } from '../time/instant.ts'
import { dataLoss, type MarkerObservations, type MarkerReading, type MarkerWrite } from './data-loss.ts'

const S = 1_000_000
const at = (second: number) => worldInstant(Math.round(second * S))
/** One write a second from second 100 on, each acknowledged after 100 ms; those from 10 to 19 fail after half a second. */
const write = (seq: number, outcome: MarkerWrite['outcome']): MarkerWrite => ({
  seq,
  sentAt: at(100 + seq),
  endedAt: at(100 + seq + (outcome === 'acknowledged' ? 0.1 : 0.5)),
  outcome,
})
const writes = Array.from({ length: 30 }, (_, seq) =>
  write(seq, seq >= 10 && seq < 20 ? 'failed' : 'acknowledged'),
)
const reading = (present: MarkerReading['present'], more: Partial<MarkerReading> = {}): MarkerReading => ({
  why: 'switch',
  startedAt: at(120.2),
  endedAt: at(120.3),
  upTo: 9,
  present,
  ...more,
})
const returned = (present: MarkerReading['present']) =>
  reading(present, { why: 'return', startedAt: at(200), endedAt: at(201), upTo: 29 })
const stream = (readings: readonly MarkerReading[], more: Partial<MarkerObservations> = {}) =>
  ({ order: 'ordered', periodMs: 1000, writes, readings, ...more }) satisfies MarkerObservations
const window = { from: at(105) }

describe('data loss by markers', () => {
  it('reaches from the first missing write to the failure, however much was written by the other side since', () => {
    // 7, 8 and 9 are missing: from at least 109 − 107.1 s to at most 110.5 − 106 s and two periods.
    expect(dataLoss(stream([reading([[0, 6]])]), window)).toMatchObject({
      observed: { lo: 1.9 * S, hi: 6.5 * S },
      missing: [7, 8, 9],
      late: undefined,
    })
  })

  it('without order counts every hole, and reaches up to the last write before the failure', () => {
    const holed = stream(
      [
        reading([
          [0, 2],
          [4, 9],
        ]),
      ],
      { order: 'unordered' },
    )
    expect(dataLoss(holed, window)).toMatchObject({
      observed: { lo: 5.9 * S, hi: 10.5 * S },
      missing: [3],
    })
  })

  it('tells what arrived late from what is lost', () => {
    const both = [
      reading([[0, 6]]),
      returned([
        [0, 7],
        [9, 9],
        [20, 29],
      ]),
    ]
    expect(dataLoss(stream(both), window)).toMatchObject({ missing: [7, 8, 9], late: 2, lost: 1 })
  })

  it('is not shortened by a failure before the loss, which only bounds itself', () => {
    const flapping = writes.map((one) => (one.seq === 6 ? write(6, 'failed') : one))
    const flap = reading([[0, 5]], { startedAt: at(107.2), endedAt: at(107.3), upTo: 5 })
    const seen = dataLoss(stream([flap, reading([[0, 5]])], { writes: flapping }), window)
    expect(seen).toMatchObject({ observed: { lo: 1.9 * S, hi: 7.5 * S }, missing: [7, 8, 9] })
  })

  it('is bounded by the failure when nothing is missing, and by the distance of writes when none failed', () => {
    expect(dataLoss(stream([reading([[0, 9]])]), window)).toMatchObject({ observed: { lo: 0, hi: 3.5 * S } })
    const fine = stream([returned([[0, 29]])], {
      writes: writes.map(({ seq }) => write(seq, 'acknowledged')),
    })
    expect(dataLoss(fine, window)).toMatchObject({ observed: { lo: 0, hi: 1.1 * S }, missing: [] })
  })

  it('has no upper bound when no write before the first missing one is there', () => {
    expect(dataLoss(stream([reading([])]), window)).toMatchObject({ observed: { lo: 8.9 * S, hi: null } })
  })

  it('is unknown when nothing was acknowledged, nothing was read, or writes came back only with our own undo', () => {
    const failed = writes.map(({ seq }) => write(seq, 'failed'))
    expect(dataLoss(stream([], { writes: failed }), window)).toEqual({ unknown: 'nothing-acknowledged' })
    expect(dataLoss(stream([], { writes: writes.slice(0, 5) }), window)).toEqual({ unknown: 'not-read' })
    const undone = { ...window, until: at(115) }
    expect(dataLoss(stream([reading([[0, 9]])]), undone)).toEqual({ unknown: 'not-resumed' })
    expect(dataLoss(stream([returned([[0, 29]])]), undone)).toEqual({ unknown: 'not-resumed' })
  })
})
