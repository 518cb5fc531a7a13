import type { ProbeLane } from '@firedrill/contracts'

/** The longest stretch without a sample that says something about the service, in one lane; world microseconds. */
export type LongestGap = Readonly<{ lane: string; micros: number; from: number }>

/** The longest gap of every lane between `from` and `to`. Lanes must have a point a sample. */
export function longestGaps(
  lanes: readonly ProbeLane[],
  { from, to }: Readonly<{ from: number; to: number }>,
): readonly LongestGap[] {
  return lanes.map((lane) => {
    const starts = lane.points
      .filter((point) => point.good + point.bad > 0 && point.start >= from && point.start < to)
      .map(({ start }) => start)
    let longest: LongestGap = { lane: `${lane.probe}/${lane.vantage}`, micros: 0, from }
    let last = from
    for (const start of [...starts, to]) {
      if (start - last > longest.micros) longest = { ...longest, micros: start - last, from: last }
      last = start
    }
    return longest
  })
}
