import type { PreviewSchedule, UpcomingView } from '@firedrill/contracts'
import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { useEnvironments, useScenarios } from '../scenarios/queries.ts'
import { BookFields, type Draft } from './book-fields.tsx'
import { useBook, usePreview } from './queries.ts'
import { Upcoming } from './upcoming.tsx'

const GRACE_MS = 2 * 3_600_000
const SHOWN = 4

/** Books a drill for a time or again and again; shows when that is, in UTC and on the zone's clock, before it is booked. */
export function BookDialog({ onClose }: Readonly<{ onClose: () => void }>) {
  const scenarios = useScenarios().data ?? []
  const environments = (useEnvironments().data ?? []).filter(({ isStartable }) => isStartable)
  const [changes, setChanges] = useState<Partial<Draft>>({})
  const draft: Draft = {
    scenario: scenarios[0]?.name ?? '',
    environment: environments[0]?.name ?? '',
    kind: 'once',
    local: '',
    expression: '0 10 * * tue',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    missed: 'skip',
    title: '',
    ...changes,
  }
  const asked = questionOf(draft)
  const preview = usePreview(asked)
  const book = useBook()
  const next = asked === undefined || preview.error !== null ? [] : (preview.data ?? [])
  return (
    <Dialog title="Book a drill" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (asked !== undefined && next.length > 0 && !book.isPending)
            book.mutate(bookingOf(draft, asked), { onSuccess: onClose })
        }}
      >
        <BookFields
          draft={draft}
          scenarios={scenarios}
          environments={environments}
          onChange={(change) => setChanges({ ...changes, ...change })}
        />
        <div className="upcoming" aria-live="polite">
          <PreviewOf asked={asked} error={preview.error} next={next} isLoading={preview.isFetching} />
        </div>
        {book.error === null ? null : <ProblemNotice error={book.error} />}
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn is-primary" disabled={next.length === 0 || book.isPending}>
            {book.isPending ? 'Booking …' : 'Book'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function PreviewOf({
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

function questionOf(draft: Draft): PreviewSchedule | undefined {
  const { scenario, environment, kind, local, expression, timeZone } = draft
  if (scenario === '' || environment === '' || timeZone === '') return undefined
  if (kind === 'once' ? local === '' : expression.trim() === '') return undefined
  const when = kind === 'once' ? { kind, local, timeZone } : { kind, expression: expression.trim(), timeZone }
  return { scenario, environment, when, count: SHOWN }
}

function bookingOf({ missed, title }: Draft, { scenario, environment, when }: PreviewSchedule) {
  return {
    scenario,
    environment,
    when,
    missed:
      missed === 'skip'
        ? ({ policy: 'skip' } as const)
        : ({ policy: 'run-once-late', graceMs: GRACE_MS } as const),
    ...(title.trim() === '' ? {} : { title: title.trim() }),
  }
}
