import type { WorldInstant } from '../time/instant.ts'
import type { DurationInterval } from './interval.ts'

/** One numbered write that the application acknowledged, stamped on the writer's clock. */
export type AcknowledgedMarker = Readonly<{ seq: number; acknowledgedAt: WorldInstant }>

/** What a stream of numbered writes shows after the switch. */
export type MarkerObservations = Readonly<{
  /** How the data is replicated: in order (a log), or each item by itself. */
  order: 'ordered' | 'unordered'
  /** Distance of two writes in milliseconds: the resolution. */
  intervalMs: number
  acknowledged: readonly AcknowledgedMarker[]
  /** When the first write that failed was attempted. */
  firstFailedAt?: WorldInstant | undefined
  /** Sequence numbers that the surviving side holds, read before any resynchronisation. */
  present: readonly number[]
}>

/** Data lost, as an interval of time on the writer's clock. */
export type DataLoss = Readonly<{
  observed: DurationInterval
  /** Acknowledged writes that are not there. With ordered replication: those after the first missing one. */
  lost: number
  firstMissing?: number
}>

/**
 * Data loss by markers. With ordered replication everything after the newest marker is missing; otherwise the oldest
 * acknowledged marker that is absent counts, since the newest present one says nothing about those before it.
 * Undefined when nothing was acknowledged. `hi` is null when no failed write bounds the loss from above.
 */
export function dataLoss(markers: MarkerObservations): DataLoss | undefined {
  const acknowledged = [...markers.acknowledged].sort((a, b) => a.seq - b.seq)
  const last = acknowledged.at(-1)
  if (last === undefined) return undefined
  const missing = missingOf(markers, acknowledged)
  const [first] = missing
  if (first === undefined) return { observed: { lo: 0, hi: markers.intervalMs * 1000 }, lost: 0 }

  const contiguous = acknowledged.findLast(({ seq }) => seq < first.seq)
  const failedAt = markers.firstFailedAt
  // Without a marker before the first missing one, how far back the loss reaches is not known.
  const hi =
    contiguous === undefined || failedAt === undefined
      ? null
      : Math.max(0, failedAt - contiguous.acknowledgedAt)
  const lo = Math.max(0, last.acknowledgedAt - first.acknowledgedAt)
  return { observed: { lo, hi }, lost: missing.length, firstMissing: first.seq }
}

function missingOf(
  { order, present }: MarkerObservations,
  acknowledged: readonly AcknowledgedMarker[],
): readonly AcknowledgedMarker[] {
  if (order === 'ordered') {
    let newest = Number.NEGATIVE_INFINITY
    for (const seq of present) newest = Math.max(newest, seq)
    return acknowledged.filter(({ seq }) => seq > newest)
  }
  const held = new Set(present)
  return acknowledged.filter(({ seq }) => !held.has(seq))
}
