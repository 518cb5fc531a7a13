import { Link } from '@tanstack/react-router'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { shortMoment, zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemNotice, ProblemPage } from '../../ui/problem.tsx'
import { StatusWord } from '../../ui/word.tsx'
import { presentRuns, runsSummary, type RunRow } from './present.ts'
import { useRuns } from './queries.ts'

/** All runs, newest first. */
export function RunsPage() {
  const runs = useRuns()
  const zone = useChoice(zoneChoice)
  useTitle('Runs')
  if (runs.data === undefined) {
    return runs.error === null ? (
      <Loading what="runs" />
    ) : (
      <ProblemPage error={runs.error} onRetry={() => void runs.refetch()} />
    )
  }
  if (runs.data.length === 0) return <NoRuns />
  return (
    <div className="page">
      <header className="page-head">
        <h1>Runs</h1>
        <p className="soft">{runsSummary(runs.data)}</p>
      </header>
      {runs.error === null ? null : <ProblemNotice error={runs.error} />}
      <RunsTable rows={presentRuns(runs.data)} zone={zone} />
    </div>
  )
}

function RunsTable({ rows, zone }: Readonly<{ rows: readonly RunRow[]; zone: Zone }>) {
  return (
    <table className="tbl runs">
      <caption className="sr">Runs, newest first, started at in {zoneName(zone)}</caption>
      <thead>
        <tr>
          <th scope="col">Verdict</th>
          <th scope="col">Run</th>
          <th scope="col">Status</th>
          <th scope="col">Environment</th>
          <th scope="col">Started, {zoneName(zone)}</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td className="nowrap">
              <StatusWord word={row.verdict} />
              {row.verdictNote === '' ? null : <span className="u small"> {row.verdictNote}</span>}
            </td>
            <th scope="row">
              <Link to="/runs/$runId" params={{ runId: row.id }}>
                {row.title}
              </Link>
            </th>
            <td>
              <StatusWord word={row.status} />
              {row.isWorrying ? (
                <span className="word deviated small">
                  <Icon name="alarm" /> may still be broken
                </span>
              ) : null}
            </td>
            <td>{row.environment}</td>
            <td className="nowrap">{shortMoment(row.createdAt, zone)}</td>
            <td className="why">{row.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function NoRuns() {
  return (
    <section className="state">
      <h1>
        <Icon name="open" className="plain" />
        No run yet
      </h1>
      <p>
        A drill breaks something on purpose, watches what users see, puts everything back and says how long
        recovery took, with bounds. The sandbox has a simulated service to break: nothing real is touched, and
        a run takes less than a minute.
      </p>
      <p>This starts the default drill and shows it here as it happens:</p>
      <pre className="source">npm start</pre>
      <div className="acts">
        <Link className="btn is-primary" to="/scenarios">
          Choose a scenario
        </Link>
      </div>
    </section>
  )
}
