import { SIGN_OFF_ROLES, type RunDetail, type SignOffSheetView } from '@firedrill/contracts'
import { useState } from 'react'
import { shortMoment, zoneName, type Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'
import { ReasonDialog, type Asking } from '../person/reason-dialog.tsx'
import { useAsk } from '../person/use-ask.ts'
import { useSignOff } from '../queries.ts'

type Role = (typeof SIGN_OFF_ROLES)[number]

const WORDS: Readonly<Record<Role, Readonly<{ done: string; act: string }>>> = {
  prepared: { done: 'Prepared', act: 'Prepare' },
  reviewed: { done: 'Reviewed', act: 'Review' },
  accepted: { done: 'Accepted', act: 'Accept' },
}

/** Who prepared, reviewed and accepted the report of a run that is over, and the next act. */
export function SignOff({ run, zone }: Readonly<{ run: RunDetail; zone: Zone }>) {
  const [asking, setAsking] = useState<Asking>()
  const { data: sheet } = useSignOff(run.id, run.isOver)
  const ask = useAsk(run)
  if (sheet === undefined) return null
  const { next, report, acts } = sheet
  const gone = acts.filter(({ isVoid }) => isVoid)
  return (
    <section className="sheet" aria-labelledby="h-sign-off">
      <header>
        <h2 id="h-sign-off">Sign-off</h2>
        <span className="end mono">{report.slice(0, 12)}</span>
      </header>
      <ul className="sign-off small">
        {SIGN_OFF_ROLES.map((role) => (
          <Line key={role} role={role} sheet={sheet} zone={zone} />
        ))}
        {gone.map(({ seq, role, by, at }) => (
          <li key={seq} className="wrap-anywhere">
            <Icon name="deviated" className="deviated" /> {WORDS[role].done} by {by.name},{' '}
            {shortMoment(at, zone)}: void, the data have changed since
          </li>
        ))}
      </ul>
      {acts.some(({ own, isVoid }) => own && !isVoid) ? (
        <p className="small soft">One person signed more than once, as only a sandbox lets them: practice.</p>
      ) : null}
      <p className="small">
        <a href={`/v1/runs/${run.id}/report.html`}>The report</a>
      </p>
      {next === null ? null : (
        <button
          type="button"
          className="btn"
          onClick={() =>
            setAsking({
              title: `${WORDS[next].act} the report of run ${run.number}?`,
              says: `Your name goes under exactly this report (${report.slice(0, 12)}). When journal or evidence change, it is void and has to be signed again.`,
              label: 'Note (kept with your name)',
              act: WORDS[next].act,
              ask: (note) => ask.sign({ role: next, report, note }),
            })
          }
        >
          {WORDS[next].act}…
        </button>
      )}
      {asking === undefined ? null : <ReasonDialog asking={asking} onClose={() => setAsking(undefined)} />}
    </section>
  )
}

function Line({ role, sheet, zone }: Readonly<{ role: Role; sheet: SignOffSheetView; zone: Zone }>) {
  const act = sheet.acts.findLast((one) => one.role === role && !one.isVoid)
  if (act === undefined)
    return (
      <li>
        <Icon name="inconclusive" className="inconclusive" /> {WORDS[role].done}:{' '}
        <span className="muted">open</span>
      </li>
    )
  return (
    <li className="wrap-anywhere">
      <Icon name="held" className="held" /> {WORDS[role].done} by <b>{act.by.name}</b>,{' '}
      {shortMoment(act.at, zone)} {zoneName(zone)}
      {act.note === '' ? '' : `: “${act.note}”`}
    </li>
  )
}
