import type { Sample } from '@firedrill/core'
import type { ProbeLane } from '@firedrill/contracts'

type Point = ProbeLane['points'][number]

/**
 * Samples as lanes, one a probe and vantage, each with at most `pointsMax` points. Neighbouring samples share a point when there are
 * more; a point keeps its counts, its slowest answer and its first reason, so that drawing less hides nothing. Pure.
 */
export function presentLanes(samples: readonly Sample[], pointsMax: number): readonly ProbeLane[] {
  const byLane = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = `${sample.probe}\n${sample.vantage}`
    const lane = byLane.get(key)
    if (lane === undefined) byLane.set(key, [sample])
    else lane.push(sample)
  }
  return [...byLane.values()]
    .map((lane) => laneOf(lane, pointsMax))
    .sort((a, b) => compare(a.probe, b.probe) || compare(a.vantage, b.vantage))
}

function laneOf(samples: readonly Sample[], pointsMax: number): ProbeLane {
  const [first] = samples
  if (first === undefined) throw new Error('a lane has at least one sample')
  const perPoint = Math.ceil(samples.length / pointsMax)
  const points: Point[] = []
  for (let at = 0; at < samples.length; at += perPoint) points.push(pointOf(samples.slice(at, at + perPoint)))
  return { probe: first.probe, vantage: first.vantage, ...counts(samples), points }
}

function pointOf(samples: readonly Sample[]): Point {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) throw new Error('a point has at least one sample')
  const failed = samples.find((sample) => sample.outcome !== 'good' && sample.detail !== undefined)
  const answered = samples.filter((sample) => sample.outcome !== 'unusable')
  return {
    start: first.start,
    end: last.end,
    ...counts(samples),
    slowestMicros: answered.reduce((most, sample) => Math.max(most, sample.end - sample.start), 0),
    ...(failed?.detail === undefined ? {} : { detail: failed.detail }),
  }
}

function counts(samples: readonly Sample[]): Record<Sample['outcome'], number> {
  const found = { good: 0, bad: 0, unusable: 0 }
  for (const sample of samples) found[sample.outcome]++
  return found
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
