import type { Resolution, RunDetail, TargetView } from '@firedrill/contracts'
import { useState } from 'react'
import { Icon } from '../../../ui/icon.tsx'
import { StatusWord } from '../../../ui/word.tsx'
import { INJECTION_WORDS } from '../../../vocabulary/injections.ts'
import { ANSWER_WORDS, needsSomebody, openTargets, whoHasIt, type OpenTarget } from './present.ts'
import { ReasonDialog, type Asking } from './reason-dialog.tsx'
import { useAsk } from './use-ask.ts'

/** Across the page when a person has to act: why, who has it in hand, and target by target what can be answered. */
export function PersonBox({ run }: Readonly<{ run: RunDetail }>) {
  const [asking, setAsking] = useState<Asking>()
  const ask = useAsk(run)
  if (!needsSomebody(run) && run.takenOver === null) return null
  const open = run.isOver ? [] : openTargets(run)
  return (
    <section className="person-box" aria-labelledby="h-person">
      <div className="notice is-bad" role="alert">
        <Icon name="alarm" className="deviated" />
        <h2 id="h-person">{run.isOver ? 'Not everything was put back' : 'A person is needed'}</h2>
        <span>{run.isOver ? run.reason : (run.phases.at(-1)?.why ?? run.reason)}</span>
        {run.isOver ? null : <span className="soft">{whoHasIt(run)}</span>}
        {run.mayTakeOver ? (
          <button
            type="button"
            className="btn"
            onClick={() =>
              setAsking({
                title: `Take over run ${run.number}?`,
                says: 'What is left of the undo is then yours: the platform stops trying, stops calling, and goes on describing. Give targets back with “Try again”.',
                act: 'Take over',
                ask: ask.takeOver,
              })
            }
          >
            <Icon name="people" /> {run.takenOver === null ? 'Take over' : 'Take over from them'}
          </button>
        ) : null}
      </div>
      {open.length === 0 ? null : (
        <ul className="open-targets">
          {open.map((each) => (
            <OpenTargetItem
              key={`${each.step} ${each.target.id}`}
              open={each}
              onAnswer={(answer) =>
                setAsking({
                  title: `${ANSWER_WORDS[answer].act}: ${each.target.label}`,
                  says: ANSWER_WORDS[answer].says,
                  act: ANSWER_WORDS[answer].act,
                  ask: (reason) => ask.resolve({ step: each.step, target: each.target.id, answer, reason }),
                })
              }
            />
          ))}
        </ul>
      )}
      {asking === undefined ? null : <ReasonDialog asking={asking} onClose={() => setAsking(undefined)} />}
    </section>
  )
}

function OpenTargetItem({
  open: { step, target, answers },
  onAnswer,
}: Readonly<{ open: OpenTarget; onAnswer: (answer: Resolution) => void }>) {
  return (
    <li>
      <div className="what">
        <b className="mono wrap-anywhere">{target.label}</b> <span className="muted">{step}</span>{' '}
        <StatusWord word={INJECTION_WORDS[target.injection]} />
        {target.foreign === undefined ? (
          <p className="soft wrap-anywhere">{target.seen}</p>
        ) : (
          <Sides target={target} />
        )}
        {target.decision === undefined ? null : (
          <p className="small">
            {ANSWER_WORDS[target.decision.answer].act}, {target.decision.by}: “{target.decision.reason}”
          </p>
        )}
      </div>
      {answers.length === 0 ? null : (
        <div className="answers" role="group" aria-label={`What to do about ${target.label}`}>
          {answers.map((answer) => (
            <button key={answer} type="button" className="btn" onClick={() => onAnswer(answer)}>
              {ANSWER_WORDS[answer].act}
            </button>
          ))}
        </div>
      )}
    </li>
  )
}

/** Somebody else's change, side by side with what was captured and what our fault leaves. */
function Sides({ target: { foreign, isQuestion } }: Readonly<{ target: TargetView }>) {
  if (foreign === undefined) return null
  return (
    <>
      {isQuestion ? <p>Somebody else changed this. Nothing is overwritten before you answer.</p> : null}
      <dl className="sides">
        <div>
          <dt>Before the drill</dt>
          <dd className="mono">{foreign.captured}</dd>
        </div>
        <div>
          <dt>With our fault</dt>
          <dd className="mono">{foreign.ours}</dd>
        </div>
        <div className="is-now">
          <dt>Now</dt>
          <dd className="mono">{foreign.now}</dd>
        </div>
      </dl>
    </>
  )
}
