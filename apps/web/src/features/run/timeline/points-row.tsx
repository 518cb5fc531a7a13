import type { RunDetail } from '@firedrill/contracts'
import { useMemo } from 'react'
import { duration } from '../../../format/duration.ts'
import { clockTime, type Zone } from '../../../format/time.ts'
import type { PointName } from '../../../vocabulary/measured.ts'
import { axisPoints, placePoints, type PlacedPoint } from './points.ts'
import { percent, type View } from './scale.ts'
import { BoundsMark } from './track.tsx'

/** Bounds without a label stand below both lines of labels. */
const BARE_TOP_PX = 52

/** The measured points in time, each with its bounds, and the last moments of the objectives. */
export function PointsRow({
  run,
  view,
  width,
  zone,
  selected,
  onSelect,
}: Readonly<{
  run: RunDetail
  view: View
  width: number
  zone: Zone
  selected: string | undefined
  onSelect: (name: PointName) => void
}>) {
  const points = useMemo(() => axisPoints(run), [run])
  const placed = useMemo(() => placePoints(points, view, width), [points, view, width])
  return (
    <div className="tl-row is-points">
      <div className="tl-label">
        <span className="strong">Points in time</span>
        <span className="meta">brackets are bounds</span>
      </div>
      <div className="tl-track">
        {points.every(({ name }) => name === undefined) ? (
          <span className="txt is-quiet is-first">nothing is measured yet</span>
        ) : null}
        {placed.map((point) => (
          <Point
            key={point.key}
            point={point}
            view={view}
            zone={zone}
            isSelected={point.name !== undefined && point.name === selected}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  )
}

function Point({
  point,
  view,
  zone,
  isSelected,
  onSelect,
}: Readonly<{
  point: PlacedPoint
  view: View
  zone: Zone
  isSelected: boolean
  onSelect: (name: PointName) => void
}>) {
  const { word, lo, hi, level, side, name } = point
  const style = {
    left: `${percent(view, side === 'after' ? hi : lo)}%`,
    top: `${1 + (level ?? 0) * 25}px`,
  }
  const look = `point is-${side}${isSelected ? ' is-selected' : ''}`
  return (
    <>
      <BoundsMark
        lo={lo}
        hi={hi}
        role={isSelected ? 'accent' : 'ink'}
        says={`${word}, ${duration(hi - lo)} wide`}
        view={view}
        top={level === null ? BARE_TOP_PX : 2 + level * 25}
        height={level === null ? 8 : 23}
      />
      {level === null ? null : name === undefined ? (
        <span className={look} style={style}>
          <b>{word}</b>
          <br />
          {clockTime(lo, zone)}
        </span>
      ) : (
        <button type="button" className={look} style={style} onClick={() => onSelect(name)}>
          <b>{word}</b> <span className="u">±{duration((hi - lo) / 2)}</span>
          <br />
          {clockTime(lo, zone)}
        </button>
      )}
    </>
  )
}
