import type { PreviewSchedule, UpcomingView } from '@firedrill/contracts'
import { ProblemNotice } from '../../ui/problem.tsx'
import type { Draft } from './book-fields.tsx'
import { Upcoming } from './upcoming.tsx'

const GRACE_MS = 2 * 3_600_000
const SHOWN = 4

/** When it would come, or why nothing can be said. */
export function PreviewOf({
  asked,
  error,
  next,
  isLoading,
}: Readonly<{
  asked: PreviewSchedule | undefined
  error: Error | null
  next: readonly UpcomingView[]
  isLoading: boolean
}>) {
  if (asked === undefined) return <p className="small soft">Say when; the times are shown here.</p>
  if (error !== null) return <ProblemNotice error={error} />
  if (next.length > 0) return <Upcoming next={next} />
  return isLoading ? null : <p className="small alarm">It never comes: that time has passed.</p>
}

/** What is asked before anything is booked; undefined until there is enough to ask. */
export function questionOf(draft: Draft): PreviewSchedule | undefined {
  const { scenario, environment, kind, local, expression, timeZone } = draft
  if (scenario === '' || environment === '' || timeZone === '') return undefined
  if (kind === 'once' ? local === '' : expression.trim() === '') return undefined
  const when = kind === 'once' ? { kind, local, timeZone } : { kind, expression: expression.trim(), timeZone }
  return { scenario, environment, when, count: SHOWN }
}

/** What the person decided, without where it is booked. `graceMs` is kept where a late start already had one. */
export function termsOf({ missed, title }: Draft, { when }: PreviewSchedule, graceMs = GRACE_MS) {
  return {
    when,
    missed:
      missed === 'skip' ? ({ policy: 'skip' } as const) : ({ policy: 'run-once-late', graceMs } as const),
    ...(title.trim() === '' ? {} : { title: title.trim() }),
  }
}
