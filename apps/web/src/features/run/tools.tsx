import { duration } from '../../format/duration.ts'
import type { Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { LiveMark } from './live/live-mark.tsx'
import type { Liveness } from './live/liveness.ts'
import type { View } from './timeline/scale.ts'

/** What the buttons of the row do. Each has a key as well. */
export type ToolActions = Readonly<{
  togglePause: () => void
  zoomIn: () => void
  zoomOut: () => void
  fitRun: () => void
  fitOutage: () => void
  earlier: () => void
  later: () => void
}>

/** How fresh the page is, and which part of time it shows. */
export function Tools({
  liveness,
  seq,
  paused,
  zone,
  view,
  hasOutage,
  actions,
}: Readonly<{
  liveness: Liveness
  seq: number
  paused: Readonly<{ worldAt: number; newer: number }> | undefined
  zone: Zone
  view: View
  hasOutage: boolean
  actions: ToolActions
}>) {
  return (
    <div className="tools" role="toolbar" aria-label="Timeline">
      <LiveMark liveness={liveness} seq={seq} paused={paused} zone={zone} />
      {liveness.kind === 'over' ? null : (
        <button
          type="button"
          className={`btn${paused === undefined ? '' : ' is-primary'}`}
          onClick={actions.togglePause}
        >
          <Icon name={paused === undefined ? 'pause' : 'play'} />
          {paused === undefined ? 'Pause' : 'Go live'} <kbd>P</kbd>
        </button>
      )}
      <span className="grow" />
      <span className="seg">
        <button type="button" aria-label="Earlier" title="Earlier (A)" onClick={actions.earlier}>
          <Icon name="left" />
        </button>
        <button type="button" aria-label="Zoom out" title="Zoom out (-)" onClick={actions.zoomOut}>
          <Icon name="minus" />
        </button>
        <span className="is-wide">{duration(view.to - view.from, 0)}</span>
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={actions.zoomIn}>
          <Icon name="plus" />
        </button>
        <button type="button" aria-label="Later" title="Later (D)" onClick={actions.later}>
          <Icon name="right" />
        </button>
      </span>
      <span className="seg">
        <button type="button" onClick={actions.fitRun}>
          Whole run <kbd>F</kbd>
        </button>
        <button type="button" onClick={actions.fitOutage} disabled={!hasOutage}>
          Outage <kbd>O</kbd>
        </button>
      </span>
    </div>
  )
}
