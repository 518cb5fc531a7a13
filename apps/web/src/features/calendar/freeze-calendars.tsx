import { shortMoment, zoneName, type Zone } from '../../format/time.ts'
import { ProblemNotice } from '../../ui/problem.tsx'
import { useImportedCalendars } from './queries.ts'

/** Calendars of freezes that were imported, with what each brings next. */
export function FreezeCalendars({ zone }: Readonly<{ zone: Zone }>) {
  const calendars = useImportedCalendars()
  const list = calendars.data ?? []
  return (
    <section className="sheet" aria-labelledby="h-freezes">
      <header>
        <h2 id="h-freezes">Freezes</h2>
        <span className="end">
          what is booked, as a file:{' '}
          <a className="underlined" href="/v1/calendar.ics">
            calendar.ics
          </a>
        </span>
      </header>
      {calendars.error === null ? null : <ProblemNotice error={calendars.error} />}
      {list.length === 0 ? null : (
        <table className="tbl">
          <caption className="sr">Imported calendars of freezes</caption>
          <thead>
            <tr>
              <th scope="col">Next freeze, {zoneName(zone)}</th>
              <th scope="col">Calendar</th>
              <th scope="col">Holds in</th>
            </tr>
          </thead>
          <tbody>
            {list.map(({ name, environment, next: [next] }) => (
              <tr key={name}>
                <td>
                  {next === undefined
                    ? 'none within two years'
                    : `${shortMoment(next.from, zone)} to ${shortMoment(next.to, zone)}, ${next.reason}`}
                </td>
                <th scope="row">{name}</th>
                <td>{environment ?? 'all environments'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="soft small">
        Import an iCalendar file: <code>firedrill calendar import FILE --zone Europe/Berlin</code>
      </p>
    </section>
  )
}
