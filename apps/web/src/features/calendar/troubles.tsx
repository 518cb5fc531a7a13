import { Link } from '@tanstack/react-router'
import { zoneName, type Zone } from '../../format/time.ts'
import { StatusWord } from '../../ui/word.tsx'
import type { EntryRow } from './present.ts'

/** What was missed or refused, and what is in the way of what is booked, with the reasons in full. */
export function Troubles({ rows, zone }: Readonly<{ rows: readonly EntryRow[]; zone: Zone }>) {
  if (rows.length === 0) return null
  return (
    <section className="sheet" aria-labelledby="h-troubles">
      <header>
        <h2 id="h-troubles">Missed, refused, in the way</h2>
        <span className="end">the guardrails ask again at the start and have the last word</span>
      </header>
      <table className="tbl runs">
        <caption className="sr">Occurrences that need attention, times in {zoneName(zone)}</caption>
        <thead>
          <tr>
            <th scope="col">Time, {zoneName(zone)}</th>
            <th scope="col">Drill</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td className="nowrap">{row.moment}</td>
              <th scope="row">
                {row.runId === undefined ? (
                  row.title
                ) : (
                  <Link to="/runs/$runId" params={{ runId: row.runId }}>
                    {row.title}
                  </Link>
                )}
              </th>
              <td>
                <StatusWord word={row.word} />
              </td>
              <td className="why">{row.remarks.join('; ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
