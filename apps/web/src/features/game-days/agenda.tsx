import type { AgendaItemView, GameDayView } from '@firedrill/contracts'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { Icon } from '../../ui/icon.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { StatusWord } from '../../ui/word.tsx'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import { useEnvironments, useScenarios } from '../scenarios/queries.ts'
import { changedItem, useChangeGameDay, useStartItem } from './queries.ts'

type Drill = GameDayView['drills'][number]

/** The drills of the day in their order: what each is, what became of it, and the reveal of a blind one. */
export function Agenda({ day }: Readonly<{ day: GameDayView }>) {
  const change = useChangeGameDay(day)
  const start = useStartItem(day)
  const mayChange = day.mayLead && day.terms.summary === null
  const error = change.error ?? start.error
  return (
    <section className="sheet" aria-labelledby="h-agenda">
      <header>
        <h2 id="h-agenda">Agenda</h2>
        <span className="end">times are planned, in UTC</span>
      </header>
      {day.drills.length === 0 ? (
        <p className="muted">No drill yet.</p>
      ) : (
        <ol className="agenda">
          {day.drills.map((drill, index) => {
            const item = day.terms.agenda[index]
            return item === undefined ? null : (
              // An item is known by its place in the agenda.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index}>
                <span className="nowrap">{item.time}</span>
                <Name drill={drill} item={item} />
                <Outcome drill={drill} />
                {mayChange ? (
                  <span className="acts">
                    {item.run === null ? (
                      <button
                        type="button"
                        className="btn"
                        disabled={start.isPending}
                        onClick={() => start.mutate(index)}
                      >
                        <Icon name="play" /> Start
                      </button>
                    ) : null}
                    {item.isBlind && !item.isRevealed ? (
                      <button
                        type="button"
                        className="btn"
                        disabled={change.isPending}
                        onClick={() =>
                          change.mutate({ agenda: changedItem(day, index, { isRevealed: true }) })
                        }
                      >
                        <Icon name="eye" /> Reveal
                      </button>
                    ) : null}
                  </span>
                ) : null}
              </li>
            )
          })}
        </ol>
      )}
      {error === null ? null : <ProblemNotice error={error} />}
      {mayChange ? (
        <AddDrill
          isPending={change.isPending}
          onAdd={(item) =>
            change.mutate({
              agenda: [...day.terms.agenda, item].toSorted((a, b) => a.time.localeCompare(b.time)),
            })
          }
        />
      ) : null}
    </section>
  )
}

function Name({ drill, item }: Readonly<{ drill: Drill; item: AgendaItemView }>) {
  const note = !item.isBlind ? '' : item.isRevealed ? 'blind, revealed' : 'blind'
  return (
    <span>
      <b>
        {drill.run === null ? (
          drill.title
        ) : (
          <Link to="/runs/$runId" params={{ runId: drill.run.id }}>
            {drill.title}, run {drill.run.number}
          </Link>
        )}
      </b>{' '}
      {note === '' || drill.isHidden ? null : <span className="tag">{note}</span>}
    </span>
  )
}

function Outcome({ drill: { run, isHidden } }: Readonly<{ drill: Drill }>) {
  if (run === null) return <span className="muted">{isHidden ? 'not revealed' : 'not started'}</span>
  return run.isOver ? (
    <span>
      <StatusWord word={verdictWord(run.verdict)} /> <span className="small soft">{run.reason}</span>
    </span>
  ) : (
    <StatusWord word={STATUS_WORDS[run.status]} />
  )
}

function AddDrill({
  isPending,
  onAdd,
}: Readonly<{ isPending: boolean; onAdd: (item: AgendaItemView) => void }>) {
  const id = useId()
  const scenarios = useScenarios().data ?? []
  const environments = useEnvironments().data ?? []
  const [time, setTime] = useState('14:00')
  const [isBlind, setBlind] = useState(false)
  const [named, setNamed] = useState<string>()
  const [placed, setPlaced] = useState<string>()
  const scenario = named ?? scenarios[0]?.name
  const environment = placed ?? environments[0]?.name
  return (
    <form
      className="game-day-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (scenario === undefined || environment === undefined) return
        onAdd({ time, scenario, environment, isBlind, isRevealed: false, run: null })
      }}
    >
      <div className="field">
        <label htmlFor={`${id}at`}>At (UTC)</label>
        <input
          id={`${id}at`}
          type="time"
          required
          value={time}
          onChange={(event) => setTime(event.target.value)}
        />
      </div>
      <Choice label="Scenario" value={scenario} options={scenarios} onChoose={setNamed} />
      <Choice label="Environment" value={environment} options={environments} onChoose={setPlaced} />
      <label className="check">
        <input type="checkbox" checked={isBlind} onChange={(event) => setBlind(event.target.checked)} /> Blind
      </label>
      <button type="submit" className="btn" disabled={isPending || scenario === undefined}>
        Add drill
      </button>
    </form>
  )
}

function Choice({
  label,
  value,
  options,
  onChoose,
}: Readonly<{
  label: string
  value: string | undefined
  options: readonly Readonly<{ name: string; title: string }>[]
  onChoose: (name: string) => void
}>) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => onChoose(event.target.value)}>
        {options.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}
