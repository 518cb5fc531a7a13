import { Link } from '@tanstack/react-router'
import { useTitle } from '../../app/use-title.ts'
import { count } from '../../format/text.ts'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemPage } from '../../ui/problem.tsx'
import { PlanForm } from './plan-form.tsx'
import { useGameDays } from './queries.ts'

/** All game days, and a new one. */
export function GameDaysPage() {
  const days = useGameDays()
  useTitle('Game days')
  if (days.data === undefined)
    return days.error === null ? (
      <Loading what="game days" />
    ) : (
      <ProblemPage error={days.error} onRetry={() => void days.refetch()} />
    )
  return (
    <div className="page">
      <header className="page-head">
        <h1>Game days</h1>
        <p className="soft">
          Drills one after another, with people in their roles, a log that people and platform write together,
          and what it showed to be missing.
        </p>
      </header>
      {days.data.length === 0 ? (
        <p className="notice">No game day yet. Plan the first below.</p>
      ) : (
        <table className="tbl">
          <caption className="sr">Game days, the latest date first</caption>
          <thead>
            <tr>
              <th scope="col">Date</th>
              <th scope="col">Game day</th>
              <th scope="col">Drills</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {days.data.map(({ id, date, title, drills, isOver }) => (
              <tr key={id}>
                <td className="nowrap">{date}</td>
                <th scope="row">
                  <Link to="/game-days/$gameDayId" params={{ gameDayId: id }}>
                    {title}
                  </Link>
                </th>
                <td>{count(drills, 'drill')}</td>
                <td>
                  <Icon name={isOver ? 'check' : 'open'} className="plain" /> {isOver ? 'over' : 'planned'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <PlanForm />
    </div>
  )
}
