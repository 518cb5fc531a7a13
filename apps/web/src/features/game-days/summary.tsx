import type { GameDayView } from '@firedrill/contracts'
import { useId, useState } from 'react'
import { ProblemNotice } from '../../ui/problem.tsx'
import { daySentence } from './present.ts'
import { useChangeGameDay } from './queries.ts'

/** How the day ended, in figures and in words; what is said last closes it. */
export function Summary({ day }: Readonly<{ day: GameDayView }>) {
  const change = useChangeGameDay(day)
  const id = useId()
  const [text, setText] = useState('')
  const { summary } = day.terms
  return (
    <section className="sheet" aria-labelledby="h-summary">
      <header>
        <h2 id="h-summary">Summary</h2>
        <span className="end">{daySentence(day)}</span>
      </header>
      {summary !== null ? (
        <p className="wrap-anywhere">{summary}</p>
      ) : day.mayLead ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (text.trim() !== '') change.mutate({ summary: text })
          }}
        >
          <div className="field">
            <label htmlFor={id}>What the day showed</label>
            <textarea
              id={id}
              rows={3}
              maxLength={8000}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <button type="submit" className="btn" disabled={text.trim() === '' || change.isPending}>
            End the game day
          </button>
        </form>
      ) : (
        <p className="muted">Not over yet.</p>
      )}
      {change.error === null ? null : <ProblemNotice error={change.error} />}
    </section>
  )
}
