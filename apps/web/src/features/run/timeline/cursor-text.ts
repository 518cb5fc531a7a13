import type { ProbeLane } from '@firedrill/contracts'
import { LANE_WORDS } from '../../../vocabulary/lanes.ts'
import { laneSegments } from './lane-segments.ts'

/** What every probe saw at a moment, in words. */
export function cursorText(lanes: readonly ProbeLane[], at: number): string {
  if (lanes.length === 0) return 'no samples'
  return lanes
    .map((lane) => {
      const found = laneSegments(lane, at).findLast((segment) => segment.from <= at && segment.to >= at)
      const says = found === undefined ? 'no sample' : LANE_WORDS[found.state].word
      return `${lane.probe} from ${lane.vantage}: ${says}`
    })
    .join(', ')
}
