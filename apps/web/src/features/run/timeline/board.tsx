import type { ProbeLane, RunDetail, TimelineEvent } from '@firedrill/contracts'
import { useCallback, useMemo, useRef } from 'react'
import { worldSpeed } from '../../../format/duration.ts'
import { clockTime, shortDay, zoneName, type Zone } from '../../../format/time.ts'
import type { PointName } from '../../../vocabulary/measured.ts'
import { Axis } from './axis.tsx'
import { Cursor } from './cursor.tsx'
import { LaneRow } from './lane.tsx'
import { faultSpans, lanesUntil, objectiveLimits, zeroOf } from './overlays.ts'
import { PartsRow } from './parts-row.tsx'
import { PointsRow } from './points-row.tsx'
import { timelineRows } from './rows.ts'
import { clip, percent, type View } from './scale.ts'
import { TrackRow } from './track.tsx'
import { useWheel } from './use-wheel.ts'
import { useWidth } from './use-width.ts'

/** What is selected on a page. */
export type Selection = Readonly<{ event?: number; point?: PointName }>

/** Everything of a run on one time axis. */
export function Board({
  run,
  events,
  lanes,
  worldNow,
  view,
  zone,
  selection,
  onSelect,
  onMove,
}: Readonly<{
  run: RunDetail
  events: readonly TimelineEvent[]
  lanes: readonly ProbeLane[]
  worldNow: number
  view: View
  zone: Zone
  selection: Selection
  onSelect: (selection: Selection) => void
  onMove: (change: (view: View) => View) => void
}>) {
  const board = useRef<HTMLDivElement>(null)
  const axis = useRef<HTMLDivElement>(null)
  const width = useWidth(axis)
  useWheel(board, onMove)
  const rows = useMemo(() => timelineRows({ run, events, worldNow, zone }), [run, events, worldNow, zone])
  const selectEvent = useCallback((event: number) => onSelect({ event }), [onSelect])
  const pick = (at: number) => {
    const nearest = events.toSorted((a, b) => Math.abs(a.worldAt - at) - Math.abs(b.worldAt - at))[0]
    if (nearest !== undefined) selectEvent(nearest.seq)
  }
  const rate = run.clock.rate === 1 ? '' : ` · world time ${worldSpeed(run.clock.rate)}`
  return (
    <div className="board" ref={board} role="group" aria-label="Timeline; a table of the same is below">
      <div className="tl-row is-axis">
        <div className="tl-label small muted">
          <span className="clip">
            {shortDay(worldNow, zone)}, {zoneName(zone)}
            {rate}
          </span>
        </div>
        <div className="tl-track" ref={axis}>
          <Axis
            view={view}
            width={width}
            zone={zone}
            now={run.isOver ? undefined : worldNow}
            zero={zeroOf(run)}
          />
        </div>
      </div>
      <PointsRow
        run={run}
        view={view}
        width={width}
        zone={zone}
        selected={selection.point}
        onSelect={(point) => onSelect({ point })}
      />
      {run.measurement === null ? null : <PartsRow measurement={run.measurement} view={view} />}
      <div className="tl-tree">
        {rows.map((row) => (
          <TrackRow key={row.key} row={row} view={view} selected={selection.event} onSelect={selectEvent} />
        ))}
      </div>
      <div className="tl-lanes">
        <div className="under" aria-hidden="true">
          {faultSpans(run, worldNow).map(({ key, from, to }) => {
            const box = clip(view, from, to)
            return box === undefined ? null : (
              <i key={key} style={{ left: `${box.left}%`, width: `${box.width}%` }} />
            )
          })}
        </div>
        {lanes.map((lane) => (
          <LaneRow
            key={`${lane.probe} ${lane.vantage}`}
            lane={lane}
            view={view}
            until={lanesUntil(run, worldNow)}
          />
        ))}
        {lanes.length === 0 ? (
          <p className="tl-empty muted">No probe has looked in this part of time.</p>
        ) : null}
      </div>
      <Overlays run={run} view={view} worldNow={worldNow} zone={zone} />
      <div className="over">
        <Cursor board={board} view={view} zone={zone} lanes={lanes} onPick={pick} />
      </div>
    </div>
  )
}

function Overlays({
  run,
  view,
  worldNow,
  zone,
}: Readonly<{ run: RunDetail; view: View; worldNow: number; zone: Zone }>) {
  const now = percent(view, worldNow)
  return (
    <div className="over is-passive" aria-hidden="true">
      {run.isOver || now < 0 || now > 100 ? null : (
        <>
          <div className="future" style={{ left: `${now}%` }} />
          <div className="now-line" style={{ left: `${now}%` }}>
            <span>now {clockTime(worldNow, zone, 0)}</span>
          </div>
        </>
      )}
      {objectiveLimits(run).map(({ name, lo, hi }) => {
        const box = clip(view, lo, hi)
        return box === undefined ? null : (
          <div key={name} className="limit" style={{ left: `${box.left}%`, width: `${box.width}%` }} />
        )
      })}
    </div>
  )
}
