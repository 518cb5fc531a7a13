import {
  isTakenOut,
  markerInWords,
  type Measurement,
  type RunDetail,
  type TimelineEvent,
} from '@firedrill/contracts'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'
import { StatusWord } from '../../../ui/word.tsx'
import { presentTargets } from './present-targets.ts'

/** Every target: whether it is broken, and the proof that it was put back. */
export function Targets({
  run,
  events,
  zone,
}: Readonly<{ run: RunDetail; events: readonly TimelineEvent[]; zone: Zone }>) {
  const { rows, title, word } = presentTargets(run, events)
  if (rows.length === 0) {
    return (
      <section className="sheet" aria-labelledby="h-targets">
        <header>
          <h2 id="h-targets">Targets</h2>
        </header>
        <p className="muted">
          Not resolved yet: planning decides which resources will be touched, and no others are.
        </p>
      </section>
    )
  }
  return (
    <section className="sheet" aria-labelledby="h-targets">
      <header>
        <h2 id="h-targets">
          <Icon name={word.icon} className={word.role} /> {title}
        </h2>
        <span className="end">times are {zoneName(zone)}, when a describe call saw it</span>
      </header>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of targets">
        <table className="tbl">
          <caption className="sr">Targets, what was done to them and how they were put back</caption>
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">Place</th>
              <th scope="col">Fault</th>
              <th scope="col">State</th>
              <th scope="col" className="right">
                Injected
              </th>
              <th scope="col" className="right">
                Back
              </th>
              <th scope="col">What the last describe call showed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row" className="mono">
                  {row.label}
                </th>
                <td className="nowrap">{row.place}</td>
                <td className="nowrap">
                  {row.fault} <span className="u small">{row.restoration}</span>
                </td>
                <td>
                  <StatusWord word={row.word} />
                </td>
                <td className="right nowrap">
                  {row.injectedAt === undefined ? '–' : clockTime(row.injectedAt, zone)}
                </td>
                <td className="right nowrap">
                  {row.restoredAt === undefined ? '–' : clockTime(row.restoredAt, zone)}
                </td>
                <td className="soft seen">{row.seen === '' ? 'not described yet' : row.seen}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Markers markers={run.measurement?.markers ?? []} />
    </section>
  )
}

/** What was written to measure data loss is a change of ours too, and is seen to be gone. */
function Markers({ markers }: Readonly<{ markers: NonNullable<Measurement['markers']> }>) {
  if (markers.length === 0) return null
  return (
    <ul className="markers small">
      {markers.map((marker) => (
        <li key={marker.marker}>
          <Icon
            name={isTakenOut(marker) ? 'held' : 'deviated'}
            className={isTakenOut(marker) ? 'held' : 'deviated'}
          />{' '}
          Numbered writes of {markerInWords(marker)}
        </li>
      ))}
    </ul>
  )
}
