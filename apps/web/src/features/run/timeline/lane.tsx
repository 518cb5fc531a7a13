import { memo, useMemo } from 'react'
import { formatDurationMs, type ProbeLane } from '@firedrill/contracts'
import { LANE_WORDS } from '../../../vocabulary/lanes.ts'
import { StatusWord } from '../../../ui/word.tsx'
import { lastState, laneSegments, latencyLines, slowestGood, type LaneSegment } from './lane-segments.ts'
import { clip, percent, type View } from './scale.ts'

/** What one probe saw from one place: how slow the good answers were, and below it good, bad, unusable or nobody looking. */
export const LaneRow = memo(function LaneRow({
  lane,
  view,
  until,
}: Readonly<{ lane: ProbeLane; view: View; until: number }>) {
  const segments = useMemo(() => laneSegments(lane, until), [lane, until])
  const last = lastState(lane)
  const slowest = slowestGood(lane)
  return (
    <div className="tl-row is-lane">
      <div className="tl-label">
        <p>
          <span className="strong clip">{lane.probe}</span>
          <span className="muted clip">{lane.vantage}</span>
          <span className="now">
            {last === undefined ? (
              <span className="muted">no sample yet</span>
            ) : (
              <StatusWord word={LANE_WORDS[last.state]} />
            )}
          </span>
        </p>
        <p className="small muted">
          <span>
            {lane.bad} bad of {lane.good + lane.bad}
            {lane.unusable > 0 ? `, ${lane.unusable} unusable` : ''}
          </span>
          <span className="now">
            {last !== undefined && last.state !== 'good' && last.detail !== ''
              ? last.detail
              : `slowest ${formatDurationMs(slowest / 1000)}`}
          </span>
        </p>
      </div>
      <div className="tl-track">
        <Latency lane={lane} view={view} slowest={slowest} />
        {segments.map((segment) => (
          <Segment key={segment.from} segment={segment} view={view} />
        ))}
      </div>
    </div>
  )
})

function Segment({ segment, view }: Readonly<{ segment: LaneSegment; view: View }>) {
  const box = clip(view, segment.from, segment.to)
  if (box === undefined) return null
  const word = LANE_WORDS[segment.state].word
  const says = `${word} for ${formatDurationMs((segment.to - segment.from) / 1000)}${segment.detail === '' ? '' : `: ${segment.detail}`}`
  return (
    <span
      className={`lane-part is-${segment.state}`}
      style={{ left: `${box.left}%`, width: `${box.width}%` }}
      title={says}
    >
      {box.width > 9 && segment.state === 'absent' ? <span className="says">no samples</span> : null}
      {box.width > 9 && segment.state === 'bad' ? (
        <span className="says">{segment.detail || 'bad'}</span>
      ) : null}
    </span>
  )
}

function Latency({ lane, view, slowest }: Readonly<{ lane: ProbeLane; view: View; slowest: number }>) {
  const path = useMemo(
    () =>
      latencyLines(lane)
        .map((line) =>
          line
            .map(
              ([at, micros], index) =>
                `${index === 0 ? 'M' : 'L'}${(percent(view, at) * 10).toFixed(1)} ${(26 - (slowest === 0 ? 0 : (micros / slowest) * 18)).toFixed(1)}`,
            )
            .join(''),
        )
        .join(''),
    [lane, view, slowest],
  )
  return (
    <svg className="latency" viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.2" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
