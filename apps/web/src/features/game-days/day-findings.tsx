import type { GameDayView } from '@firedrill/contracts'
import { Link } from '@tanstack/react-router'
import { Icon } from '../../ui/icon.tsx'
import { isStanding } from './present.ts'

/** What the drills of the day showed to be missing; each is written down and closed on the page of its run. */
export function DayFindings({ day }: Readonly<{ day: GameDayView }>) {
  const standing = day.findings.filter(isStanding).length
  return (
    <section className="sheet" aria-labelledby="h-day-findings">
      <header>
        <h2 id="h-day-findings">Findings</h2>
        <span className="end">
          {day.findings.length === 0
            ? 'none was written down; they are added on the page of a run'
            : `${standing} of ${day.findings.length} open`}
        </span>
      </header>
      {day.findings.length === 0 ? null : (
        <table className="tbl">
          <caption className="sr">Findings of this game day</caption>
          <thead>
            <tr>
              <th scope="col">Gap</th>
              <th scope="col">Severity</th>
              <th scope="col">Owner</th>
              <th scope="col">Due</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {day.findings.map((one) => (
              <tr key={`${one.run} ${one.finding.number}`}>
                <th scope="row" className="wrap-anywhere">
                  {one.finding.gap}{' '}
                  <Link to="/runs/$runId" params={{ runId: one.run }}>
                    run {one.runNumber}
                  </Link>
                </th>
                <td>{one.finding.severity}</td>
                <td className="wrap-anywhere">{one.finding.owner}</td>
                <td className="nowrap">{one.finding.due}</td>
                <td>
                  <Icon
                    name={isStanding(one) ? 'deviated' : 'held'}
                    className={isStanding(one) ? 'deviated' : 'held'}
                  />{' '}
                  {one.finding.state !== 'open'
                    ? one.finding.state
                    : one.heldAgain === null
                      ? 'open'
                      : `drilled again, held in run ${one.heldAgain}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
