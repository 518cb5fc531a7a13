import { useEffect, type RefObject } from 'react'
import { pan, zoom, type View } from './scale.ts'

/** How much of a view one pixel of the wheel moves or zooms. */
const PAN_SHARE = 0.001
const ZOOM_POWER = 0.004

/**
 * The wheel over the timeline: with Ctrl or a pinch it zooms around the pointer, sideways or with Shift it moves along. Without either
 * the page scrolls, as everywhere. Keys and buttons do the same.
 */
export function useWheel(
  board: RefObject<HTMLElement | null>,
  onMove: (change: (view: View) => View) => void,
): void {
  useEffect(() => {
    const element = board.current
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      const change = changeOf(event, element)
      if (change === undefined) return
      event.preventDefault()
      onMove(change)
    }
    // React listens passively, and a passive listener cannot keep the browser from zooming the page.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [board, onMove])
}

function changeOf(event: WheelEvent, element: HTMLElement): ((view: View) => View) | undefined {
  const { deltaX, deltaY } = event
  if (event.ctrlKey || event.metaKey) {
    const axis = element.querySelector('.axis')?.getBoundingClientRect()
    const share = axis === undefined || axis.width === 0 ? 0.5 : (event.clientX - axis.left) / axis.width
    return (view) => zoom(view, Math.exp(deltaY * ZOOM_POWER), view.from + share * (view.to - view.from))
  }
  const along = event.shiftKey && deltaX === 0 ? deltaY : deltaX
  if (along === 0 || (!event.shiftKey && Math.abs(deltaY) > Math.abs(deltaX))) return undefined
  return (view) => pan(view, along * PAN_SHARE)
}
