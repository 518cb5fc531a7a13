import { GAME_DAY_ROLES, type GameDayView } from '@firedrill/contracts'
import { useId, useState } from 'react'
import { ProblemNotice } from '../../ui/problem.tsx'
import { useChangeGameDay } from './queries.ts'

/** Who takes part, and as what. */
export function People({ day }: Readonly<{ day: GameDayView }>) {
  const change = useChangeGameDay(day)
  const id = useId()
  const [name, setName] = useState('')
  const [role, setRole] = useState<(typeof GAME_DAY_ROLES)[number]>('operator')
  const { participants, summary } = day.terms
  return (
    <section className="sheet" aria-labelledby="h-people">
      <header>
        <h2 id="h-people">People</h2>
      </header>
      {participants.length === 0 ? (
        <p className="muted">Nobody yet.</p>
      ) : (
        <ul className="people-list">
          {participants.map((one) => (
            <li key={`${one.name} ${one.role}`}>
              <b>{one.name}</b> <span className="muted">{one.role}</span>
            </li>
          ))}
        </ul>
      )}
      {day.mayLead && summary === null ? (
        <form
          className="game-day-form"
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() === '') return
            change.mutate(
              { participants: [...participants, { name, role }] },
              { onSuccess: () => setName('') },
            )
          }}
        >
          <div className="field">
            <label htmlFor={`${id}n`}>Name</label>
            <input
              id={`${id}n`}
              value={name}
              maxLength={200}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}r`}>Role</label>
            <select
              id={`${id}r`}
              value={role}
              onChange={(event) =>
                setRole(GAME_DAY_ROLES.find((known) => known === event.target.value) ?? 'operator')
              }
            >
              {GAME_DAY_ROLES.map((known) => (
                <option key={known}>{known}</option>
              ))}
            </select>
          </div>
          <button type="submit" className="btn" disabled={name.trim() === '' || change.isPending}>
            Add person
          </button>
        </form>
      ) : null}
      {change.error === null ? null : <ProblemNotice error={change.error} />}
    </section>
  )
}
