import type { RunDetail } from '@firedrill/contracts'
import { Link } from '@tanstack/react-router'
import { limit } from '../../../format/duration.ts'
import { capital } from '../../../format/text.ts'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { Duration } from '../../../ui/duration.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { StatusWord } from '../../../ui/word.tsx'
import { verdictWord } from '../../../vocabulary/verdicts.ts'
import { StopBox } from '../abort/stop-box.tsx'
import type { ObjectiveRow } from '../objectives/present.ts'
import { RulerView } from '../objectives/ruler-view.tsx'
import { headlineOf, lastMoment } from './headline.ts'

/** Name, clock against the objective, verdict so far, and Abort. It is never paused. */
export function RunHeader({
  run,
  worldNow,
  platformNow,
  zone,
  objectives,
  environmentKind,
}: Readonly<{
  run: RunDetail
  worldNow: number
  platformNow: number
  zone: Zone
  objectives: readonly ObjectiveRow[]
  environmentKind: string | undefined
}>) {
  const word = verdictWord(run.verdict)
  return (
    <section className="run-head" aria-label="Run">
      <div className="who">
        <h1 tabIndex={-1}>{run.title}</h1>
        <p>
          <span className={`tag${environmentKind === 'production' ? ' is-production' : ''}`}>
            {environmentKind ?? 'environment'}
          </span>{' '}
          {run.environment.name} · run {run.number}{' '}
          <Link className="small to-wall" to="/wall/$runId" params={{ runId: run.id }}>
            Wall
          </Link>
        </p>
        <p className="small muted">
          Scenario{' '}
          <Link to="/scenarios/$name" params={{ name: run.scenario.name }}>
            {run.scenario.name}
          </Link>{' '}
          <span className="mono">{run.scenario.hash.slice(0, 7)}</span>
          {run.planHash === null ? null : (
            <>
              {' '}
              · plan <span className="mono">{run.planHash.slice(0, 7)}</span>
            </>
          )}
        </p>
      </div>
      {run.isOver ? (
        <Answer run={run} />
      ) : (
        <Clock run={run} worldNow={worldNow} zone={zone} objectives={objectives} />
      )}
      <table className="so-far">
        <caption>
          {run.isOver ? 'Verdict' : 'Verdict so far'}: <StatusWord word={word} />
        </caption>
        <tbody>
          {objectives.map((row) => (
            <tr key={row.name}>
              <td>
                <StatusWord word={row.word} />
              </td>
              <th scope="row" className="clip">
                {row.name}
              </th>
              <td className="muted">≤ {row.objective}</td>
              <td>{row.short}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <StopBox run={run} platformNow={platformNow} />
    </section>
  )
}

/** The end of a run in one sentence. */
function Answer({ run }: Readonly<{ run: RunDetail }>) {
  const word = verdictWord(run.verdict)
  const reason = run.measurement?.reason ?? run.reason
  return (
    <div className="answer">
      <p className={`word big ${word.role}`}>
        <Icon name={word.icon} />
        {capital(word.word)}
      </p>
      <p className="soft">{capital(reason === '' ? word.means : reason)}</p>
    </div>
  )
}

function Clock({
  run,
  worldNow,
  zone,
  objectives,
}: Readonly<{ run: RunDetail; worldNow: number; zone: Zone; objectives: readonly ObjectiveRow[] }>) {
  const headline = headlineOf(run, worldNow)
  if (headline === undefined) return <div className="clock" />
  const row = objectives.find(({ name }) => name === headline.objective.name)
  const left = run.abort === null ? lastMoment(headline, worldNow) : undefined
  return (
    <div className="clock">
      <p className="clock-line">
        {headline.kind === 'running' ? (
          <>
            <span className="figure">
              <Duration micros={headline.elapsed} />
            </span>
            <span className="soft">{headline.since}</span>
          </>
        ) : (
          <span className={`figure${headline.kind === 'observed' ? ' is-text' : ' is-text muted'}`}>
            {headline.kind === 'observed'
              ? headline.text
              : headline.kind === 'waiting'
                ? 'not begun'
                : 'not observed'}
          </span>
        )}
        <span className="of">objective {limit(headline.objective.maxMicros)}</span>
      </p>
      {row === undefined ? null : (
        <RulerView ruler={row.ruler} label={`${row.name}: ${row.observed} of ${row.objective}`} />
      )}
      <p className="small soft">
        {left === undefined ? (
          run.abort === null ? (
            (row?.reason ?? '')
          ) : (
            'The run was aborted, so nothing is judged.'
          )
        ) : (
          <>
            The objective’s time is up at <b>{clockTime(left.at, zone)}</b> {zoneName(zone)},{' '}
            <span className="nowrap">
              in <Duration micros={left.left} />
            </span>
          </>
        )}
      </p>
    </div>
  )
}
