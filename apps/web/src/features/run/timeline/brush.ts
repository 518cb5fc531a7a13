import { SHORTEST, type View } from './scale.ts'

/** Shares of the minimap that one press of an arrow key moves an edge by. */
const KEY_STEP = 0.01
/** A brush shorter than this share was a click. */
const CLICK_SHARE = 0.004

/** Part of the whole run between two places of the minimap, given as shares of it; a click keeps the length and moves there. Pure. */
export function brushed(whole: View, view: View, start: number, end: number): View {
  const length = whole.to - whole.from
  const at = (share: number) => Math.round(whole.from + Math.min(1, Math.max(0, share)) * length)
  if (Math.abs(end - start) >= CLICK_SHARE)
    return { from: at(Math.min(start, end)), to: at(Math.max(start, end)) }
  const half = Math.round((view.to - view.from) / 2)
  return { from: at(end) - half, to: at(end) + half }
}

/** A view with one of its edges moved by arrow keys. It stays longer than nothing and inside of the whole. Pure. */
export function nudged(whole: View, view: View, edge: 'from' | 'to', steps: number): View {
  const by = Math.round((whole.to - whole.from) * KEY_STEP * steps)
  const at = Math.min(whole.to, Math.max(whole.from, view[edge] + by))
  const next = { ...view, [edge]: at }
  return next.to - next.from < SHORTEST ? view : next
}
