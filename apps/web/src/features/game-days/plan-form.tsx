import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { ProblemNotice } from '../../ui/problem.tsx'
import { usePlanGameDay } from './queries.ts'

/** Title, date and briefing; agenda and people are added on its page. */
export function PlanForm() {
  const navigate = useNavigate()
  const plan = usePlanGameDay()
  const id = useId()
  const [title, setTitle] = useState('')
  const [date, setDate] = useState('')
  const [briefing, setBriefing] = useState('')
  const isReady = title.trim() !== '' && date !== '' && !plan.isPending
  return (
    <section className="sheet" aria-labelledby={`${id}h`}>
      <header>
        <h2 id={`${id}h`}>Plan a game day</h2>
      </header>
      <form
        className="game-day-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isReady) return
          plan.mutate(
            { title, date, briefing },
            {
              onSuccess: (day) =>
                void navigate({ to: '/game-days/$gameDayId', params: { gameDayId: day.id } }),
            },
          )
        }}
      >
        <div className="field">
          <label htmlFor={`${id}t`}>Title</label>
          <input
            id={`${id}t`}
            value={title}
            maxLength={200}
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}d`}>Date</label>
          <input id={`${id}d`} type="date" value={date} onChange={(event) => setDate(event.target.value)} />
        </div>
        <div className="field">
          <label htmlFor={`${id}b`}>Briefing</label>
          <input
            id={`${id}b`}
            value={briefing}
            maxLength={4000}
            onChange={(event) => setBriefing(event.target.value)}
          />
        </div>
        <button type="submit" className="btn is-primary" disabled={!isReady}>
          Plan
        </button>
      </form>
      {plan.error === null ? null : <ProblemNotice error={plan.error} />}
    </section>
  )
}
