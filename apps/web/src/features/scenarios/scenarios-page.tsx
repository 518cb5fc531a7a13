import { Link, Outlet, useParams } from '@tanstack/react-router'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { capital } from '../../format/text.ts'
import { shortMoment, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemPage } from '../../ui/problem.tsx'
import { useRuns } from '../runs/queries.ts'
import { presentCatalogue, type CatalogueEntry } from './present.ts'
import { useScenarios } from './queries.ts'

/** The catalogue on the left, one scenario on the right. */
export function ScenariosPage() {
  const scenarios = useScenarios()
  const runs = useRuns()
  const zone = useChoice(zoneChoice)
  const { name } = useParams({ strict: false })
  if (scenarios.data === undefined) {
    return scenarios.error === null ? (
      <Loading what="scenarios" />
    ) : (
      <ProblemPage error={scenarios.error} onRetry={() => void scenarios.refetch()} />
    )
  }
  if (scenarios.data.length === 0) return <NoScenarios />
  return (
    <div className={`catalogue${name === undefined ? ' is-index' : ''}`}>
      <nav className="catalogue-list" aria-label="Scenarios">
        {name === undefined ? <h1>Scenarios</h1> : <p className="catalogue-title">Scenarios</p>}
        {presentCatalogue(scenarios.data, runs.data ?? []).map(({ domain, entries }) => (
          <section key={domain}>
            <h2>
              {domain.length <= 3 ? domain.toUpperCase() : capital(domain)}{' '}
              <span className="muted">{entries.length}</span>
            </h2>
            <ul>
              {entries.map((entry) => (
                <Entry key={entry.name} entry={entry} zone={zone} />
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <div className="catalogue-detail">
        <Outlet />
      </div>
    </div>
  )
}

function Entry({ entry, zone }: Readonly<{ entry: CatalogueEntry; zone: Zone }>) {
  const { last } = entry
  return (
    <li>
      <Link to="/scenarios/$name" params={{ name: entry.name }} activeProps={{ 'aria-current': 'page' }}>
        <b>{entry.title}</b>
        <span className={`last ${last?.word.role ?? 'plain'}`}>
          <Icon name={last?.word.icon ?? 'not-run'} />
          {last === undefined ? 'never run' : `${last.word.word}, ${shortMoment(last.at, zone)}`}
        </span>
        <span className="about">{entry.hypothesis}</span>
        <span className="about">
          <span className="mono">{entry.faults}</span> · {entry.objectives}
        </span>
      </Link>
    </li>
  )
}

/** Beside the catalogue when nothing is chosen. */
export function ScenariosHint() {
  useTitle('Scenarios')
  return (
    <p className="hint muted">
      Choose a scenario to read it, to plan it against an environment, and to start it in a sandbox.
    </p>
  )
}

function NoScenarios() {
  useTitle('Scenarios')
  return (
    <section className="state">
      <h1>
        <Icon name="open" className="plain" />
        No scenario yet
      </h1>
      <p>
        A scenario is a YAML file: a hypothesis, faults, probes and objectives. npm start loads those in
        scenarios/.
      </p>
      <pre className="source">npm start</pre>
    </section>
  )
}
