import type { GameDayView } from '@firedrill/contracts'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemNotice, ProblemPage } from '../../ui/problem.tsx'
import { Agenda } from './agenda.tsx'
import { DayFindings } from './day-findings.tsx'
import { Log } from './log.tsx'
import { People } from './people.tsx'
import { useGameDay, type Eyes } from './queries.ts'
import { Summary } from './summary.tsx'

/** One game day: what is planned and by whom it is led, what happens, and what it showed. */
export function GameDayPage() {
  const { gameDayId } = useParams({ from: '/game-days/$gameDayId' })
  const [eyes, setEyes] = useState<Eyes>('leader')
  const day = useGameDay(gameDayId, eyes)
  useTitle(day.data?.terms.title ?? 'Game day')
  if (day.data === undefined)
    return day.error === null ? (
      <Loading what="the game day" />
    ) : (
      <ProblemPage error={day.error} onRetry={() => void day.refetch()} />
    )
  return (
    <div className="page game-day">
      <header className="page-head">
        <h1>{day.data.terms.title}</h1>
        <p className="soft">
          {day.data.terms.date}
          {day.data.terms.briefing === '' ? '' : ` · ${day.data.terms.briefing}`}
        </p>
        <button
          type="button"
          className="btn"
          aria-pressed={eyes === 'room'}
          onClick={() => setEyes(eyes === 'room' ? 'leader' : 'room')}
        >
          As the room sees it
        </button>
      </header>
      {day.error === null ? null : <ProblemNotice error={day.error} />}
      <Sheets day={day.data} />
    </div>
  )
}

function Sheets({ day }: Readonly<{ day: GameDayView }>) {
  const zone = useChoice(zoneChoice)
  return (
    <>
      <Agenda day={day} />
      <People day={day} />
      <Log day={day} zone={zone} />
      <DayFindings day={day} />
      <Summary day={day} />
    </>
  )
}
