import type { TimelineEvent } from '@firedrill/contracts'
import { useMemo, useState } from 'react'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { StatusWord } from '../../../ui/word.tsx'
import { TONE_WORDS } from '../../../vocabulary/tones.ts'
import type { Selection } from '../timeline/board.tsx'
import { chosenEvents, type JournalFilter } from './chosen-events.ts'
import { pageOf } from './journal-page.ts'

/** The journal as a table: the same events as on the time axis, newest first, a page at a time. */
export function Journal({
  events,
  zone,
  selected,
  filter,
  onFilter,
  onSelect,
}: Readonly<{
  events: readonly TimelineEvent[]
  zone: Zone
  selected: number | undefined
  filter: JournalFilter
  onFilter: (filter: JournalFilter) => void
  onSelect: (selection: Selection) => void
}>) {
  const [page, setPage] = useState(0)
  const { find = '', problems } = filter
  const isTroubleOnly = problems === true
  const chosen = useMemo(() => chosenEvents(events, filter), [events, filter])
  const { rows, current, pages } = pageOf(chosen, page)
  return (
    <section className="sheet" aria-labelledby="h-journal">
      <header>
        <h2 id="h-journal">Journal</h2>
        <span className="muted">
          {chosen.length === events.length ? '' : `${chosen.length} of `}
          {events.length} events, newest first
        </span>
        <span className="end journal-filter">
          <input
            type="search"
            aria-label="Find in the journal"
            placeholder="Find"
            defaultValue={find}
            onChange={(event) => {
              setPage(0)
              onFilter(filterOf(event.target.value, isTroubleOnly))
            }}
          />
          <span className="seg">
            <button
              type="button"
              aria-pressed={!isTroubleOnly}
              onClick={() => onFilter(filterOf(find, false))}
            >
              All
            </button>
            <button type="button" aria-pressed={isTroubleOnly} onClick={() => onFilter(filterOf(find, true))}>
              Problems
            </button>
          </span>
        </span>
      </header>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of the journal">
        <table className="tbl journal">
          <caption className="sr">Events of the journal in world time, {zoneName(zone)}</caption>
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">World time, {zoneName(zone)}</th>
              <th scope="col">Kind</th>
              <th scope="col">What happened</th>
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((event) => (
              <tr key={event.seq} aria-selected={event.seq === selected}>
                <th scope="row">
                  <button type="button" className="as-link" onClick={() => onSelect({ event: event.seq })}>
                    {event.seq}
                    <span className="sr">, inspect</span>
                  </button>
                </th>
                <td className="nowrap">{clockTime(event.worldAt, zone)}</td>
                <td>
                  <StatusWord word={TONE_WORDS[event.tone]} />
                </td>
                <td className="soft">{event.summary}</td>
                <td className="nowrap muted">{event.actor.name}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 ? <p className="muted">No such event.</p> : null}
      </div>
      {pages <= 1 ? null : (
        <nav className="pager" aria-label="Pages of the journal">
          <button type="button" className="btn" disabled={current === 0} onClick={() => setPage(current - 1)}>
            Newer
          </button>
          <span className="muted">
            page {current + 1} of {pages}
          </span>
          <button
            type="button"
            className="btn"
            disabled={current >= pages - 1}
            onClick={() => setPage(current + 1)}
          >
            Older
          </button>
        </nav>
      )}
    </section>
  )
}

function filterOf(find: string, problems: boolean): JournalFilter {
  return { ...(find === '' ? {} : { find }), ...(problems ? { problems: true as const } : {}) }
}
