import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { useEnvironments, useScenarios } from '../scenarios/queries.ts'
import { BookFields, type Draft } from './book-fields.tsx'
import { PreviewOf, questionOf, termsOf } from './preview-of.tsx'
import { useBook, usePreview } from './queries.ts'

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
          if (asked !== undefined && next.length > 0 && !book.isPending) {
            const { scenario, environment } = draft
            book.mutate({ scenario, environment, ...termsOf(draft, asked) }, { onSuccess: onClose })
          }
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
