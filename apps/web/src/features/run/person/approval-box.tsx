import { APPROVAL_FLAW_WORDS, UNDO_WORDS, type RunDetail, type StepView } from '@firedrill/contracts'
import { useState } from 'react'
import { limit } from '../../../format/duration.ts'
import { count } from '../../../format/text.ts'
import { shortMoment, zoneName, type Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'
import { ReasonDialog, type Asking } from './reason-dialog.tsx'

/** The two answers. What they resolve to is not looked at: the run shows what came of it. */
type Answers = Readonly<Record<'approve' | 'decline', (plan: string, reason: string) => Promise<unknown>>>

/** Across the page while a run waits for approval: exactly what is approved, who has, and the two answers. */
export function ApprovalBox({ run, zone, ask }: Readonly<{ run: RunDetail; zone: Zone; ask: Answers }>) {
  const [asking, setAsking] = useState<Asking>()
  const { approval, planHash } = run
  if (approval?.isAsked !== true || planHash === null) return null
  const { standing, needed, ceiling, given } = approval
  const faults = run.steps.filter(({ kind }) => kind === 'inject')
  return (
    <section className="approval-box" aria-labelledby="h-approval">
      <header>
        <h2 id="h-approval">
          <Icon name="people" className="people" /> Approve this plan?
        </h2>
        <p className="soft">
          {standing} of {count(needed, 'approval')} given. Nothing is touched before.
        </p>
      </header>
      <ul className="approved-steps">
        {faults.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ul>
      <dl className="approved-facts">
        <div>
          <dt>Blast radius allowed</dt>
          <dd>
            {count(ceiling.targetsMax, 'target')}, {ceiling.percentMax} %
          </dd>
        </div>
        <div>
          <dt>Started by</dt>
          <dd className="wrap-anywhere">{approval.author?.name ?? 'not known'}</dd>
        </div>
        <div className="is-wide">
          <dt>Hash of plan and targets</dt>
          <dd className="mono wrap-anywhere">{planHash}</dd>
        </div>
      </dl>
      {given.length === 0 ? null : (
        <ul className="given small">
          {given.map(({ by, reason, own, flaw, expiresAt }) => (
            <li key={`${by} ${expiresAt}`} className="wrap-anywhere">
              <Icon
                name={flaw === null ? 'held' : 'inconclusive'}
                className={flaw === null ? 'held' : 'inconclusive'}
              />{' '}
              {by}
              {own ? ' (their own run)' : ''}: “{reason}”,{' '}
              {flaw === null
                ? `counts until ${shortMoment(expiresAt, zone)} ${zoneName(zone)}`
                : `does not count: ${APPROVAL_FLAW_WORDS[flaw]}`}
            </li>
          ))}
        </ul>
      )}
      <p className="small soft">{whoMay(approval)}</p>
      <div className="answers" role="group" aria-label="Answer about the plan">
        <button
          type="button"
          className="btn is-primary"
          onClick={() =>
            setAsking({
              title: `Approve run ${run.number}?`,
              says: `Exactly this plan on exactly these targets (${planHash.slice(0, 12)}). When either is no longer so right before the first fault, the approval is void and the run is refused.`,
              act: 'Approve',
              ask: (reason) => ask.approve(planHash, reason),
            })
          }
        >
          Approve
        </button>
        <button
          type="button"
          className="btn"
          onClick={() =>
            setAsking({
              title: `Decline run ${run.number}?`,
              says: 'The run ends as cancelled, with your reason. Nothing was touched.',
              act: 'Decline',
              ask: (reason) => ask.decline(planHash, reason),
            })
          }
        >
          Decline
        </button>
      </div>
      {asking === undefined ? null : <ReasonDialog asking={asking} onClose={() => setAsking(undefined)} />}
    </section>
  )
}

function Step({ step }: Readonly<{ step: StepView }>) {
  const { name, fault, targets, population, durationMs, restoration } = step
  const share =
    population === undefined || population === 0
      ? ''
      : ` of ${population} (${Math.round((100 * targets.length) / population)} %)`
  return (
    <li>
      <p className="wrap-anywhere">
        <b>{fault ?? name}</b> on{' '}
        <b>
          {targets.length}
          {share}
        </b>{' '}
        for {limit(durationMs * 1000)} <span className="muted">{name}</span>
      </p>
      {restoration === undefined ? null : (
        <p className={restoration === 'irreversible' ? 'deviated' : 'soft'}>
          <Icon name="recovering" /> Undo: {UNDO_WORDS[restoration]}
        </p>
      )}
      <ul className="approved-targets small">
        {targets.map(({ id, label, zone, region }) => (
          <li key={id}>
            <span className="mono wrap-anywhere">{label}</span>{' '}
            <span className="muted nowrap">{zone ?? region}</span>
          </li>
        ))}
      </ul>
    </li>
  )
}

function whoMay({ mayBeOwn, author }: NonNullable<RunDetail['approval']>): string {
  return mayBeOwn
    ? 'This is a sandbox, which has one user: an approval of one’s own run counts, and the journal says that it is one’s own.'
    : `${author?.name ?? 'Whoever started the run'} started it and cannot approve it.`
}
