import type { Measurement } from '@firedrill/contracts'
import { POINT_WORDS, type PointName } from '../../../vocabulary/measured.ts'
import { percent, type View } from './scale.ts'

/** A point in time with a place for its label. `level` null: no room, so the bounds stand alone and the inspector names them. */
export type PlacedPoint = Readonly<{
  name: PointName
  word: string
  lo: number
  hi: number
  level: number | null
  side: 'after' | 'before'
}>

const LEVELS = 2
const LABEL_PX = 104
const GAP_PX = 4

/** Places the labels of measured points on two lines so that none covers another. Pure. */
export function placePoints(
  points: Measurement['points'],
  view: View,
  width: number,
): readonly PlacedPoint[] {
  const taken: Readonly<{ level: number; from: number; to: number }>[] = []
  const px = (at: number) => (percent(view, at) / 100) * width
  const isFree = (level: number, from: number, to: number) =>
    from >= 0 && to <= width && !taken.some((box) => box.level === level && box.from < to && from < box.to)
  return pointsInOrder(points)
    .filter(({ lo, hi }) => hi >= view.from && lo <= view.to)
    .map(({ name, lo, hi }) => {
      for (let level = 0; level < LEVELS; level++) {
        for (const side of ['after', 'before'] as const) {
          const from = side === 'after' ? px(hi) + GAP_PX : px(lo) - GAP_PX - LABEL_PX
          if (!isFree(level, from, from + LABEL_PX)) continue
          taken.push({ level, from, to: from + LABEL_PX })
          return { name, word: POINT_WORDS[name].word, lo, hi, level, side }
        }
      }
      return { name, word: POINT_WORDS[name].word, lo, hi, level: null, side: 'after' as const }
    })
}

/** Measured points by time. */
export function pointsInOrder(
  points: Measurement['points'],
): readonly Readonly<{ name: PointName; lo: number; hi: number; source: string; clock: string }>[] {
  return (Object.keys(POINT_WORDS) as PointName[])
    .flatMap((name) => {
      const point = points[name]
      return point === undefined ? [] : [{ name, ...point }]
    })
    .sort((a, b) => a.lo - b.lo)
}
