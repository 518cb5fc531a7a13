import { Link } from '@tanstack/react-router'
import { zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { StatusWord } from '../../ui/word.tsx'
import type { DayCell, EntryRow, FreezeRow } from './present.ts'

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** A month as a table of weeks; on a narrow screen a list of the days that have something in them. */
export function MonthGrid({
  weeks,
  name,
  zone,
}: Readonly<{ weeks: readonly (readonly DayCell[])[]; name: string; zone: Zone }>) {
  const isEmpty = weeks.flat().every((day) => day.entries.length === 0 && day.freezes.length === 0)
  return (
    <>
      <table className="month">
        <caption className="sr">
          {name}, times in {zoneName(zone)}
        </caption>
        <thead>
          <tr>
            {WEEKDAYS.map((weekday) => (
              <th key={weekday} scope="col" aria-label={weekday}>
                {weekday.slice(0, 3)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.key}>
              {week.map((day) => (
                <DayOfMonth key={day.key} day={day} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isEmpty ? <p className="notice month-empty">Nothing is booked, and nothing is frozen.</p> : null}
    </>
  )
}

function DayOfMonth({ day }: Readonly<{ day: DayCell }>) {
  const classes = [
    day.isOutside ? 'is-outside' : '',
    day.isToday ? 'is-today' : '',
    day.freezes.length > 0 ? 'is-frozen' : '',
    day.entries.length + day.freezes.length === 0 ? 'is-empty' : '',
  ]
  return (
    <td className={classes.filter(Boolean).join(' ')}>
      <p className="day-name">
        <span className="number" aria-hidden="true">
          {day.number}
        </span>
        <span className="long">{day.isToday ? `${day.name}, today` : day.name}</span>
      </p>
      {day.freezes.map((freeze) => (
        <Frozen key={freeze.key} freeze={freeze} />
      ))}
      {day.entries.length === 0 ? null : (
        <ul>
          {day.entries.map((entry) => (
            <Entry key={entry.key} entry={entry} />
          ))}
        </ul>
      )}
    </td>
  )
}

function Frozen({ freeze: { reason, where, edge } }: Readonly<{ freeze: FreezeRow }>) {
  return (
    <p className="freeze">
      <Icon name="lock" />
      <span>
        <span className="sr">Freeze in {where}: </span>
        {reason}
        {edge === '' ? null : <span className="u"> {edge}</span>}
      </span>
    </p>
  )
}

function Entry({ entry }: Readonly<{ entry: EntryRow }>) {
  return (
    <li className="entry">
      <span className="time">{entry.time}</span>
      <span className="what">
        {entry.runId === undefined ? (
          <span className="title">{entry.title}</span>
        ) : (
          <Link className="title" to="/runs/$runId" params={{ runId: entry.runId }}>
            {entry.title}
          </Link>
        )}
        <StatusWord word={entry.word} className="small" />
        {entry.flag === '' ? null : (
          <span className="word alarm small">
            <Icon name="alarm" />
            {entry.flag}
          </span>
        )}
      </span>
    </li>
  )
}
