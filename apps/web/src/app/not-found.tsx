import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'
import { useTitle } from './use-title.ts'

/** An address that is no page. */
export function NotFound() {
  useTitle('Nothing is here')
  return (
    <section className="state">
      <h1 tabIndex={-1}>
        <Icon name="unknown" className="plain" />
        Nothing is here
      </h1>
      <p>This address is no page of the dashboard.</p>
      <div className="acts">
        <Link className="btn" to="/runs">
          All runs
        </Link>
      </div>
    </section>
  )
}
