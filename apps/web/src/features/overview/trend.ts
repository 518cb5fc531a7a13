import type { OverviewRow, TrendRun, Verdict } from '@firedrill/contracts'
import { limit } from '../../format/duration.ts'
import { shortInterval } from '../../format/interval.ts'
import { objectiveOf, resultOf, type Measure, type Result } from './present.ts'

/** Where things stand in a trend, in pixels. Every run has a place of its own, so that no two cover one another. */
export type Trend = Readonly<{
  width: number
  height: number
  left: number
  right: number
  bottom: number
  /** Whole numbers of the unit. */
  axis: readonly Readonly<{ y: number; text: string }>[]
  unit: string
  marks: readonly TrendMark[]
  /** Stretches of one limit. */
  objectives: readonly Readonly<{ x1: number; x2: number; y: number; text: string; isNew: boolean }>[]
  /** Between runs of different versions of the scenario. */
  changes: readonly Readonly<{ x: number; text: string }>[]
}>

/** One run. `box` undefined: it has no figure, and stands as its icon on the ground line. */
export type TrendMark = Readonly<{
  run: TrendRun
  x: number
  verdict: Verdict
  /** `top` null: not bounded above. */
  box: Readonly<{ top: number | null; bottom: number }> | undefined
  label: string
  /** The observed interval, a bound a line; empty without one. */
  figure: readonly string[]
}>

const LEFT = 46
const RIGHT = 118
const TOP = 26
const BOTTOM = 40
const LABEL_PX = 64
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200].map(
  (s) => s * 1_000_000,
)
const LINES_MAX = 5

/** Lays a trend out. Undefined without an objective of that measure or without runs. Pure. */
export function layTrend(
  row: OverviewRow,
  measure: Measure,
  width: number,
  height: number,
): Trend | undefined {
  const objective = objectiveOf(row, measure)
  if (objective === undefined || row.runs.length === 0 || width < 120) return undefined
  const points = row.runs.map((run) => ({ run, result: resultOf(run, objective.name) }))
  const limits = points.map(({ result }) => result?.maxMicros ?? objective.maxMicros)
  const tops = points.flatMap(({ result }) => result?.observed?.hi ?? result?.observed?.lo ?? [])
  const most = Math.max(...limits, ...tops) * 1.12
  const step = STEPS.find((candidate) => most / candidate <= LINES_MAX) ?? Math.ceil(most / LINES_MAX)
  const right = Math.max(LEFT + 40, width - RIGHT)
  const bottom = height - BOTTOM
  const y = (micros: number) => TOP + (1 - micros / most) * (bottom - TOP)
  const place = (right - LEFT) / points.length
  const x = (index: number) => LEFT + place * (index + 0.5)
  const isMinutes = step >= 60_000_000
  return {
    width,
    height,
    left: LEFT,
    right,
    bottom,
    unit: isMinutes ? 'minutes' : 'seconds',
    axis: Array.from({ length: Math.floor(most / step) + 1 }, (_, line) => ({
      y: y(line * step),
      text: String((line * step) / (isMinutes ? 60_000_000 : 1_000_000)),
    })),
    marks: points.map(({ run, result }, index) => ({
      run,
      x: x(index),
      verdict: result?.verdict ?? run.verdict,
      box: boxOf(result, y),
      label: labelOf(points, index, place),
      figure: figureOf(result),
    })),
    objectives: stretches(limits).map(({ from, to, value }) => ({
      x1: from === 0 ? LEFT : x(from) - place / 2,
      x2: to === limits.length - 1 ? width : x(to) + place / 2,
      y: y(value),
      text: `objective ${limit(value)}`,
      isNew: to === limits.length - 1,
    })),
    changes: stretches(points.map(({ run }) => run.version ?? 0))
      .slice(1)
      .map(({ from, value }) => ({ x: x(from) - place / 2, text: value === 0 ? 'changed' : `v${value}` })),
  }
}

function boxOf(result: Result | undefined, y: (micros: number) => number): TrendMark['box'] {
  const observed = result?.observed
  if (observed === undefined || observed === null) return undefined
  return { top: observed.hi === null ? null : y(observed.hi), bottom: y(observed.lo) }
}

function figureOf(result: Result | undefined): readonly string[] {
  const observed = result?.observed
  if (observed === undefined || observed === null) return []
  const [lo = '', hi] = shortInterval(observed).split(' to ')
  return hi === undefined ? [lo] : [lo, `to ${hi}`]
}

/** The number of a run under its mark where there is room, counted from the newest, which always has it. */
function labelOf(points: readonly Readonly<{ run: TrendRun }>[], index: number, place: number): string {
  const every = Math.max(1, Math.ceil(LABEL_PX / place))
  const run = points[index]?.run
  return run === undefined || (points.length - 1 - index) % every !== 0 ? '' : `run ${run.number}`
}

function stretches(
  values: readonly number[],
): readonly Readonly<{ from: number; to: number; value: number }>[] {
  const found: { from: number; to: number; value: number }[] = []
  values.forEach((value, index) => {
    const last = found.at(-1)
    if (last?.value === value) last.to = index
    else found.push({ from: index, to: index, value })
  })
  return found
}
