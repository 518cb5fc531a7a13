import { useId, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { useSetHalt } from './queries.ts'

/** Asks for the reason, and sets or lifts the halt. */
export function HaltDialog({ isSet, onClose }: Readonly<{ isSet: boolean; onClose: () => void }>) {
  const [reason, setReason] = useState('')
  const change = useSetHalt()
  const fieldId = useId()
  const isReady = reason.trim() !== '' && !change.isPending
  return (
    <Dialog title={isSet ? 'Lift the halt?' : 'Halt everything?'} onClose={onClose}>
      <p>
        {isSet
          ? 'Drills can be started again. Runs that the halt stopped stay stopped.'
          : 'Every run under way stops and is undone, now. Nothing starts until the halt is lifted.'}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) change.mutate({ set: !isSet, reason: reason.trim() }, { onSuccess: onClose })
        }}
      >
        <div className="field">
          <label htmlFor={fieldId}>Why (kept with the halt)</label>
          <input
            id={fieldId}
            value={reason}
            maxLength={500}
            data-first
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        {change.error === null ? null : <ProblemNotice error={change.error} />}
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={`btn ${isSet ? 'is-primary' : 'is-abort'}`} disabled={!isReady}>
            {isSet ? 'Lift the halt' : 'Halt everything'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
