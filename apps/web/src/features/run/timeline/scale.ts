/** A part of world time, in microseconds. */
export type View = Readonly<{ from: number; to: number }>

const SECOND = 1_000_000
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map((s) => s * SECOND)
/** No view is shorter, in microseconds; probes are a second apart. */
export const SHORTEST = 2 * SECOND

/** Where an instant stands in a view, in percent; outside of it below 0 or above 100. */
export function percent(view: View, at: number): number {
  return ((at - view.from) / (view.to - view.from)) * 100
}

/** The part of a span that a view shows, in percent, or undefined when it shows none of it. */
export function clip(
  view: View,
  from: number,
  to: number,
): Readonly<{ left: number; width: number }> | undefined {
  if (to < view.from || from > view.to) return undefined
  const left = Math.max(0, percent(view, from))
  return { left, width: Math.max(0, Math.min(100, percent(view, to)) - left) }
}

/** Round instants for an axis of `width` pixels, at least `apart` pixels from one another. */
export function ticks(view: View, width: number, apart = 70): readonly number[] {
  if (width <= 0) return []
  const least = ((view.to - view.from) * apart) / width
  const step = STEPS.find((candidate) => candidate >= least) ?? STEPS.at(-1) ?? SECOND
  const found: number[] = []
  // A label that would stick out of either end is left out.
  const edge = ((view.to - view.from) * apart * 0.42) / width
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    if (at - view.from >= edge && view.to - at >= edge) found.push(at)
  }
  return found
}

/** A view `factor` times as long around an instant that keeps its place. */
export function zoom(view: View, factor: number, around = (view.from + view.to) / 2): View {
  const length = Math.max(SHORTEST, (view.to - view.from) * factor)
  const share = (around - view.from) / (view.to - view.from)
  const from = Math.round(around - length * share)
  return { from, to: Math.round(from + length) }
}

/** A view moved by a share of its length. */
export function pan(view: View, share: number): View {
  const by = Math.round((view.to - view.from) * share)
  return { from: view.from + by, to: view.to + by }
}

/** A view with room on both sides. */
export function padded(from: number, to: number, before = 0.02, after = 0.04): View {
  const length = Math.max(SHORTEST, to - from)
  return { from: Math.round(from - length * before), to: Math.round(from + length * (1 + after)) }
}
