import type { Measurement } from '@firedrill/contracts'
import { useMemo } from 'react'
import { duration } from '../../../format/duration.ts'
import { clockTime, type Zone } from '../../../format/time.ts'
import type { PointName } from '../../../vocabulary/measured.ts'
import { placePoints } from './points.ts'
import { percent, type View } from './scale.ts'
import { BoundsMark } from './track.tsx'

/** The measured points in time, each with its bounds. */
export function PointsRow({
  points,
  view,
  width,
  zone,
  selected,
  onSelect,
}: Readonly<{
  points: Measurement['points']
  view: View
  width: number
  zone: Zone
  selected: string | undefined
  onSelect: (name: PointName) => void
}>) {
  const placed = useMemo(() => placePoints(points, view, width), [points, view, width])
  return (
    <div className="tl-row is-points">
      <div className="tl-label">
        <span className="strong">Points in time</span>
        <span className="meta">brackets are bounds</span>
      </div>
      <div className="tl-track">
        {placed.length === 0 ? (
          <span className="txt is-quiet is-first">none measured in view yet</span>
        ) : null}
        {placed.map(({ name, word, lo, hi, level, side }) => (
          <span key={name}>
            <BoundsMark
              lo={lo}
              hi={hi}
              role={name === selected ? 'accent' : 'ink'}
              says={`${word}, ${duration(hi - lo)} wide`}
              view={view}
              top={2 + (level ?? 0) * 25}
              height={23}
            />
            {level === null ? null : (
              <button
                type="button"
                className={`point is-${side}${name === selected ? ' is-selected' : ''}`}
                style={{ left: `${percent(view, side === 'after' ? hi : lo)}%`, top: `${1 + level * 25}px` }}
                onClick={() => onSelect(name)}
              >
                <b>{word}</b> <span className="u">±{duration((hi - lo) / 2)}</span>
                <br />
                {clockTime(lo, zone)}
              </button>
            )}
          </span>
        ))}
      </div>
    </div>
  )
}
