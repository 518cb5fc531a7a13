import type { ProbeLane, RunbookAct, RunbookStepView, RunDetail } from '@firedrill/contracts'
import { useId, useState } from 'react'
import { Icon } from '../../../ui/icon.tsx'
import { ProblemNotice } from '../../../ui/problem.tsx'
import { ReasonDialog, type Asking } from '../person/reason-dialog.tsx'
import { useAsk } from '../person/use-ask.ts'
import { Markdown } from './markdown.tsx'
import { checkWords, lookOf } from './present.ts'

/** One step: where it stands in a line, and unfolded what to do and what to say of it. The next one is unfolded. */
export function RunbookStepItem({
  run,
  step,
  number,
  isNext,
  isOpen,
  lanes,
  worldNow,
}: Readonly<{
  run: RunDetail
  step: RunbookStepView
  number: number
  isNext: boolean
  isOpen: boolean
  lanes: readonly ProbeLane[]
  worldNow: number
}>) {
  const look = lookOf(step, worldNow)
  const check = checkWords(step, lanes)
  return (
    <li className={isNext ? 'is-next' : undefined} aria-current={isNext ? 'step' : undefined}>
      {/* The key folds it anew when it is its turn, or no longer; in between it stays as people left it. */}
      <details key={String(isNext)} open={isNext}>
        <summary>
          <Icon name={look.icon} className={look.role} />
          <span className="what">
            <b>
              {number}. {step.title}
            </b>{' '}
            <span className="tag">{step.role}</span>
            <span className={`where ${look.role}`}>{look.word}</span>
          </span>
          <span className={`num${look.isLate ? ' alarm' : ' soft'}`}>
            {look.isLate ? <Icon name="timer" /> : null} {look.time}
          </span>
        </summary>
        <div className="body">
          <Markdown text={step.instructions} />
          <Notes step={step} />
          {check === undefined ? null : (
            <p className="check">
              <Icon name={check.icon} className={check.role} /> <span className={check.role}>Check:</span>{' '}
              {check.says}
            </p>
          )}
          {isOpen && (step.state === 'open' || step.state === 'started') ? (
            <Acts run={run} step={step} />
          ) : null}
        </div>
      </details>
    </li>
  )
}

function Notes({ step: { started, done, skipped } }: Readonly<{ step: RunbookStepView }>) {
  const notes = [started, done, skipped].flatMap((said) => (said === null || said.note === '' ? [] : [said]))
  return notes.map(({ by, note, worldAt }) => (
    <p key={`${worldAt} ${note}`} className="wrap-anywhere">
      <Icon name="note" className="people" /> {by}: “{note}”
    </p>
  ))
}

const ACTIONS = {
  abort: { act: 'Begin, and abort the run', says: 'The platform aborts the run: every fault is taken out.' },
  continue: { act: 'Begin, and let the run go on', says: 'A run that is held goes on.' },
} as const

function Acts({ run, step }: Readonly<{ run: RunDetail; step: RunbookStepView }>) {
  const ask = useAsk(run)
  const [note, setNote] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const [isPending, setPending] = useState(false)
  const [asking, setAsking] = useState<Asking>()
  const noteId = useId()
  const say = async (act: RunbookAct) => {
    setPending(true)
    setError(null)
    try {
      await ask.runbook(step.name, act, note.trim())
      setNote('')
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)))
    }
    setPending(false)
  }
  const begin = () => {
    if (step.action === null) return void say('start')
    const { act, says } = ACTIONS[step.action]
    setAsking({ title: `${step.title}?`, says, act, ask: (why) => ask.runbook(step.name, 'start', why) })
  }
  return (
    <div className="acts no-print" role="group" aria-label={`What to say of step ${step.title}`}>
      <div className="field">
        <label htmlFor={noteId}>Note (optional, kept in the journal)</label>
        <input
          id={noteId}
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.target.value)}
          autoComplete="off"
        />
      </div>
      {step.state === 'open' ? (
        <button type="button" className="btn is-primary" disabled={isPending} onClick={begin}>
          <Icon name="play" /> {step.action === null ? 'Start' : ACTIONS[step.action].act}
        </button>
      ) : (
        <button
          type="button"
          className="btn is-primary"
          disabled={isPending}
          onClick={() => void say('done')}
        >
          <Icon name="check" /> Done
        </button>
      )}
      <button
        type="button"
        className="btn"
        onClick={() =>
          setAsking({
            title: `Leave out “${step.title}”?`,
            says: 'The step is not done. What you say is kept in the journal and in the report.',
            act: 'Leave out',
            ask: (why) => ask.runbook(step.name, 'skip', why),
          })
        }
      >
        Skip
      </button>
      {error === null ? null : <ProblemNotice error={error} />}
      {asking === undefined ? null : <ReasonDialog asking={asking} onClose={() => setAsking(undefined)} />}
    </div>
  )
}
