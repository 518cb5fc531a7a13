import type { RunDetail } from '@firedrill/contracts'
import { clockTime, zoneName, type Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'

type Answer = NonNullable<RunDetail['guardrails']>['answers'][number]

/** What was asked before anything was touched, refusals first. */
export function Guardrails({ run, zone }: Readonly<{ run: RunDetail; zone: Zone }>) {
  const { guardrails, steadyState } = run
  return (
    <section className="sheet" aria-labelledby="h-guardrails">
      <header>
        <h2 id="h-guardrails">Asked before acting</h2>
        <span className="end">
          {guardrails === null ? '' : `${clockTime(guardrails.at, zone, 0)} ${zoneName(zone)}, platform time`}
        </span>
      </header>
      {guardrails === null ? (
        <p className="muted">The guardrails have not been asked yet.</p>
      ) : (
        <GuardrailAnswers answers={guardrails.answers} />
      )}
      {steadyState === null ? null : (
        <p className="steady">
          <span className={`word ${steadyState.holds ? 'held' : 'deviated'}`}>
            <Icon name={steadyState.holds ? 'check' : 'cross'} />
            {steadyState.holds ? 'Steady before' : 'Not steady before'}
          </span>{' '}
          <span className="soft">{steadyState.seen}</span>
        </p>
      )}
    </section>
  )
}

/** Answers of guardrails: each refusal with its reason, then what allows. */
export function GuardrailAnswers({ answers }: Readonly<{ answers: readonly Answer[] }>) {
  const refused = answers.filter((answer) => !answer.allow)
  const allowed = answers.filter((answer) => answer.allow)
  return (
    <>
      {refused.length === 0 ? null : (
        <ul className="refusals">
          {refused.map((answer) => (
            <li key={answer.guardrail}>
              <span className="word deviated">
                <Icon name="deviated" />
                {answer.guardrail}
              </span>
              <span>{answer.reason}</span>
            </li>
          ))}
        </ul>
      )}
      <details className="allowed">
        <summary>
          <span className="word held">
            <Icon name="check" />
            {allowed.length} allow
          </span>{' '}
          <span className="small soft">
            {allowed.map(({ guardrail }) => guardrail.replaceAll('-', ' ')).join(', ')}
          </span>
        </summary>
        <dl className="kv is-left">
          {allowed.map(({ guardrail, reason }) => (
            <div className="pair" key={guardrail}>
              <dt>{guardrail}</dt>
              <dd>{reason}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  )
}
