import type { RunDetail } from '@firedrill/contracts'
import { useId, useState } from 'react'
import { Dialog } from '../../../ui/dialog.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { ProblemNotice } from '../../../ui/problem.tsx'
import { useAbortRun } from '../queries.ts'
import { undoList } from './present.ts'

/** The reason that is sent when nobody writes one: in an emergency nobody should have to. */
export const USUAL_REASON = 'stopped by hand on the run page'

/** Says what will be undone and asks once more. */
export function AbortDialog({ run, onClose }: Readonly<{ run: RunDetail; onClose: () => void }>) {
  const [reason, setReason] = useState(USUAL_REASON)
  const abort = useAbortRun(run.id)
  const fieldId = useId()
  const list = undoList(run)
  return (
    <Dialog title={`Abort run ${run.number}?`} onClose={onClose}>
      {list.length === 0 ? (
        <p>
          Nothing is broken on purpose right now. The run ends, and whatever is being put in is taken out.
        </p>
      ) : (
        <>
          <p>These are undone at once, and the run ends only when each is described as it was before:</p>
          <ul className="undo-list">
            {list.map(({ step, what, where }) => (
              <li key={step}>
                <Icon name="recovering" className="recovering" />
                <span>
                  <b>{step}</b> <span className="soft">{what}</span>
                  <br />
                  <span className="small muted">{where}</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="small">The verdict of an aborted run is inconclusive.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          abort.mutate(reason.trim() === '' ? USUAL_REASON : reason.trim(), { onSuccess: onClose })
        }}
      >
        <div className="field">
          <label htmlFor={fieldId}>Why (kept in the journal)</label>
          <input
            id={fieldId}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        {abort.error === null ? null : <ProblemNotice error={abort.error} />}
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Go on with the run
          </button>
          <button type="submit" className="btn is-abort" data-first disabled={abort.isPending}>
            <Icon name="stop" />
            Abort and undo
          </button>
        </div>
      </form>
    </Dialog>
  )
}
