import { formatInterval, formatMicros, type RunDetail, type TimelineEvent } from '@firedrill/contracts'
import { useState } from 'react'
import { duration } from '../../../format/duration.ts'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'
import { StatusWord } from '../../../ui/word.tsx'
import { PART_WORDS, POINT_WORDS, type PointName } from '../../../vocabulary/measured.ts'
import { TONE_WORDS } from '../../../vocabulary/tones.ts'
import type { Selection } from '../timeline/board.tsx'
import { Nothing } from './nothing.tsx'
import { partsFedBy } from './parts-fed.ts'

type Common = Readonly<{ zone: Zone; onSelect: (selection: Selection) => void }>

/** Everything that is known of what is selected. */
export function Inspector({
  run,
  events,
  selection,
  zone,
  onSelect,
}: Common & Readonly<{ run: RunDetail; events: readonly TimelineEvent[]; selection: Selection }>) {
  const event = events.find(({ seq }) => seq === selection.event)
  const point = selection.point === undefined ? undefined : run.measurement?.points[selection.point]
  return (
    <aside className="inspector" aria-label="Inspector">
      {event !== undefined ? (
        <EventDetails event={event} last={events.length} zone={zone} onSelect={onSelect} />
      ) : point !== undefined && selection.point !== undefined ? (
        <PointDetails name={selection.point} point={point} run={run} zone={zone} onSelect={onSelect} />
      ) : (
        <Nothing />
      )}
    </aside>
  )
}

function Head({
  kind,
  detail,
  onSelect,
}: Readonly<{ kind: string; detail: string; onSelect: Common['onSelect'] }>) {
  return (
    <header>
      <h2>{kind}</h2>
      <span className="muted clip">{detail}</span>
      <button type="button" className="btn is-quiet" aria-label="Close" onClick={() => onSelect({})}>
        <Icon name="cross" />
      </button>
    </header>
  )
}

function EventDetails({
  event,
  last,
  zone,
  onSelect,
}: Common & Readonly<{ event: TimelineEvent; last: number }>) {
  return (
    <>
      <Head kind={`Event ${event.seq}`} detail={event.type} onSelect={onSelect} />
      <p className="lead">
        <StatusWord word={TONE_WORDS[event.tone]} /> {event.summary}
      </p>
      <dl className="kv">
        <dt>World time</dt>
        <dd>
          {clockTime(event.worldAt, zone, 3)} <span className="u">{zoneName(zone)}</span>
        </dd>
        <dt>Platform time</dt>
        <dd>
          {clockTime(event.at, zone, 3)} <span className="u">{zoneName(zone)}</span>
        </dd>
        <dt>By</dt>
        <dd>
          {event.actor.name} <span className="u">{event.actor.kind}</span>
        </dd>
        {event.step === undefined ? null : (
          <>
            <dt>Step</dt>
            <dd>{event.step}</dd>
          </>
        )}
        <dt>Hash</dt>
        <dd className="mono wrap-anywhere">{event.hash}</dd>
      </dl>
      <h3>Data, version {event.v}</h3>
      <pre className="source" tabIndex={0} aria-label="Data of the event">
        {JSON.stringify(event.data, null, 2)}
      </pre>
      <div className="acts">
        <button
          type="button"
          className="btn"
          disabled={event.seq <= 1}
          onClick={() => onSelect({ event: event.seq - 1 })}
        >
          <Icon name="left" /> Before
        </button>
        <button
          type="button"
          className="btn"
          disabled={event.seq >= last}
          onClick={() => onSelect({ event: event.seq + 1 })}
        >
          Next <Icon name="right" />
        </button>
        <CopyLink />
      </div>
    </>
  )
}

type PointValue = NonNullable<NonNullable<RunDetail['measurement']>['points'][PointName]>

function PointDetails({
  name,
  point,
  run,
  zone,
  onSelect,
}: Common & Readonly<{ name: PointName; point: PointValue; run: RunDetail }>) {
  const { word, means } = POINT_WORDS[name]
  const fed = partsFedBy(name, run.measurement?.parts ?? {})
  return (
    <>
      <Head kind={word} detail="point in time" onSelect={onSelect} />
      <p className="figure">
        {clockTime(Math.round((point.lo + point.hi) / 2), zone)}{' '}
        <span className="u">±{formatMicros((point.hi - point.lo) / 2, 'up')}</span>
      </p>
      <p className="lead">
        {means} It lies somewhere from {clockTime(point.lo, zone, 3)} to {clockTime(point.hi, zone, 3)}{' '}
        {zoneName(zone)}.
      </p>
      <dl className="kv">
        <dt>Source</dt>
        <dd>{point.source}</dd>
        <dt>Clock</dt>
        <dd>{point.clock}</dd>
        <dt>Width</dt>
        <dd>{duration(point.hi - point.lo)}</dd>
      </dl>
      {fed.length === 0 ? null : (
        <>
          <h3>What it feeds</h3>
          <dl className="kv">
            {fed.map(([part, interval]) => (
              <div className="pair" key={part}>
                <dt>{PART_WORDS[part].word}</dt>
                <dd>{formatInterval(interval)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <div className="acts">
        <CopyLink />
      </div>
    </>
  )
}

function CopyLink() {
  const [isCopied, setCopied] = useState(false)
  return (
    <button
      type="button"
      className="btn"
      onClick={() =>
        void navigator.clipboard.writeText(location.href).then(
          () => setCopied(true),
          () => setCopied(false),
        )
      }
    >
      <Icon name={isCopied ? 'check' : 'link'} />
      {isCopied ? 'Copied' : 'Copy link'}
    </button>
  )
}
