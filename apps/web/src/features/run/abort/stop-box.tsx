import type { RunDetail } from '@firedrill/contracts'
import { useState } from 'react'
import { useShortcuts } from '../../../app/use-shortcuts.ts'
import { duration } from '../../../format/duration.ts'
import { Icon } from '../../../ui/icon.tsx'
import { ProblemNotice } from '../../../ui/problem.tsx'
import { HoldRun } from '../person/hold-run.tsx'
import { useAbortRun } from '../queries.ts'
import { AbortDialog, USUAL_REASON } from './abort-dialog.tsx'
import { HoldButton } from './hold-button.tsx'
import { stopState, type StopState } from './present.ts'

/** Abort, and after it the proof that everything is put back; always in the same place. */
export function StopBox({ run, platformNow }: Readonly<{ run: RunDetail; platformNow: number }>) {
  const [isAsking, setAsking] = useState(false)
  const state = stopState(run, platformNow)
  const isReady = state.kind === 'ready'
  useShortcuts({
    'Shift+X': () => {
      if (isReady) setAsking(true)
    },
  })
  return (
    <section className="stop-box" aria-label="Stop">
      {isReady ? (
        <Ready run={run} state={state} onAsk={() => setAsking(true)} />
      ) : (
        <After run={run} state={state} />
      )}
      {isAsking && isReady ? <AbortDialog run={run} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

function Ready({
  run,
  state,
  onAsk,
}: Readonly<{ run: RunDetail; state: Extract<StopState, { kind: 'ready' }>; onAsk: () => void }>) {
  const abort = useAbortRun(run.id)
  return (
    <>
      <button type="button" className="btn is-abort press" onClick={onAsk}>
        <Icon name="stop" />
        Abort run <kbd>Shift X</kbd>
      </button>
      <HoldButton label="Hold 1.5 s to abort" onHeld={() => abort.mutate(USUAL_REASON)} onKeyboard={onAsk} />
      {abort.error === null ? <p>{state.undoes}</p> : <ProblemNotice error={abort.error} />}
      <HoldRun run={run} />
    </>
  )
}

function After({ run, state }: Readonly<{ run: RunDetail; state: Exclude<StopState, { kind: 'ready' }> }>) {
  switch (state.kind) {
    case 'nothing-to-do':
      return (
        <>
          <button type="button" className="btn press" disabled>
            Abort run
          </button>
          <p>{state.says}</p>
        </>
      )
    case 'undoing':
      return <Undoing state={state} />
    case 'restored':
      return (
        <>
          <p className="word held big" role="status">
            <Icon name="held" />
            Aborted and restored
          </p>
          <p>
            {state.total === 0
              ? 'Nothing had been injected.'
              : `${state.total} of ${state.total} targets described as before${state.took === '' ? '' : `, ${state.took} after the abort`}.`}{' '}
            “{state.reason}”
          </p>
          <ReportLink run={run} />
        </>
      )
    case 'not-restored':
      return (
        <>
          <p className="word deviated big" role="alert">
            <Icon name="alarm" />
            May still be broken
          </p>
          <p>
            {state.left} of {state.total} targets were not described as restored.
          </p>
          <ReportLink run={run} />
        </>
      )
    case 'over':
      return (
        <>
          <ReportLink run={run} />
          <p>{state.says}</p>
        </>
      )
  }
}

function Undoing({ state }: Readonly<{ state: Extract<StopState, { kind: 'undoing' }> }>) {
  return (
    <>
      <p className={`word big ${state.needsPerson ? 'deviated' : 'recovering'}`} role="status">
        <Icon name={state.needsPerson ? 'alarm' : 'recovering'} />
        {state.needsPerson ? 'A person is needed' : 'Aborting'}
      </p>
      <progress
        max={Math.max(1, state.total)}
        value={state.clean}
        aria-label={`${state.clean} of ${state.total} targets confirmed restored`}
      />
      <p>
        {state.clean} of {state.total} targets confirmed restored, {duration(state.elapsed)} so far. “Aborted”
        appears when every target is described as before. You may close this page; it goes on.
      </p>
    </>
  )
}

function ReportLink({ run }: Readonly<{ run: RunDetail }>) {
  return (
    <a className="btn is-primary press" href={`/v1/runs/${run.id}/report.html`}>
      <Icon name="document" />
      Report
    </a>
  )
}
