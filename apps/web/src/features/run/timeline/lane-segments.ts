import type { ProbeLane } from '@firedrill/contracts'

/** What a stretch of a lane says. `mixed`: good and bad answers share its points. `absent`: nobody looked, which is not zero. */
export const LANE_STATES = ['good', 'mixed', 'bad', 'unusable', 'absent'] as const
export type LaneState = (typeof LANE_STATES)[number]

/** A stretch of one state. */
export type LaneSegment = Readonly<{
  from: number
  to: number
  state: LaneState
  samples: number
  detail: string
}>

type Point = ProbeLane['points'][number]

/** A gap this many times the usual distance of points is an absence, not a slow probe. */
const GAP_FACTOR = 3.5
const LEAST_GAP_MICROS = 2_500_000

/** Neighbouring points of one state as one stretch, and every gap as an absence. Pure. */
export function laneSegments(lane: ProbeLane, until: number): readonly LaneSegment[] {
  const { points } = lane
  const gap = Math.max(LEAST_GAP_MICROS, usualDistance(points) * GAP_FACTOR)
  const segments: LaneSegment[] = []
  for (const [index, point] of points.entries()) {
    const next = points[index + 1]
    const isGap = next !== undefined ? next.start - point.end > gap : until - point.end > gap
    const to = isGap || next === undefined ? point.end : next.start
    push(segments, {
      from: point.start,
      to,
      state: stateOf(point),
      samples: total(point),
      detail: point.detail ?? '',
    })
    if (isGap) segments.push({ from: to, to: next?.start ?? until, state: 'absent', samples: 0, detail: '' })
  }
  return segments
}

/** What a lane says last; undefined before its first sample. */
export function lastState(lane: ProbeLane): Readonly<{ state: LaneState; detail: string }> | undefined {
  const point = lane.points.at(-1)
  return point === undefined ? undefined : { state: stateOf(point), detail: point.detail ?? '' }
}

/** The slowest of the good answers, in microseconds; bad ones take as long as their timeout. */
export function slowestGood(lane: ProbeLane): number {
  return lane.points.reduce(
    (most, point) => (point.bad === 0 ? Math.max(most, point.slowestMicros) : most),
    0,
  )
}

/** Slowest answers as a line: pieces without gaps, each a list of [instant, microseconds]. */
export function latencyLines(lane: ProbeLane): readonly (readonly (readonly [number, number])[])[] {
  const gap = Math.max(LEAST_GAP_MICROS, usualDistance(lane.points) * GAP_FACTOR)
  const lines: (readonly [number, number])[][] = []
  let last: number | undefined
  for (const point of lane.points) {
    if (point.good === 0 || point.bad > 0) {
      last = undefined
      continue
    }
    if (last === undefined || point.start - last > gap) lines.push([])
    lines.at(-1)?.push([point.start, point.slowestMicros])
    last = point.end
  }
  return lines
}

function push(segments: LaneSegment[], segment: LaneSegment): void {
  const last = segments.at(-1)
  if (last !== undefined && last.state === segment.state && last.to >= segment.from) {
    segments[segments.length - 1] = {
      ...last,
      to: segment.to,
      samples: last.samples + segment.samples,
      detail: last.detail === '' ? segment.detail : last.detail,
    }
  } else segments.push(segment)
}

function stateOf({ good, bad }: Point): LaneState {
  if (bad > 0) return good > 0 ? 'mixed' : 'bad'
  return good > 0 ? 'good' : 'unusable'
}

function total({ good, bad, unusable }: Point): number {
  return good + bad + unusable
}

function usualDistance(points: readonly Point[]): number {
  const distances = points.slice(1).map((point, index) => point.start - (points[index]?.start ?? point.start))
  distances.sort((a, b) => a - b)
  return distances[Math.floor(distances.length / 2)] ?? 0
}
