import { Link } from '@tanstack/react-router'
import { zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { StatusWord } from '../../ui/word.tsx'
import { OBJECTIVE_AT } from '../run/objectives/ruler.ts'
import { RulerView } from '../run/objectives/ruler-view.tsx'
import { MEASURE_WORDS, type Measure, type OverviewGroup, type OverviewLine } from './present.ts'

const COLUMNS = 9

/** Services and scenarios in groups, overdue first, every objective at the same place. */
export function OverviewTable({
  groups,
  zone,
  measure,
  chosen,
}: Readonly<{ groups: readonly OverviewGroup[]; zone: Zone; measure: Measure; chosen: string }>) {
  return (
    <table className="overview-table">
      <caption className="sr">
        Scenarios beside their objectives, overdue first; times in {zoneName(zone)}
      </caption>
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Scenario</th>
          <th scope="col" className="right">
            Objective
          </th>
          <th scope="col" className="right">
            {MEASURE_WORDS[measure]} observed
          </th>
          <th scope="col" className="ruler-head">
            <span>0</span>
            <b style={{ left: `${OBJECTIVE_AT}%` }}>objective</b>
          </th>
          <th scope="col" className="right">
            To spare
          </th>
          <th scope="col">Verdict</th>
          <th scope="col">Last drilled</th>
          <th scope="col">Next due</th>
        </tr>
      </thead>
      {groups.map(({ title, lines }) => (
        <tbody key={title}>
          <tr className="group">
            <th scope="rowgroup" colSpan={COLUMNS}>
              {title} <span className="u">{lines.length}</span>
            </th>
          </tr>
          {lines.map((line) => (
            <Line key={line.key} line={line} isChosen={line.key === chosen} />
          ))}
        </tbody>
      ))}
    </table>
  )
}

function Line({ line, isChosen }: Readonly<{ line: OverviewLine; isChosen: boolean }>) {
  const { service, title, place, isProduction, objective, observed, ruler, label, spare, spareRole } = line
  return (
    <tr className={isChosen ? 'is-chosen' : ''}>
      <td className="service">{service === '' ? <span className="muted">no service</span> : service}</td>
      <th scope="row">
        <Link
          to="/"
          search={(now) => ({
            ...now,
            scenario: line.scenario,
            ...(line.environment === undefined ? {} : { environment: line.environment }),
          })}
          resetScroll={false}
          replace
          aria-current={isChosen ? 'true' : undefined}
        >
          {title}
        </Link>{' '}
        <span className={isProduction ? 'tag is-production' : 'u small'}>{place}</span>
      </th>
      <td className="right nowrap" data-name="Objective">
        {objective === 'none' ? <span className="muted">none</span> : `≤ ${objective}`}
      </td>
      <td className="right nowrap" data-name="Observed">
        {observed === '' ? <span className="muted">never</span> : observed}
      </td>
      <td className="ruler-cell">
        <RulerView ruler={ruler} label={label} />
      </td>
      <td className={`right nowrap ${spareRole}`} data-name="To spare">
        {spare === '' ? <span className="muted">none</span> : spare}
      </td>
      <td data-name="Verdict">
        <StatusWord word={line.verdict} />
      </td>
      <td className="nowrap" data-name="Last drilled">
        <LastRun line={line} />
      </td>
      <td className={line.isLate ? 'nowrap deviated' : 'nowrap'} data-name="Next due" title={line.why}>
        {line.isLate ? <Icon name="alarm" /> : null} {line.due}
      </td>
    </tr>
  )
}

function LastRun({ line: { last, live } }: Readonly<{ line: OverviewLine }>) {
  return (
    <>
      {live === undefined ? null : (
        <>
          <Link to="/runs/$runId" params={{ runId: live.runId }}>
            <StatusWord word={live.word} className="small" />
          </Link>{' '}
        </>
      )}
      {last === undefined ? (
        live === undefined ? (
          <span className="muted">never</span>
        ) : null
      ) : (
        <Link to="/runs/$runId" params={{ runId: last.runId }} aria-label={`${last.at}, run ${last.number}`}>
          {last.at}
        </Link>
      )}
    </>
  )
}
