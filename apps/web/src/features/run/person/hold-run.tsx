import type { RunDetail } from '@firedrill/contracts'
import { useState } from 'react'
import { Icon } from '../../../ui/icon.tsx'
import { STATUS_WORDS } from '../../../vocabulary/statuses.ts'
import { ReasonDialog, type Asking } from './reason-dialog.tsx'
import { useAsk } from './use-ask.ts'

/** Holds the run before its next step, or lets it go on. It is gone once faults are being taken out. */
export function HoldRun({ run }: Readonly<{ run: RunDetail }>) {
  const [asking, setAsking] = useState<Asking>()
  const ask = useAsk(run)
  const isPaused = run.status === 'paused'
  if (!run.mayPause && !isPaused) return null
  const goesOn = run.resumesTo === null ? 'where it was' : `with ${STATUS_WORDS[run.resumesTo].word}`
  return (
    <>
      <button
        type="button"
        className="btn"
        onClick={() =>
          setAsking(
            isPaused
              ? {
                  title: `Let run ${run.number} go on?`,
                  says: `It goes on ${goesOn}.`,
                  act: 'Resume run',
                  ask: ask.resume,
                }
              : {
                  title: `Hold run ${run.number}?`,
                  says: 'Its next step waits. Expiries run on: no fault stays in longer than it was approved for, and undo is never held up.',
                  act: 'Pause run',
                  ask: ask.pause,
                },
          )
        }
      >
        <Icon name={isPaused ? 'play' : 'pause'} />
        {isPaused ? 'Resume run' : 'Pause run'}
      </button>
      {asking === undefined ? null : <ReasonDialog asking={asking} onClose={() => setAsking(undefined)} />}
    </>
  )
}
