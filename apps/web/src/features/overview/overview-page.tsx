import type { OverviewRow, OverviewView } from '@firedrill/contracts'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { shortMoment, zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemNotice, ProblemPage } from '../../ui/problem.tsx'
import { OverviewTable } from './overview-table.tsx'
import { countVerdicts, MEASURE_WORDS, measuresIn, presentOverview, type Measure } from './present.ts'
import { useOverview } from './queries.ts'
import { TrendChart } from './trend-chart.tsx'

/** The landing page: every scenario beside its objective, overdue first, and how one of them has moved. */
export function OverviewPage() {
  const overview = useOverview()
  useTitle('Overview')
  if (overview.data === undefined) {
    return overview.error === null ? (
      <Loading what="the overview" />
    ) : (
      <ProblemPage error={overview.error} onRetry={() => void overview.refetch()} />
    )
  }
  return (
    <div className="page overview">
      {overview.error === null ? null : <ProblemNotice error={overview.error} />}
      <Shown view={overview.data} />
    </div>
  )
}

function Shown({ view }: Readonly<{ view: OverviewView }>) {
  const zone = useChoice(zoneChoice)
  const search = useSearch({ from: '/' })
  const measures = measuresIn(view)
  const measure = search.measure ?? measures[0] ?? 'recovery-time'
  const groups = presentOverview(view, measure, zone)
  const chosen = chosenRow(view.rows, search) ?? liveliest(view.rows)
  return (
    <>
      <header className="page-head">
        <h1>Overview</h1>
        <Counts view={view} groups={groups} zone={zone} />
        {measures.length < 2 ? null : <MeasureChoice measures={measures} chosen={measure} />}
        <Link className="btn is-primary" to="/calendar">
          Book a drill
        </Link>
      </header>
      {view.isWhole ? null : (
        <p className="notice">There are more runs than are looked at here; the oldest are left out.</p>
      )}
      {view.rows.some(({ runs, live }) => runs.length > 0 || live !== null) ? null : <FirstUse />}
      {view.rows.length === 0 ? null : (
        <OverviewTable
          groups={groups}
          zone={zone}
          measure={measure}
          chosen={chosen === undefined ? '' : `${chosen.scenario} ${chosen.environment ?? ''}`}
        />
      )}
      {chosen === undefined ? null : (
        <div className="overview-low">
          <TrendChart row={chosen} measure={measure} zone={zone} />
          <Booked rows={view.rows} zone={zone} />
        </div>
      )}
    </>
  )
}

function Counts({
  view,
  groups,
  zone,
}: Readonly<{ view: OverviewView; groups: ReturnType<typeof presentOverview>; zone: Zone }>) {
  const late = view.rows.filter(({ overdueSince }) => overdueSince !== null).length
  return (
    <p className="counts">
      {countVerdicts(groups).map(({ word, lines }) => (
        <span key={word.word} className="nowrap">
          <Icon name={word.icon} className={word.role} /> {lines} {word.word}
        </span>
      ))}
      {late === 0 ? null : (
        <b className="nowrap deviated">
          <Icon name="alarm" /> {late} overdue
        </b>
      )}
      <span className="muted">
        as of {shortMoment(view.now, zone)} {zoneName(zone)}
      </span>
    </p>
  )
}

function MeasureChoice({ measures, chosen }: Readonly<{ measures: readonly Measure[]; chosen: Measure }>) {
  const navigate = useNavigate({ from: '/' })
  return (
    <span className="seg" role="group" aria-label="What is compared">
      {measures.map((measure) => (
        <button
          key={measure}
          type="button"
          aria-pressed={measure === chosen}
          onClick={() =>
            void navigate({ search: (now) => ({ ...now, measure }), replace: true, resetScroll: false })
          }
        >
          {MEASURE_WORDS[measure]}
        </button>
      ))}
    </span>
  )
}

function Booked({ rows, zone }: Readonly<{ rows: readonly OverviewRow[]; zone: Zone }>) {
  const next = rows
    .flatMap(({ nextAt, title, environment }) => (nextAt === null ? [] : [{ nextAt, title, environment }]))
    .toSorted((a, b) => a.nextAt - b.nextAt)
    .slice(0, 6)
  return (
    <section className="sheet booked" aria-labelledby="h-booked">
      <header>
        <h2 id="h-booked">Booked</h2>
        <span className="end">the next of each, {zoneName(zone)}</span>
      </header>
      {next.length === 0 ? (
        <p className="soft">
          Nothing comes by itself. A drill that is booked again and again shows here when it is due, and says
          so when it is late.
        </p>
      ) : (
        <ul>
          {next.map(({ nextAt, title, environment }) => (
            <li key={`${title} ${environment ?? ''}`}>
              <b className="nowrap">{shortMoment(nextAt, zone)}</b> <span>{title}</span>{' '}
              <span className="muted">{environment}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="small">
        <Link to="/calendar">Calendar and schedules</Link>
      </p>
    </section>
  )
}

function FirstUse() {
  return (
    <div className="notice first-use">
      <Icon name="open" className="plain" />
      <span>
        <b>Nothing was drilled yet.</b> A drill breaks something on purpose, watches what users see, puts
        everything back and says how long recovery took, with bounds. The sandbox has a simulated service to
        break: nothing real is touched, and a run takes less than a minute.
      </span>
      <Link className="btn is-primary" to="/scenarios">
        Choose a scenario
      </Link>
    </div>
  )
}

function chosenRow(
  rows: readonly OverviewRow[],
  { scenario, environment }: Readonly<{ scenario?: string; environment?: string }>,
): OverviewRow | undefined {
  return rows.find(
    (row) => row.scenario === scenario && (environment === undefined || row.environment === environment),
  )
}

/** Without a choice: the row with the most to show. */
function liveliest(rows: readonly OverviewRow[]): OverviewRow | undefined {
  return rows.toSorted((a, b) => b.runs.length - a.runs.length).find(({ runs }) => runs.length > 0)
}
