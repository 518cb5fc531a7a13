import { SEVERITIES, type FindingView, type RunDetail } from '@firedrill/contracts'
import { useId, useState } from 'react'
import { Icon } from '../../../ui/icon.tsx'
import { ProblemNotice } from '../../../ui/problem.tsx'
import { useChangeFinding, useAddFinding, useFindings } from '../queries.ts'

/** What a run showed to be missing: who does something about it, by when, and where that stands. */
export function Findings({ run }: Readonly<{ run: RunDetail }>) {
  const { data: findings } = useFindings(run.id)
  if (findings === undefined) return null
  const open = findings.filter(({ state }) => state === 'open').length
  return (
    <section className="sheet" aria-labelledby="h-findings">
      <header>
        <h2 id="h-findings">Findings</h2>
        <span className="end">
          {findings.length === 0 ? 'none was written down' : `${open} of ${findings.length} open`}
        </span>
      </header>
      {findings.length === 0 ? null : (
        <table className="tbl">
          <caption className="sr">Findings of this run</caption>
          <thead>
            <tr>
              <th scope="col">Gap</th>
              <th scope="col">Severity</th>
              <th scope="col">Owner</th>
              <th scope="col">Due</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {findings.map((finding) => (
              <Row key={finding.number} runId={run.id} finding={finding} />
            ))}
          </tbody>
        </table>
      )}
      <AddFinding runId={run.id} />
    </section>
  )
}

function Row({ runId, finding }: Readonly<{ runId: string; finding: FindingView }>) {
  const change = useChangeFinding(runId)
  const { number, gap, severity, owner, due, state, ticket } = finding
  const isOpen = state === 'open'
  return (
    <tr>
      <th scope="row" className="wrap-anywhere">
        {number}. {gap}
        {ticket === null ? null : <span className="muted"> {ticket}</span>}
      </th>
      <td>{severity}</td>
      <td className="wrap-anywhere">{owner}</td>
      <td className="nowrap">{due}</td>
      <td>
        <Icon name={isOpen ? 'deviated' : 'held'} className={isOpen ? 'deviated' : 'held'} /> {state}{' '}
        <button
          type="button"
          className="btn"
          aria-label={isOpen ? `Finding ${number} is done` : `Open finding ${number} again`}
          disabled={change.isPending}
          onClick={() => change.mutate({ ...finding, state: isOpen ? 'done' : 'open' })}
        >
          {isOpen ? 'Done' : 'Open again'}
        </button>
        {change.error === null ? null : <ProblemNotice error={change.error} />}
      </td>
    </tr>
  )
}

function AddFinding({ runId }: Readonly<{ runId: string }>) {
  const add = useAddFinding(runId)
  const id = useId()
  const [gap, setGap] = useState('')
  const [owner, setOwner] = useState('')
  const [due, setDue] = useState('')
  const [severity, setSeverity] = useState<(typeof SEVERITIES)[number]>('medium')
  const isReady = gap.trim() !== '' && owner.trim() !== '' && due !== '' && !add.isPending
  return (
    <form
      className="finding-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) add.mutate({ gap, owner, due, severity }, { onSuccess: () => setGap('') })
      }}
    >
      <div className="field">
        <label htmlFor={`${id}gap`}>Gap</label>
        <input
          id={`${id}gap`}
          value={gap}
          maxLength={2000}
          onChange={(event) => setGap(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}severity`}>Severity</label>
        <select
          id={`${id}severity`}
          value={severity}
          onChange={(event) =>
            setSeverity(SEVERITIES.find((known) => known === event.target.value) ?? 'medium')
          }
        >
          {SEVERITIES.map((known) => (
            <option key={known}>{known}</option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}owner`}>Owner</label>
        <input
          id={`${id}owner`}
          value={owner}
          maxLength={200}
          onChange={(event) => setOwner(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}due`}>Due</label>
        <input id={`${id}due`} type="date" value={due} onChange={(event) => setDue(event.target.value)} />
      </div>
      <button type="submit" className="btn" disabled={!isReady}>
        Add finding
      </button>
      {add.error === null ? null : <ProblemNotice error={add.error} />}
    </form>
  )
}
