import type { ProbeLane } from '@firedrill/contracts'

/** The longest stretch in which nobody probed, in one lane; world microseconds. */
export type LongestGap = Readonly<{ lane: string; micros: number; from: number }>

/**
 * The longest gap of every lane between `from` and `to`. A sample that a prober marks as late counts for as long as it
 * says: the prober was there and the machine was busy, which is told apart from a prober that is gone. Lanes must have a
 * point a sample.
 */
export function longestGaps(
  lanes: readonly ProbeLane[],
  { from, to }: Readonly<{ from: number; to: number }>,
): readonly LongestGap[] {
  return lanes.map((lane) => {
    let longest: LongestGap = { lane: `${lane.probe}/${lane.vantage}`, micros: 0, from }
    let last = from
    const upTo = (start: number) => {
      if (start - last > longest.micros) longest = { ...longest, micros: start - last, from: last }
    }
    for (const point of lane.points) {
      const isLate = point.unusable > 0 && point.detail?.startsWith('late') === true
      if (point.start < from || point.start >= to || (point.good + point.bad === 0 && !isLate)) continue
      upTo(point.start)
      last = Math.max(last, isLate ? Math.min(point.end, to) : point.start)
    }
    upTo(to)
    return longest
  })
}
