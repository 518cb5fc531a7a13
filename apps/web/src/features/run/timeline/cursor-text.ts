import type { ProbeLane } from '@firedrill/contracts'
import { LANE_WORDS } from '../../../vocabulary/lanes.ts'
import { laneSegments, type LaneSegment } from './lane-segments.ts'

/** The cursor is asked with every frame while somebody zooms; the stretches of a lane are the same each time. */
const known = new WeakMap<ProbeLane, readonly LaneSegment[]>()

function segmentsOf(lane: ProbeLane): readonly LaneSegment[] {
  const segments = known.get(lane) ?? laneSegments(lane, Number.MAX_SAFE_INTEGER)
  known.set(lane, segments)
  return segments
}

/** What every probe saw at a moment, in words. */
export function cursorText(lanes: readonly ProbeLane[], at: number): string {
  if (lanes.length === 0) return 'no samples'
  return lanes
    .map((lane) => {
      const found = segmentsOf(lane).findLast((segment) => segment.from <= at && segment.to >= at)
      const says = found === undefined ? 'no sample' : LANE_WORDS[found.state].word
      return `${lane.probe} from ${lane.vantage}: ${says}`
    })
    .join(', ')
}
