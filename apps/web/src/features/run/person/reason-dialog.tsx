import { useId, useState, type ReactNode } from 'react'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemNotice } from '../../../ui/problem.tsx'

/** What a person is about to do: said in full, with a reason that goes into the journal. */
export type Asking = Readonly<{
  title: string
  says: ReactNode
  /** What the field is called where it is no reason for the journal. */
  label?: string
  act: string
  ask: (reason: string) => Promise<unknown>
}>

/** Asks for the reason, and shows what the platform answers when the answer is no. */
export function ReasonDialog({ asking, onClose }: Readonly<{ asking: Asking; onClose: () => void }>) {
  const [reason, setReason] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const [isPending, setPending] = useState(false)
  const fieldId = useId()
  const send = async () => {
    setPending(true)
    try {
      await asking.ask(reason.trim())
      onClose()
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)))
      setPending(false)
    }
  }
  return (
    <Dialog title={asking.title} onClose={onClose}>
      <p>{asking.says}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim() !== '') void send()
        }}
      >
        <div className="field">
          <label htmlFor={fieldId}>{asking.label ?? 'Why (kept in the journal)'}</label>
          <input
            id={fieldId}
            value={reason}
            maxLength={500}
            required
            data-first
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        {error === null ? null : <ProblemNotice error={error} />}
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Do nothing
          </button>
          <button type="submit" className="btn is-primary" disabled={isPending || reason.trim() === ''}>
            {asking.act}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
