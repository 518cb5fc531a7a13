import { useId, useState } from 'react'
import { ProblemNotice } from '../../../ui/problem.tsx'
import { useAddNote } from '../queries.ts'

/** A scribe's line into the journal. */
export function AddNote({ runId }: Readonly<{ runId: string }>) {
  const [text, setText] = useState('')
  const add = useAddNote(runId)
  const fieldId = useId()
  const isReady = text.trim() !== '' && !add.isPending
  return (
    <form
      className="note-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) add.mutate(text.trim(), { onSuccess: () => setText('') })
      }}
    >
      <div className="field">
        <label htmlFor={fieldId}>Note for the journal</label>
        <input id={fieldId} value={text} maxLength={4000} onChange={(event) => setText(event.target.value)} />
      </div>
      <button type="submit" className="btn" disabled={!isReady}>
        Add
      </button>
      {add.error === null ? null : <ProblemNotice error={add.error} />}
    </form>
  )
}
