import type { ProbeLane } from '@firedrill/contracts'
import { useEffect, useState, type RefObject } from 'react'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { cursorText } from './cursor-text.ts'
import { percent, type View } from './scale.ts'

/** One moment across all rows. It follows the pointer, and the arrow keys when it has focus. */
export function Cursor({
  board,
  view,
  zone,
  lanes,
  onPick,
}: Readonly<{
  board: RefObject<HTMLElement | null>
  view: View
  zone: Zone
  lanes: readonly ProbeLane[]
  onPick: (worldAt: number) => void
}>) {
  const [at, setAt] = useState<number>()
  useEffect(() => {
    const element = board.current
    if (element === null) return
    const onMove = (event: PointerEvent) => {
      const track = element.querySelector('.axis')?.getBoundingClientRect()
      if (track === undefined || track.width === 0) return
      const share = (event.clientX - track.left) / track.width
      if (share >= 0 && share <= 1) setAt(Math.round(view.from + share * (view.to - view.from)))
    }
    element.addEventListener('pointermove', onMove)
    return () => element.removeEventListener('pointermove', onMove)
  }, [board, view])

  const current = Math.min(view.to, Math.max(view.from, at ?? Math.round((view.from + view.to) / 2)))
  const step = (view.to - view.from) / 100
  const move = (by: number) => setAt(Math.round(Math.min(view.to, Math.max(view.from, current + by))))
  return (
    <div
      className={`cursor${at === undefined ? ' is-idle' : ''}`}
      style={{ left: `${percent(view, current)}%` }}
      role="slider"
      tabIndex={0}
      aria-label="Cursor on the time axis"
      aria-valuemin={view.from}
      aria-valuemax={view.to}
      aria-valuenow={current}
      aria-valuetext={`${clockTime(current, zone)} ${zoneName(zone)}; ${cursorText(lanes, current)}`}
      onKeyDown={(event) => {
        const far = event.shiftKey ? 10 : 1
        if (event.key === 'ArrowLeft') move(-step * far)
        else if (event.key === 'ArrowRight') move(step * far)
        else if (event.key === 'Home') setAt(view.from)
        else if (event.key === 'End') setAt(view.to)
        else if (event.key === 'Enter') onPick(current)
        else return
        event.preventDefault()
      }}
    >
      <span>{clockTime(current, zone)}</span>
    </div>
  )
}
