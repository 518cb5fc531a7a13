import type { CalendarView } from '@firedrill/contracts'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemNotice, ProblemPage } from '../../ui/problem.tsx'
import { BookDialog } from './book-dialog.tsx'
import { FreezeCalendars } from './freeze-calendars.tsx'
import { MonthGrid } from './month-grid.tsx'
import { monthKey, monthOf, type Month } from './month.ts'
import { presentMonth, presentTroubles } from './present.ts'
import { useCalendar } from './queries.ts'
import { SchedulesTable } from './schedules-table.tsx'
import { Troubles } from './troubles.tsx'

/** Booked drills, what became of past ones, and freezes, a month at a time. */
export function CalendarPage() {
  const search = useSearch({ from: '/calendar' })
  const zone = useChoice(zoneChoice)
  const [isBooking, setIsBooking] = useState(false)
  const today = monthKey(Date.now() * 1000, zone)
  const month = monthOf(search.month ?? today, zone)
  const calendar = useCalendar(month.weeks[0]?.[0]?.from ?? 0, month.weeks.at(-1)?.at(-1)?.to ?? 1)
  useTitle(`Calendar, ${month.name}`)
  if (calendar.data === undefined) {
    return calendar.error === null ? (
      <Loading what="the calendar" />
    ) : (
      <ProblemPage error={calendar.error} onRetry={() => void calendar.refetch()} />
    )
  }
  return (
    <div className="page calendar">
      <header className="page-head">
        <h1>{month.name}</h1>
        <p className="soft">{summary(calendar.data, month, zone)}</p>
        <MonthNav month={month} today={today} />
        <button type="button" className="btn is-primary" onClick={() => setIsBooking(true)}>
          <Icon name="plus" />
          Book a drill
        </button>
      </header>
      {calendar.error === null ? null : <ProblemNotice error={calendar.error} />}
      {calendar.data.isCut ? <p className="notice">There is more in this month than is shown.</p> : null}
      <MonthGrid weeks={presentMonth(month, calendar.data, zone)} name={month.name} zone={zone} />
      <Troubles rows={presentTroubles(calendar.data.entries, zone)} zone={zone} />
      <SchedulesTable zone={zone} />
      <FreezeCalendars zone={zone} />
      {isBooking ? <BookDialog onClose={() => setIsBooking(false)} /> : null}
    </div>
  )
}

function summary({ entries, freezes }: CalendarView, month: Month, zone: Zone): string {
  const days = month.weeks.flat().filter(({ isOutside }) => !isOutside)
  const [from, to] = [days[0]?.from ?? 0, days.at(-1)?.to ?? 0]
  const inside = entries.filter(({ at }) => from <= at && at < to)
  const count = (state: string) => inside.filter((entry) => entry.state === state).length
  const frozen = freezes.filter((freeze) => freeze.from < to && freeze.to > from).length
  const parts = [
    `${count('booked')} booked`,
    ...(count('started') > 0 ? [`${count('started')} started`] : []),
    ...(count('missed') > 0 ? [`${count('missed')} missed`] : []),
    ...(count('refused') > 0 ? [`${count('refused')} refused`] : []),
    frozen === 1 ? '1 freeze' : `${frozen} freezes`,
  ]
  return `${parts.join(', ')} · times in ${zoneName(zone)}`
}

function MonthNav({ month, today }: Readonly<{ month: Month; today: string }>) {
  return (
    <nav className="seg month-nav" aria-label="Month">
      <Link to="/calendar" search={{ month: month.before }} aria-label={`Earlier: ${month.before}`}>
        <Icon name="left" />
      </Link>
      <Link to="/calendar" search={{ month: today }}>
        Today
      </Link>
      <Link to="/calendar" search={{ month: month.after }} aria-label={`Later: ${month.after}`}>
        <Icon name="right" />
      </Link>
    </nav>
  )
}
