import type { ProbeLane, RunDetail } from '@firedrill/contracts'
import { useParams } from '@tanstack/react-router'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { capital } from '../../format/text.ts'
import { clockTime, zoneName, type Zone } from '../../format/time.ts'
import { Duration } from '../../ui/duration.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemPage } from '../../ui/problem.tsx'
import { StatusWord } from '../../ui/word.tsx'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import { headlineOf, lastMoment, type Headline } from '../run/header/headline.ts'
import { platformNowOf } from '../run/live/liveness.ts'
import { Announcer, LiveMark } from '../run/live/live-mark.tsx'
import { useLiveRun, type LiveRun } from '../run/live/use-live-run.ts'
import { presentObjectives } from '../run/objectives/present.ts'
import { RulerView } from '../run/objectives/ruler-view.tsx'
import { useSamples } from '../run/queries.ts'
import { faultsOf, lightsOf, newestOf, objectiveLine, phaseOf, shownLights, stopLine } from './present.ts'

const NO_LANES: readonly ProbeLane[] = []

/** A run for the room: no controls, read from six metres, and honest about its age. */
export function WallPage() {
  const { runId } = useParams({ from: '/wall/$runId' })
  const live = useLiveRun(runId)
  if (live.run === undefined) {
    return live.error === null ? (
      <Loading what="the run" />
    ) : (
      <ProblemPage error={live.error} onRetry={live.retry} />
    )
  }
  return <Wall live={live} run={live.run} />
}

function Wall({ live, run }: Readonly<{ live: LiveRun; run: RunDetail }>) {
  const { worldNow, liveness, events } = live
  const zone = useChoice(zoneChoice)
  const lanes = useSamples(run.id, {}, !run.isOver).data ?? NO_LANES
  const phase = phaseOf(run, worldNow)
  const faults = faultsOf(run, worldNow)
  const stop = stopLine(run, platformNowOf(run, worldNow))
  useTitle(`Wall, run ${run.number}`)
  return (
    <article className={`wall is-${liveness.kind}`} data-theme="dark">
      <header>
        <div>
          <h1 tabIndex={-1}>{run.title}</h1>
          <p className="soft">
            {run.environment.name}, run {run.number}
          </p>
        </div>
        <div className="wall-clock">
          <p>
            {clockTime(worldNow, zone, 0)} <span className="u">{zoneName(zone)}</span>
          </p>
          <LiveMark liveness={liveness} seq={events.length} paused={undefined} zone={zone} />
        </div>
      </header>
      {liveness.kind === 'stale' ? (
        <p className="wall-stale" role="alert">
          <Icon name="alarm" /> Not live: what you see is {Math.floor(liveness.ageMs / 1000)} s old
        </p>
      ) : null}
      <div className="wall-mid">
        <Figure run={run} worldNow={worldNow} />
        <Lights run={run} lanes={lanes} worldNow={worldNow} />
      </div>
      <div className="wall-now">
        <section aria-label="Status">
          <p className="muted">
            <Icon name={phase.word.icon} className={phase.word.role} /> Now {phase.since}
          </p>
          <p className="big-word">{capital(phase.word.word)}</p>
          <p className="soft">{phase.says}</p>
        </section>
        <section aria-label="Faults">
          <p className="muted">
            <Icon name={faults.word.icon} className={faults.word.role} /> Broken on purpose
          </p>
          <p className={`big-word ${faults.word.role}`}>{faults.says}</p>
          <p className="soft">{faults.more}</p>
        </section>
        <LastEvents live={live} zone={zone} />
      </div>
      <footer className={stop.word.role}>
        <Icon name={run.isOver ? stop.word.icon : 'stop'} /> {stop.says}
      </footer>
      <Announcer text={`${phase.word.word}: ${phase.says}`} />
    </article>
  )
}

/** Elapsed against the objective, or what was observed. */
function Figure({ run, worldNow }: Readonly<{ run: RunDetail; worldNow: number }>) {
  const headline = headlineOf(run, worldNow)
  const rows = presentObjectives(run, worldNow)
  if (headline === undefined) return <div />
  const row = rows.find(({ name }) => name === headline.objective.name)
  const left = run.abort === null ? lastMoment(headline, worldNow) : undefined
  return (
    <section aria-label="Time against the objective">
      <div className="wall-pair">
        <p className={`wall-figure${headline.kind === 'running' ? '' : ' is-text'}`}>
          <FigureText headline={headline} />
        </p>
        <div className="wall-left">
          {left === undefined ? null : (
            <b>
              <Duration micros={left.left} digits={0} /> left
            </b>
          )}
          <p>
            verdict {run.isOver ? '' : 'so far '}
            <StatusWord word={verdictWord(run.verdict)} />
          </p>
        </div>
      </div>
      {row === undefined ? null : (
        <RulerView ruler={row.ruler} label={`${row.name}: ${row.observed} of ${row.objective}`} />
      )}
      <p className="wall-under">
        <span className="soft">{headline.kind === 'running' ? headline.since : (row?.name ?? '')}</span>
        <b>{objectiveLine(headline.objective.maxMicros)}</b>
      </p>
    </section>
  )
}

function FigureText({ headline }: Readonly<{ headline: Headline }>) {
  switch (headline.kind) {
    case 'running':
      return <Duration micros={headline.elapsed} digits={0} />
    case 'observed':
      return <>{headline.text}</>
    case 'waiting':
      return <span className="muted">not begun</span>
    case 'unobserved':
      return <span className="muted">not observed</span>
  }
}

function Lights({
  run,
  lanes,
  worldNow,
}: Readonly<{ run: RunDetail; lanes: readonly ProbeLane[]; worldNow: number }>) {
  const { shown, says } = shownLights(lightsOf(lanes, run, worldNow))
  return (
    <section aria-labelledby="h-lights">
      <h2 id="h-lights" className="muted">
        {says}
      </h2>
      <ul className="wall-lights">
        {shown.map(({ key, name, word, says: seen }) => (
          <li key={key}>
            <Icon name={word.icon} className={word.role} />
            <b className="clip">{name}</b>
            <span className={`clip ${word.role}`}>{seen}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function LastEvents({ live, zone }: Readonly<{ live: LiveRun; zone: Zone }>) {
  return (
    <section aria-labelledby="h-last">
      <h2 id="h-last" className="muted">
        Last events, {live.events.length} in all
      </h2>
      <ol className="wall-events">
        {newestOf(live.events, zone).map(({ seq, at, word, summary }) => (
          <li key={seq}>
            <Icon name={word.icon} className={word.role} /> <span className="muted">{at}</span> {summary}
          </li>
        ))}
      </ol>
    </section>
  )
}
