import type { RunDetail, StepView } from '@firedrill/contracts'
import { useState } from 'react'
import { limit } from '../../../format/duration.ts'
import { ReasonDialog, type Asking } from './reason-dialog.tsx'
import { useAsk } from './use-ask.ts'

/** The steps of the scenario, and what a person may do about those that are not in. Nothing for a run whose steps are done. */
export function Steps({ run }: Readonly<{ run: RunDetail }>) {
  const [asking, setAsking] = useState<Asking>()
  const ask = useAsk(run)
  const isWorthIt = run.steps.some(
    ({ maySkip, mayRetry, skipped }) => maySkip || mayRetry || skipped !== undefined,
  )
  if (!isWorthIt) return null
  return (
    <section className="sheet" aria-labelledby="h-steps">
      <header>
        <h2 id="h-steps">Steps</h2>
      </header>
      <ul className="steps">
        {run.steps.map((step) => (
          <li key={step.name}>
            <span>
              <b>{step.name}</b>{' '}
              <span className="soft">
                {step.kind === 'wait' ? `wait ${limit(step.durationMs * 1000)}` : step.fault}
              </span>
              <br />
              <span className="small muted">{stateOf(step)}</span>
            </span>
            <span className="answers">
              {step.mayRetry ? (
                <button
                  type="button"
                  className="btn"
                  onClick={() =>
                    setAsking({
                      title: `Try ${step.name} again?`,
                      says: 'What the failed attempt may have left is taken out and described first; then the fault is put in anew, once the run goes on.',
                      act: 'Try again',
                      ask: (reason) => ask.retry(step.name, reason),
                    })
                  }
                >
                  Try again
                </button>
              ) : null}
              {step.maySkip ? (
                <button
                  type="button"
                  className="btn"
                  onClick={() =>
                    setAsking({
                      title: `Leave out ${step.name}?`,
                      says:
                        step.kind === 'wait'
                          ? 'The run goes on without this wait.'
                          : 'The fault is not put in. The run is then not the one that was approved, and cannot be held.',
                      act: 'Skip step',
                      ask: (reason) => ask.skip(step.name, reason),
                    })
                  }
                >
                  Skip
                </button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {asking === undefined ? null : <ReasonDialog asking={asking} onClose={() => setAsking(undefined)} />}
    </section>
  )
}

function stateOf({ skipped, mayRetry, isDone, requestedWorldAt, kind }: StepView): string {
  if (skipped !== undefined) return `left out by ${skipped.by}: “${skipped.reason}”`
  if (mayRetry) return 'did not take effect'
  if (isDone) return kind === 'wait' ? 'waited' : 'was in'
  return requestedWorldAt === undefined ? 'not begun' : 'asked for'
}
