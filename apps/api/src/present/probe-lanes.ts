import type { SampleLane } from '@firedrill/core'
import type { ProbeLane } from '@firedrill/contracts'

/** Drawn samples as lanes with their counts. A lane in which nothing was seen is left out. Pure. */
export function presentLanes(lanes: readonly SampleLane[]): readonly ProbeLane[] {
  return lanes
    .filter(({ strokes }) => strokes.length > 0)
    .map(({ probe, vantage, strokes }) => {
      const sum = (count: 'good' | 'bad' | 'unusable') =>
        strokes.reduce((total, stroke) => total + stroke[count], 0)
      return {
        probe,
        vantage,
        good: sum('good'),
        bad: sum('bad'),
        unusable: sum('unusable'),
        points: [...strokes],
      }
    })
}
