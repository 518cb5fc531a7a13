import type { ScheduleView } from '@firedrill/contracts'
import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { TermFields, type Draft } from './book-fields.tsx'
import { PreviewOf, questionOf, termsOf } from './preview-of.tsx'
import { useChangeSchedule, usePreview } from './queries.ts'

/** Changes when a schedule comes; shows the new times before it is changed. Drill and environment stay what they are. */
export function ChangeDialog({
  schedule,
  onClose,
}: Readonly<{ schedule: ScheduleView; onClose: () => void }>) {
  // What was read when the dialog opened: a refresh behind it must neither move the fields nor the version.
  const [read] = useState(schedule)
  const [draft, setDraft] = useState(draftOf(read))
  const question = questionOf(draft)
  const asked = question === undefined ? undefined : { ...question, ...validityOf(read), scheduleId: read.id }
  const preview = usePreview(asked)
  const change = useChangeSchedule(read)
  const next = asked === undefined || preview.error !== null ? [] : (preview.data ?? [])
  const graceMs = read.missed.policy === 'run-once-late' ? read.missed.graceMs : undefined
  return (
    <Dialog title={`Change ${read.title}`} onClose={onClose}>
      <p className="small">
        In {read.environment}. {read.enabled ? '' : 'It is paused, and stays so.'}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (asked === undefined || next.length === 0 || change.isPending) return
          const terms = { ...termsOf(draft, asked, graceMs), ...validityOf(read), enabled: read.enabled }
          change.mutate(terms, { onSuccess: onClose })
        }}
      >
        <TermFields draft={draft} onChange={(part) => setDraft({ ...draft, ...part })} />
        <div className="upcoming" aria-live="polite">
          <PreviewOf asked={asked} error={preview.error} next={next} isLoading={preview.isFetching} />
        </div>
        {change.error === null ? null : <ProblemNotice error={change.error} />}
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn is-primary" disabled={next.length === 0 || change.isPending}>
            {change.isPending ? 'Changing …' : 'Change'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function draftOf({ scenario, environment, when, missed, title }: ScheduleView): Draft {
  return {
    scenario,
    environment,
    kind: when.kind,
    local: when.kind === 'once' ? when.local : '',
    expression: when.kind === 'cron' ? when.expression : '0 10 * * tue',
    timeZone: when.timeZone,
    missed: missed.policy,
    title,
  }
}

function validityOf({ validFrom, validUntil }: ScheduleView) {
  return {
    ...(validFrom === null ? {} : { validFrom }),
    ...(validUntil === null ? {} : { validUntil }),
  }
}
