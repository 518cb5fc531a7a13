import type { ReplicationOrder } from '../scenario/marker.ts'
import type { WorldInstant } from '../time/instant.ts'
import type { DurationInterval } from './interval.ts'

/** How a numbered write ended. `failed`: nobody acknowledged it, though it may be there. `unusable`: our own equipment. */
export const MARKER_OUTCOMES = ['acknowledged', 'failed', 'unusable'] as const
export type MarkerOutcome = (typeof MARKER_OUTCOMES)[number]

/** Why the numbers were read back: writes went through again, or the primary was back. */
export const READING_REASONS = ['switch', 'return'] as const
export type ReadingReason = (typeof READING_REASONS)[number]

/** One numbered write, start and end on the writer's clock. Numbers ascend and are never used twice. */
export type MarkerWrite = Readonly<{
  seq: number
  sentAt: WorldInstant
  endedAt: WorldInstant
  outcome: MarkerOutcome
  detail?: string
}>

/** The numbers that were found, as inclusive ranges, ascending. */
export type MarkerRanges = readonly (readonly [number, number])[]

/** One read-back on the writer's clock. It judges the writes up to `upTo`, and no later ones. */
export type MarkerReading = Readonly<{
  why: ReadingReason
  startedAt: WorldInstant
  endedAt: WorldInstant
  upTo: number
  present: MarkerRanges
}>

/** What a marker writer left. */
export type MarkerObservations = Readonly<{
  order: ReplicationOrder
  /** Distance of two writes in milliseconds. */
  periodMs: number
  /** Ascending by number. */
  writes: readonly MarkerWrite[]
  /** Ascending by start. Of readings that judge up to the same number after the return the last one counts. */
  readings: readonly MarkerReading[]
}>

/** Data lost, as an interval of time on the writer's clock, with the numbers behind it. */
export type DataLoss = Readonly<{
  observed: DurationInterval
  acknowledged: number
  /** Acknowledged and absent in at least one reading. */
  missing: readonly number[]
  /** Of the missing: there when read after the return. Undefined without such a reading. */
  late: number | undefined
  /** Of the missing: absent then, too. */
  lost: number | undefined
  /** The reading of the last switch. */
  switchedAt: MarkerReading | undefined
}>

/** What bounds the question: from when on losses count, and from when on a recovery of writes is our own doing. */
export type LossWindow = Readonly<{ from: WorldInstant; until?: WorldInstant | undefined }>

/** Why nothing can be said. */
export type LossUnknown = 'nothing-acknowledged' | 'not-read' | 'not-resumed'

/**
 * Data loss by markers: what was acknowledged and is absent when the surviving side is read. How much time that is, is
 * bounded for the store's own instants, since a write took effect at some instant between its start and its
 * acknowledgement:
 * - at least from the acknowledgement of the first missing write to the start of the last one that the old side took;
 * - at most from the start of the last write before the first missing one to the end of the first one that failed after,
 *   and two periods: behind a balancer targets are lost one by one, so others may have been served a little longer.
 *
 * Writes that failed for a moment before, and writes that the new side took after, decide nothing. What is not told
 * apart is a store that was away for less than a write's distance and timeout.
 */
export function dataLoss(
  markers: MarkerObservations,
  window: LossWindow,
): DataLoss | Readonly<{ unknown: LossUnknown }> {
  const writes = markers.writes
  const acknowledged = writes.filter(isAcknowledged)
  if (acknowledged.length === 0) return { unknown: 'nothing-acknowledged' }
  const until = window.until ?? Number.POSITIVE_INFINITY
  const switches = markers.readings.filter(({ why, startedAt }) => why === 'switch' && startedAt < until)
  const back = markers.readings.findLast(({ why }) => why === 'return')
  const outages = outagesOf(writes, window.from).filter(({ first }) => first.sentAt < until)
  const isOpen = outages.some(({ first }) => !switches.some(({ startedAt }) => startedAt >= first.endedAt))
  if (isOpen) return { unknown: 'not-resumed' }
  if (switches.length === 0 && back === undefined) return { unknown: 'not-read' }

  const missing = new Set<number>()
  const losses: DurationInterval[] = outages.map(({ before, first }) => ({
    lo: 0,
    hi: before === undefined ? null : first.endedAt - before.sentAt + lingerOf(markers),
  }))
  for (const reading of back === undefined ? switches : [...switches, back]) {
    const isThere = presence(reading)
    const found = acknowledged.filter(({ seq }) => seq <= reading.upTo && !missing.has(seq) && !isThere(seq))
    for (const { seq } of found) missing.add(seq)
    if (found.length > 0) losses.push(lossOf(found, markers))
  }
  if (losses.length === 0) losses.push({ lo: 0, hi: widestGap(acknowledged, window.from) })
  const isThere = back === undefined ? undefined : presence(back)
  const isJudged = (seq: number) => back !== undefined && seq <= back.upTo
  const numbers = [...missing].sort((a, b) => a - b)
  const isComplete = isThere !== undefined && numbers.every(isJudged)
  const late = isComplete ? numbers.filter(isThere).length : undefined
  return {
    observed: worstOf(losses),
    acknowledged: acknowledged.length,
    missing: numbers,
    late,
    lost: late === undefined ? undefined : numbers.length - late,
    switchedAt: switches.at(-1),
  }
}

/** True when writes fail now, or have come back without having been read: what a survivor holds is still to be seen. */
export function awaitsReading(markers: MarkerObservations, from: WorldInstant): boolean {
  const loss = dataLoss(markers, { from })
  return 'unknown' in loss && loss.unknown === 'not-resumed'
}

function isAcknowledged({ outcome }: MarkerWrite): boolean {
  return outcome === 'acknowledged'
}

/** For so many periods others may be served after the writer's first failure. Without it one figure in four misses the truth of hosts that stop one by one. */
const LINGER_PERIODS = 2

function lingerOf({ periodMs }: MarkerObservations): number {
  return LINGER_PERIODS * periodMs * 1000
}

type Outage = Readonly<{ before: MarkerWrite | undefined; first: MarkerWrite }>

/** Each run of failures that ended after `from`: its first failure and the last write that was acknowledged before it. */
function outagesOf(writes: readonly MarkerWrite[], from: WorldInstant): readonly Outage[] {
  const outages: Outage[] = []
  let before: MarkerWrite | undefined
  let isOut = false
  for (const write of writes) {
    if (write.outcome === 'acknowledged') {
      before = write
      isOut = false
    } else if (write.outcome === 'failed' && write.endedAt >= from && !isOut) {
      outages.push({ before, first: write })
      isOut = true
    }
  }
  return outages
}

/** The interval of what one reading found missing; `found` ascends. */
function lossOf(found: readonly MarkerWrite[], markers: MarkerObservations): DurationInterval {
  const { order, writes } = markers
  const first = found[0]
  const last = found.at(-1)
  if (first === undefined || last === undefined) return { lo: 0, hi: 0 }
  const before = writes.findLast((write) => isAcknowledged(write) && write.seq < first.seq)
  const failed = writes.find(({ outcome, seq }) => outcome === 'failed' && seq > last.seq)
  const next = writes.find((write) => isAcknowledged(write) && write.seq > last.seq)
  // In a log everything after the first missing write is missing, so the next one that is there was taken by another
  // side. Without order one that is there may be the old side's, up to the first failure.
  const end =
    order === 'ordered' && (failed === undefined || (next?.seq ?? Infinity) < failed.seq) ? next : failed
  const lastOld =
    order === 'ordered' || failed === undefined
      ? last
      : (writes.findLast((write) => isAcknowledged(write) && write.seq < failed.seq) ?? last)
  return {
    lo: Math.max(0, lastOld.sentAt - first.endedAt),
    hi:
      before === undefined || end === undefined
        ? null
        : Math.max(0, end.endedAt - before.sentAt + (end === failed ? lingerOf(markers) : 0)),
  }
}

/** With every write acknowledged and there, what others wrote between two of them may still be gone. */
function widestGap(acknowledged: readonly MarkerWrite[], from: WorldInstant): number | null {
  let widest: number | null = null
  acknowledged.forEach((write, index) => {
    const before = acknowledged[index - 1]
    if (before === undefined || write.endedAt < from) return
    widest = Math.max(widest ?? 0, write.endedAt - before.sentAt)
  })
  return widest
}

function worstOf(losses: readonly DurationInterval[]): DurationInterval {
  return losses.reduce((worst, { lo, hi }) => ({
    lo: Math.max(worst.lo, lo),
    hi: worst.hi === null || hi === null ? null : Math.max(worst.hi, hi),
  }))
}

/** Whether a reading found a number. */
function presence({ present }: MarkerReading): (seq: number) => boolean {
  const ranges = mergeRanges(present)
  return (seq) => {
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ranges[middle]?.[1] ?? Number.NEGATIVE_INFINITY) < seq) low = middle + 1
      else high = middle
    }
    return (ranges[low]?.[0] ?? Number.POSITIVE_INFINITY) <= seq
  }
}

/** Inclusive ranges in order, none of which touch. */
export function mergeRanges(ranges: MarkerRanges): MarkerRanges {
  const merged: [number, number][] = []
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}
