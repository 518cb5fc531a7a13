import { POINT_WORDS, type PointName } from '../../../vocabulary/measured.ts'
import type { Measurement, RunDetail } from '@firedrill/contracts'
import { objectiveLimits } from './overlays.ts'
import { percent, type View } from './scale.ts'

/** Something that happened, or has its last moment, between two instants. `name` is set for what can be inspected. */
export type AxisPoint = Readonly<{
  key: string
  word: string
  lo: number
  hi: number
  name: PointName | undefined
}>

/** A point with a place for its label. `level` null: no room, so the bounds stand alone below and the table names them. */
export type PlacedPoint = AxisPoint & Readonly<{ level: number | null; side: 'after' | 'before' }>

const LEVELS = 2
const GAP_PX = 2
/** Label widths are guessed from their length, on the wide side: a label too few is better than one on another. */
const CHAR_PX = 6.6
const PADDING_PX = 14
const WIDTH_CHARS = 8

/** Measured points and the last moments of objectives, by time. */
export function axisPoints(run: RunDetail): readonly AxisPoint[] {
  const points: Measurement['points'] = run.measurement?.points ?? {}
  const measured = (Object.keys(POINT_WORDS) as PointName[]).flatMap((name): AxisPoint[] => {
    const point = points[name]
    return point === undefined
      ? []
      : [{ key: name, word: POINT_WORDS[name].word, lo: point.lo, hi: point.hi, name }]
  })
  const limits = objectiveLimits(run).map(({ name, lo, hi }): AxisPoint => ({
    key: `limit ${name}`,
    word: `${name} limit`,
    lo,
    hi,
    name: undefined,
  }))
  return [...measured, ...limits].sort((a, b) => a.lo - b.lo)
}

/** Where a label is, and where bounds stand: nothing of one may stand on the other. */
type Taken = Readonly<{ level: number; from: number; to: number; isLabel: boolean }>

/**
 * Places labels on two lines so that none covers another, and none the bounds of another. What finds no room has its bounds on a line
 * of their own below. Pure.
 */
export function placePoints(points: readonly AxisPoint[], view: View, width: number): readonly PlacedPoint[] {
  const taken: Taken[] = []
  const px = (at: number) => (percent(view, at) / 100) * width
  const isFree = (level: number, from: number, to: number, isLabel: boolean) =>
    !taken.some((box) => box.level === level && (isLabel || box.isLabel) && box.from < to && from < box.to)
  return points
    .filter(({ lo, hi }) => hi >= view.from && lo <= view.to)
    .map((point) => {
      const length = (point.word.length + (point.name === undefined ? 0 : WIDTH_CHARS)) * CHAR_PX + PADDING_PX
      const [left, right] = [px(point.lo) - GAP_PX, px(point.hi) + GAP_PX]
      for (let level = 0; level < LEVELS; level++) {
        if (!isFree(level, left, right, false)) continue
        for (const side of ['after', 'before'] as const) {
          const from = side === 'after' ? right : left - length
          if (from < 0 || from + length > width || !isFree(level, from, from + length, true)) continue
          taken.push({ level, from, to: from + length, isLabel: true })
          taken.push({ level, from: left, to: right, isLabel: false })
          return { ...point, level, side }
        }
      }
      return { ...point, level: null, side: 'after' as const }
    })
}
