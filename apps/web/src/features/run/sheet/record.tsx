import { clocksInWords, formatInterval, type RunDetail } from '@firedrill/contracts'
import { duration, worldSpeed } from '../../../format/duration.ts'
import type { Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'
import { useEvidence } from '../queries.ts'
import { SignOff } from './sign-off.tsx'

/** What else was measured, what stands behind it, and what identifies the run. */
export function Record({ run, zone }: Readonly<{ run: RunDetail; zone: Zone }>) {
  const { measurement, abort } = run
  const clocks = clocksInWords(measurement?.clocks)
  return (
    <aside className="record" aria-label="Record">
      <section className="sheet">
        <header>
          <h2>Hypothesis</h2>
        </header>
        <p className="soft">{run.hypothesis}</p>
      </section>
      {measurement === null ? null : (
        <section className="sheet">
          <header>
            <h2>Also measured</h2>
          </header>
          <dl className="kv is-left">
            {measurement.crossChecks.map((check) => (
              <div className="pair" key={check.source}>
                <dt>{check.source}</dt>
                <dd>
                  {check.observed === undefined ? 'no figure' : formatInterval(check.observed)}{' '}
                  <Agreement agrees={check.agrees} />
                </dd>
              </div>
            ))}
            {clocks === undefined ? null : (
              <div className="pair">
                <dt>clocks</dt>
                <dd>{clocks}</dd>
              </div>
            )}
            {measurement.samples.map(({ probe, vantage, good, bad, unusable }) => (
              <div className="pair" key={`${probe} ${vantage}`}>
                <dt>
                  {probe}, {vantage}
                </dt>
                <dd>
                  {good} good, {bad} bad{unusable > 0 ? `, ${unusable} unusable` : ''}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {abort === null ? null : (
        <section className="sheet">
          <header>
            <h2>Abort</h2>
          </header>
          <dl className="kv">
            <dt>Asked by</dt>
            <dd>{abort.by}</dd>
            <dt>Last revert issued after</dt>
            <dd>{latency(abort.lastRevertIssuedMicros)}</dd>
            <dt>Last revert verified after</dt>
            <dd>{latency(abort.lastRevertVerifiedMicros)}</dd>
          </dl>
        </section>
      )}
      <section className="sheet">
        <header>
          <h2>Record</h2>
        </header>
        <dl className="kv">
          <dt>Run</dt>
          <dd className="mono wrap-anywhere">{run.id}</dd>
          <dt>Response</dt>
          <dd>{run.response}</dd>
          <dt>Seed</dt>
          <dd>{run.seed}</dd>
          <dt>Scenario</dt>
          <dd className="mono">{run.scenario.hash.slice(0, 12)}</dd>
          <dt>Environment</dt>
          <dd className="mono">{run.environment.hash.slice(0, 12)}</dd>
          <dt>Plan</dt>
          <dd className="mono">{run.planHash?.slice(0, 12) ?? 'not yet'}</dd>
          <dt>World time</dt>
          <dd>{worldSpeed(run.clock.rate)}</dd>
          <dt>Journal</dt>
          <dd>{run.seq} events</dd>
        </dl>
      </section>
      <Evidence run={run} />
      <SignOff run={run} zone={zone} />
    </aside>
  )
}

function Agreement({ agrees }: Readonly<{ agrees: boolean | null }>) {
  if (agrees === null) return <span className="muted">nothing to compare</span>
  return agrees ? (
    <span className="word held">
      <Icon name="check" />
      agrees
    </span>
  ) : (
    <span className="word deviated">
      <Icon name="cross" />
      disagrees
    </span>
  )
}

function Evidence({ run }: Readonly<{ run: RunDetail }>) {
  const { data } = useEvidence(run.id, run.isOver)
  if (data === undefined || data.length === 0) return null
  return (
    <section className="sheet">
      <header>
        <h2>Evidence</h2>
        <span className="end">
          {data.length} {data.length === 1 ? 'piece' : 'pieces'}
        </span>
      </header>
      <ul className="evidence small">
        {data.map(({ hash, kind, size }) => (
          <li key={hash}>
            <a href={`/v1/runs/${run.id}/evidence/${hash}`} download>
              {kind}
            </a>{' '}
            <span className="muted">
              {Math.ceil(size / 1024)} KB, <span className="mono">{hash.slice(0, 12)}</span>
            </span>
          </li>
        ))}
      </ul>
      <p className="small">
        <a href={`/v1/runs/${run.id}/report.json`}>Report as JSON</a>
      </p>
    </section>
  )
}

function latency(micros: number | null): string {
  return micros === null ? 'not known' : duration(micros)
}
