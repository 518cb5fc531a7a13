import type { ProbeLane } from '@firedrill/contracts'
import { useState } from 'react'
import { duration } from '../../../format/duration.ts'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { LANE_WORDS } from '../../../vocabulary/lanes.ts'
import { laneSegments } from '../timeline/lane-segments.ts'
import type { Mark, Row } from '../timeline/row.ts'

/** The chart for people who do not see it: every bar and every stretch of a probe's lane, as rows. */
export function TimelineTable({
  rowsOf,
  lanes,
  until,
  zone,
}: Readonly<{ rowsOf: () => readonly Row[]; lanes: readonly ProbeLane[]; until: number; zone: Zone }>) {
  // Rows nobody has asked for are not made: ten thousand of them cost more than everything else on the page.
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="sheet as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The timeline as a table</summary>
      {isOpen ? <Table rows={rowsOf()} lanes={lanes} until={until} zone={zone} /> : null}
    </details>
  )
}

function Table({
  rows,
  lanes,
  until,
  zone,
}: Readonly<{ rows: readonly Row[]; lanes: readonly ProbeLane[]; until: number; zone: Zone }>) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Timeline as a table">
      <table className="tbl">
        <caption className="sr">Bars of the timeline and what the probes saw, {zoneName(zone)}</caption>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .flatMap((row) =>
              row.marks.flatMap((mark, index) => {
                const span = spanOf(mark)
                return span === undefined ? [] : [{ key: `${row.key} ${index}`, label: row.label, ...span }]
              }),
            )
            .map(({ key, label, from, to, says }) => (
              <TableRow key={key} label={label} from={from} to={to} says={says} zone={zone} />
            ))}
          {lanes.flatMap((lane) =>
            laneSegments(lane, until).map((segment) => (
              <TableRow
                key={`${lane.probe} ${lane.vantage} ${segment.from}`}
                label={`${lane.probe}, ${lane.vantage}`}
                from={segment.from}
                to={segment.to}
                says={`${LANE_WORDS[segment.state].word} for ${duration(segment.to - segment.from)}${segment.detail === '' ? '' : `, ${segment.detail}`}`}
                zone={zone}
              />
            )),
          )}
        </tbody>
      </table>
    </div>
  )
}

function TableRow({
  label,
  from,
  to,
  says,
  zone,
}: Readonly<{ label: string; from: number; to: number; says: string; zone: Zone }>) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td className="nowrap">{clockTime(from, zone)}</td>
      <td className="nowrap">{clockTime(to, zone)}</td>
      <td className="soft">{says}</td>
    </tr>
  )
}

function spanOf(mark: Mark): Readonly<{ from: number; to: number; says: string }> | undefined {
  switch (mark.kind) {
    case 'bar':
      return { from: mark.from, to: mark.to, says: mark.says }
    case 'bounds':
      return { from: mark.lo, to: mark.hi, says: mark.says }
    case 'glyph':
      return { from: mark.at, to: mark.at, says: mark.says }
    case 'text':
    case 'chip':
    case 'ticks':
      return undefined
  }
}
