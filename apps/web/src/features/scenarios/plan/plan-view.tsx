import type { PlanAnswer } from '@firedrill/contracts'
import { Icon } from '../../../ui/icon.tsx'
import { GuardrailAnswers } from '../../run/sheet/guardrails.tsx'

type Step = PlanAnswer['steps'][number]

/** Who ends a fault when nobody else does. */
const EXPIRY_WORDS: Readonly<Record<Step['expiry'], string>> = {
  native: 'by the cloud itself',
  'dead-man': 'by the reaper',
  instant: 'over as soon as it is in',
}

/** A dry run: whether it would be allowed, what it would touch, call and need, and the way back. */
export function PlanView({ plan }: Readonly<{ plan: PlanAnswer }>) {
  const refused = plan.guardrails.filter((answer) => !answer.allow).length
  return (
    <div className="plan-view">
      <p className={`notice ${plan.allowed ? 'is-good' : 'is-bad'}`}>
        <Icon name={plan.allowed ? 'held' : 'deviated'} className={plan.allowed ? 'held' : 'deviated'} />
        {plan.allowed ? (
          <span>
            <b>All {plan.guardrails.length} checks allow.</b> Nothing was changed to find this out.
          </span>
        ) : (
          <span>
            <b>
              Refused by {refused} of {plan.guardrails.length} checks.
            </b>{' '}
            This cannot run until all allow.
          </span>
        )}
      </p>
      {plan.warnings.map((warning) => (
        <p className="notice is-fault" key={warning}>
          <Icon name="alarm" className="alarm" />
          <span>
            <b>Know before you start:</b> {warning}.
          </span>
        </p>
      ))}
      <GuardrailAnswers answers={plan.guardrails} />
      {plan.steps.map((step) => (
        <PlannedStep key={step.step} step={step} />
      ))}
      <Permissions permissions={plan.permissions} />
    </div>
  )
}

function PlannedStep({ step }: Readonly<{ step: Step }>) {
  return (
    <section className="sheet planned" aria-label={`Step ${step.step}`}>
      <header>
        <h3>
          <Icon name="fault" className="fault" /> {step.step}
        </h3>
        <span className="soft">{step.title}</span>
        <span className="end">
          put back: {step.restoration}; expiry: {EXPIRY_WORDS[step.expiry]}
        </span>
      </header>
      {step.failure === undefined ? (
        <>
          <Targets step={step} />
          <div className="two">
            <section>
              <h4>Calls</h4>
              <ul className="mono lines">
                {step.calls.map((call) => (
                  <li key={call}>{call}</li>
                ))}
              </ul>
            </section>
            <section>
              <h4>Undo by hand</h4>
              <pre className="source" tabIndex={0} aria-label={`Commands that undo ${step.step}`}>
                {step.undoCommands.length === 0 ? 'nothing to do' : step.undoCommands.join('\n')}
              </pre>
            </section>
          </div>
        </>
      ) : (
        <p className="notice is-bad">
          <Icon name="unknown" className="deviated" />
          <span>
            <b>Not known.</b> {step.failure.operation}: {step.failure.message}
          </span>
        </p>
      )}
    </section>
  )
}

function Targets({ step }: Readonly<{ step: Step }>) {
  const share =
    step.population === 0 ? '' : `, ${((step.targets.length / step.population) * 100).toFixed(1)} %`
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={`Targets of ${step.step}`}>
      <table className="tbl">
        <caption className="small muted">
          {step.targets.length} of {step.population}
          {share}; these and no others
        </caption>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Place</th>
            <th scope="col">Id</th>
          </tr>
        </thead>
        <tbody>
          {step.targets.map(({ id, label, region, zone }) => (
            <tr key={id}>
              <th scope="row" className="mono">
                {label}
              </th>
              <td className="nowrap">{zone ?? region}</td>
              <td className="mono muted wrap-anywhere">{id}</td>
            </tr>
          ))}
          {step.unfit.map(({ target, guardrail, reason }) => (
            <tr key={target} className="out">
              <th scope="row" className="mono">
                {target}
              </th>
              <td colSpan={2}>
                <Icon name="lock" /> {guardrail}: {reason}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Permissions({ permissions }: Readonly<{ permissions: readonly string[] }>) {
  return (
    <section className="sheet">
      <header>
        <h3>Permissions</h3>
        <span className="end">{permissions.length} IAM actions</span>
      </header>
      <ul className="mono lines is-columns">
        {permissions.map((permission) => (
          <li key={permission}>{permission}</li>
        ))}
      </ul>
    </section>
  )
}
