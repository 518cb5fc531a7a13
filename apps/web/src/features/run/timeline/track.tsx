import { memo } from 'react'
import { Icon } from '../../../ui/icon.tsx'
import type { Mark, Row } from './row.ts'
import { clip, percent, type View } from './scale.ts'
import { thinOut } from './thin-out.ts'

type Select = (seq: number) => void

/** One row: its name in the gutter, its marks on the axis. */
export const TrackRow = memo(function TrackRow({
  row,
  view,
  selected,
  onSelect,
}: Readonly<{ row: Row; view: View; selected: number | undefined; onSelect: Select }>) {
  return (
    <div className={`tl-row is-depth-${row.depth}`}>
      <div className="tl-label">
        <Icon name={row.icon} className={row.role} />
        <span className="clip" title={row.label}>
          {row.label}
        </span>
        <span className="meta">{row.meta}</span>
      </div>
      <div className="tl-track">
        {thinOut(row.marks, view).map((mark, index) => (
          // Marks have no identity of their own beyond their place in the row.
          // oxlint-disable-next-line react/no-array-index-key
          <MarkView key={index} mark={mark} view={view} selected={selected} onSelect={onSelect} />
        ))}
      </div>
    </div>
  )
})

type MarkProps = Readonly<{ mark: Mark; view: View; selected: number | undefined; onSelect: Select }>

function MarkView({ mark, view, selected, onSelect }: MarkProps) {
  switch (mark.kind) {
    case 'bar': {
      const box = clip(view, mark.from, mark.to)
      if (box === undefined) return null
      const style = { left: `${box.left}%`, width: `${box.width}%` }
      const className = `bar is-${mark.look}${mark.isOpen ? ' is-open' : ''}`
      const { seq } = mark
      if (seq === undefined) return <span className={className} style={style} title={mark.says} />
      return (
        <button
          type="button"
          tabIndex={-1}
          className={`${className}${seq === selected ? ' is-selected' : ''}`}
          style={style}
          title={mark.says}
          aria-label={mark.says}
          onClick={() => onSelect(seq)}
        />
      )
    }
    case 'bounds':
      return <BoundsMark {...mark} view={view} top={2} height={20} />
    case 'glyph': {
      const left = percent(view, mark.at)
      if (left < 0 || left > 100) return null
      return (
        <button
          type="button"
          tabIndex={-1}
          className={`glyph ${mark.role}${mark.seq === selected ? ' is-selected' : ''}`}
          style={{ left: `${left}%` }}
          title={mark.says}
          aria-label={mark.says}
          onClick={() => onSelect(mark.seq)}
        >
          <Icon name={mark.icon} />
        </button>
      )
    }
    case 'text': {
      const left = percent(view, mark.at)
      if (left < 0 || left > 97) return null
      return (
        <span className={`txt${mark.isQuiet ? ' is-quiet' : ''}`} style={{ left: `${left}%` }}>
          {mark.text}
        </span>
      )
    }
    case 'chip': {
      const box = clip(view, mark.at, mark.until)
      if (box === undefined || box.width < 4) return null
      return (
        <span className="chip-box" style={{ left: `${box.left}%`, width: `${box.width}%` }}>
          <span className="chip">{mark.text}</span>
        </span>
      )
    }
    case 'ticks':
      return <Ticks {...mark} view={view} />
  }
}

/** Bounds of a point in time: two caps and a line between, at their true width. */
export function BoundsMark({
  lo,
  hi,
  role,
  says,
  view,
  top,
  height,
}: Readonly<{
  lo: number
  hi: number
  role: string
  says: string
  view: View
  top: number
  height: number
}>) {
  const box = clip(view, lo, hi)
  if (box === undefined) return null
  return (
    <span
      className={`bounds ${role}`}
      style={{ left: `${box.left}%`, width: `${box.width}%`, top: `${top}px`, height: `${height}px` }}
      title={says}
    />
  )
}

/** Where ticks stand, in tenths of a percent: two that would be one line are drawn once. */
function Ticks({ at, role, view }: Readonly<{ at: readonly number[]; role: string; view: View }>) {
  const places = new Set(at.map((instant) => Math.round(percent(view, instant) * 10)))
  const path = [...places]
    .filter((x) => x >= 0 && x <= 1000)
    .map((x) => `M${x} 7v10`)
    .join('')
  return (
    <svg className={`ticks ${role}`} viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
