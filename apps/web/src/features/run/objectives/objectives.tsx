import { StatusWord } from '../../../ui/word.tsx'
import type { ObjectiveRow } from './present.ts'
import { OBJECTIVE_AT } from './ruler.ts'
import { RulerView } from './ruler-view.tsx'

/** Each objective as a place, what was observed beside it, and why the verdict is what it is. */
export function Objectives({ rows, isFinal }: Readonly<{ rows: readonly ObjectiveRow[]; isFinal: boolean }>) {
  return (
    <section className="sheet" aria-labelledby="h-objectives">
      <header>
        <h2 id="h-objectives">Objectives and what was observed</h2>
        <span className="end">
          {isFinal ? 'final' : 'may still change'}; rulers are scaled so that every objective stands at the
          same line
        </span>
      </header>
      <table className="objectives">
        <caption className="sr">Objectives, observed intervals and verdicts</caption>
        <thead>
          <tr>
            <th scope="col">Objective</th>
            <th scope="col" className="ruler-head">
              <span>0</span>
              <span style={{ left: `${OBJECTIVE_AT / 2}%` }}>half</span>
              <b style={{ left: `${OBJECTIVE_AT}%` }}>objective</b>
            </th>
            <th scope="col">Observed</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ row }: Readonly<{ row: ObjectiveRow }>) {
  return (
    <tr>
      <th scope="row">
        <span className="name">
          <b>{row.name}</b>
          <b className="nowrap">≤ {row.objective}</b>
        </span>
        <span className="small muted">{row.kind}</span>
      </th>
      <td>
        <RulerView ruler={row.ruler} label={`${row.name}: ${row.observed}, objective ${row.objective}`} />
      </td>
      <td className="observed">
        {row.observed}
        {row.writes === '' ? null : <p className="small muted">{row.writes}</p>}
        {row.vantages.length === 0 ? null : (
          <details>
            <summary>each vantage</summary>
            <ul className="small">
              {row.vantages.map(({ vantage, note }) => (
                <li key={vantage}>
                  <span className="muted">{vantage}</span> {note}
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
      <td className="why">
        <StatusWord word={row.word} />
        <p>{row.reason}</p>
        {row.wouldDecide === '' ? null : <p className="strong">Would have decided it: {row.wouldDecide}</p>}
        {row.method === '' ? null : (
          <details>
            <summary>how it was measured</summary>
            <p>{row.method}</p>
          </details>
        )}
      </td>
    </tr>
  )
}
