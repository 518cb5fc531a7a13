import { ApiError } from '@firedrill/contracts'
import { problemText } from './problem-text.ts'
import { Icon } from './icon.tsx'
import { useTitle } from '../app/use-title.ts'

/** A page that could not be shown: what happened, and what to do about it. */
export function ProblemPage({ error, onRetry }: Readonly<{ error: unknown; onRetry?: () => void }>) {
  const { title, says, todo, command, code } = problemText(error)
  useTitle(title)
  return (
    <section className="state" role="alert">
      <h1 tabIndex={-1}>
        <Icon
          name={code === 'not-signed-in' ? 'lock' : 'alarm'}
          className={code === 'not-signed-in' ? 'plain' : 'alarm'}
        />
        {title}
      </h1>
      <p>{says}</p>
      <p>{todo}</p>
      {command === undefined ? null : <pre className="source">{command}</pre>}
      <div className="acts">
        {onRetry === undefined ? null : (
          <button type="button" className="btn" onClick={onRetry}>
            Try again
          </button>
        )}
        {error instanceof ApiError && error.problem !== undefined ? (
          <a className="btn is-quiet" href={error.problem.type}>
            About “{error.problem.code}”
          </a>
        ) : null}
      </div>
    </section>
  )
}

/** The same beside what it belongs to, in one paragraph. */
export function ProblemNotice({ error }: Readonly<{ error: unknown }>) {
  const { title, says, todo, problems } = problemText(error)
  return (
    <div className="notice is-bad" role="alert">
      <Icon name="deviated" className="deviated" />
      <span>
        <b>{title}.</b> {says} {todo}
      </span>
      {problems.length === 0 ? null : (
        <ul className="small">
          {problems.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
