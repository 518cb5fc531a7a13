import type { ProbeLane, RunDetail } from '@firedrill/contracts'
import { useMemo, useRef, useState, type PointerEvent } from 'react'
import { clockTime, type Zone } from '../../../format/time.ts'
import { brushed, nudged } from './brush.ts'
import { laneSegments } from './lane-segments.ts'
import { faultSpans, lanesUntil } from './overlays.ts'
import { clip, percent, type View } from './scale.ts'

/** The whole run in one strip: faults, outages, and the part that is shown. Dragging shows another part; so do the arrow keys. */
export function Minimap({
  run,
  lanes,
  worldNow,
  whole,
  view,
  zone,
  onShow,
}: Readonly<{
  run: RunDetail
  lanes: readonly ProbeLane[]
  worldNow: number
  whole: View
  view: View
  zone: Zone
  onShow: (view: View) => void
}>) {
  const strip = useRef<HTMLDivElement>(null)
  const [start, setStart] = useState<number>()
  const [end, setEnd] = useState(0)
  const bad = useMemo(() => badSpans(lanes, lanesUntil(run, worldNow)), [lanes, run, worldNow])
  const shareOf = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect()
    return box === undefined || box.width === 0 ? 0 : (event.clientX - box.left) / box.width
  }
  const dragged = start === undefined ? undefined : brushed(whole, view, start, end)
  const shown = dragged ?? view
  const window = clip(whole, shown.from, shown.to)
  return (
    <div className="minimap">
      <div
        ref={strip}
        className="minimap-strip"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setStart(shareOf(event))
          setEnd(shareOf(event))
        }}
        onPointerMove={(event) => (start === undefined ? undefined : setEnd(shareOf(event)))}
        onPointerUp={() => {
          if (dragged !== undefined) onShow(dragged)
          setStart(undefined)
        }}
        onPointerCancel={() => setStart(undefined)}
      >
        {faultSpans(run, worldNow).map(({ key, from, to }) => (
          <Span key={key} look="fault" whole={whole} from={from} to={to} />
        ))}
        {bad.map(({ from, to }) => (
          <Span key={from} look="bad" whole={whole} from={from} to={to} />
        ))}
        {window === undefined ? null : (
          <i className="minimap-window" style={{ left: `${window.left}%`, width: `${window.width}%` }} />
        )}
      </div>
      {(['from', 'to'] as const).map((edge) => (
        <Edge
          key={edge}
          edge={edge}
          whole={whole}
          view={view}
          zone={zone}
          onStep={(steps) => onShow(nudged(whole, view, edge, steps))}
        />
      ))}
    </div>
  )
}

function Span({
  look,
  whole,
  from,
  to,
}: Readonly<{ look: 'fault' | 'bad'; whole: View; from: number; to: number }>) {
  const box = clip(whole, from, to)
  return box === undefined ? null : (
    <i className={`minimap-${look}`} style={{ left: `${box.left}%`, width: `${box.width}%` }} />
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }

function Edge({
  edge,
  whole,
  view,
  zone,
  onStep,
}: Readonly<{ edge: 'from' | 'to'; whole: View; view: View; zone: Zone; onStep: (steps: number) => void }>) {
  const at = Math.min(100, Math.max(0, percent(whole, view[edge])))
  return (
    <div
      role="slider"
      tabIndex={0}
      className="minimap-edge"
      aria-label={edge === 'from' ? 'Beginning of what is shown' : 'End of what is shown'}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at)}
      aria-valuetext={clockTime(view[edge], zone, 0)}
      style={{ left: `calc(var(--s5) + (100% - 2 * var(--s5)) * ${at / 100})` }}
      onKeyDown={(event) => {
        const steps = STEPS[event.key]
        if (steps === undefined) return
        event.preventDefault()
        onStep(steps)
      }}
    />
  )
}

/** Where any lane saw nothing good, merged so that a long run has few marks. */
function badSpans(
  lanes: readonly ProbeLane[],
  until: number,
): readonly Readonly<{ from: number; to: number }>[] {
  const spans = lanes
    .flatMap((lane) => laneSegments(lane, until))
    .filter(({ state }) => state === 'bad' || state === 'mixed')
    .toSorted((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of spans) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}
