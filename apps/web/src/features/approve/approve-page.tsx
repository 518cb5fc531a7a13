import type { RunDetail } from '@firedrill/contracts'
import { useState } from 'react'
import { api } from '../../app/client.ts'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { capital } from '../../format/text.ts'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemNotice, ProblemPage } from '../../ui/problem.tsx'
import { StatusWord } from '../../ui/word.tsx'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { verdictWord } from '../../vocabulary/verdicts.ts'
import { HoldButton } from '../run/abort/hold-button.tsx'
import { stopState, type StopState } from '../run/abort/present.ts'
import { ApprovalBox } from '../run/person/approval-box.tsx'
import { ReasonDialog } from '../run/person/reason-dialog.tsx'
import { usePolledRun, type PolledRun } from './use-polled-run.ts'

/** Why a phone aborts: there is no keyboard at hand to say more. */
const FROM_A_PHONE = 'aborted from a phone'

/** One run for a phone on a bad line: see, approve or decline, abort. It loads a third of the dashboard. */
export function ApprovePage({ runId }: Readonly<{ runId: string }>) {
  const { run, error, reread } = usePolledRun(runId)
  if (run === undefined)
    return (
      <main id="main">
        {error === undefined ? (
          <Loading what="the run" />
        ) : (
          <ProblemPage error={error} onRetry={() => void reread()} />
        )}
      </main>
    )
  return <Shown run={run} error={error} reread={reread} />
}

function Shown({ run, error, reread }: Readonly<{ run: RunDetail }> & Omit<PolledRun, 'run'>) {
  const zone = useChoice(zoneChoice)
  const status = STATUS_WORDS[run.status]
  const then = (asked: Promise<unknown>) => asked.finally(() => void reread())
  useTitle(`${status.word}, run ${run.number}`)
  return (
    <main id="main" className="approve-page">
      <h1 tabIndex={-1}>{run.title}</h1>
      <p className="soft">
        {run.environment.name}, run {run.number} · <StatusWord word={status} />
        {run.verdict === null ? null : (
          <>
            {' '}
            · <StatusWord word={verdictWord(run.verdict)} />
          </>
        )}
      </p>
      <p>{capital(status.means)}</p>
      {error === undefined ? null : <ProblemNotice error={error} />}
      <ApprovalBox
        run={run}
        zone={zone}
        ask={{
          approve: (plan, reason) => then(api.runs.approve(run.id, { plan, reason })),
          decline: (plan, reason) => then(api.runs.decline(run.id, { plan, reason })),
        }}
      />
      <Stop run={run} onAbort={(reason) => then(api.runs.abort(run.id, reason))} />
      <p>
        <a href={`/runs/${run.id}`}>Everything about this run</a>
      </p>
    </main>
  )
}

function Stop({ run, onAbort }: Readonly<{ run: RunDetail; onAbort: (reason: string) => Promise<unknown> }>) {
  const [isAsking, setAsking] = useState(false)
  const [error, setError] = useState<unknown>()
  const state = stopState(run, run.now.at)
  if (state.kind !== 'ready')
    return (
      <p role="status" className="big">
        {saysOf(state)}
      </p>
    )
  return (
    <section className="stop-box" aria-label="Stop">
      <HoldButton
        label="Hold 1.5 s to abort"
        onHeld={() => void onAbort(FROM_A_PHONE).catch(setError)}
        onKeyboard={() => setAsking(true)}
      />
      {error === undefined ? <p>{state.undoes}</p> : <ProblemNotice error={error} />}
      {isAsking ? (
        <ReasonDialog
          asking={{ title: `Abort run ${run.number}?`, says: state.undoes, act: 'Abort', ask: onAbort }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  )
}

function saysOf(state: Exclude<StopState, { kind: 'ready' }>) {
  switch (state.kind) {
    case 'nothing-to-do':
    case 'over':
      return state.says
    case 'undoing':
      return `Aborting: ${state.clean} of ${state.total} targets confirmed restored.`
    case 'restored':
      return (
        <>
          <Icon name="held" className="held" /> Aborted and restored.
        </>
      )
    case 'not-restored':
      return (
        <>
          <Icon name="alarm" className="deviated" /> {state.left} of {state.total} targets may still be
          broken.
        </>
      )
  }
}
