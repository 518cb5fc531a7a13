import type { EnvironmentSummary, ScenarioSummary } from '@firedrill/contracts'
import { useId, type ReactNode } from 'react'

/** What the person has filled in so far. */
export type Draft = Readonly<{
  scenario: string
  environment: string
  kind: 'once' | 'cron'
  local: string
  expression: string
  timeZone: string
  missed: 'skip' | 'run-once-late'
  title: string
}>

type Change = (change: Partial<Draft>) => void

/** The fields of a booking. */
export function BookFields({
  draft,
  scenarios,
  environments,
  onChange,
}: Readonly<{
  draft: Draft
  scenarios: readonly ScenarioSummary[]
  environments: readonly EnvironmentSummary[]
  onChange: Change
}>) {
  return (
    <>
      <PlaceFields draft={draft} scenarios={scenarios} environments={environments} onChange={onChange} />
      <TermFields draft={draft} onChange={onChange} />
    </>
  )
}

/** When, what becomes of what is missed, and the title: what may be changed later as well. */
export function TermFields({ draft, onChange }: Readonly<{ draft: Draft; onChange: Change }>) {
  return (
    <>
      <WhenFields draft={draft} onChange={onChange} />
      <Field label="What is missed, when nothing could start it at its time">
        {(id) => (
          <select
            id={id}
            value={draft.missed}
            onChange={(event) =>
              onChange({ missed: event.target.value === 'skip' ? 'skip' : 'run-once-late' })
            }
          >
            <option value="skip">is skipped, and recorded as missed</option>
            <option value="run-once-late">runs once, up to 2 hours late</option>
          </select>
        )}
      </Field>
      <Field label="Title (the scenario’s, unless you say otherwise)">
        {(id) => (
          <input
            id={id}
            value={draft.title}
            maxLength={120}
            onChange={(event) => onChange({ title: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

function PlaceFields({
  draft,
  scenarios,
  environments,
  onChange,
}: Readonly<{
  draft: Draft
  scenarios: readonly ScenarioSummary[]
  environments: readonly EnvironmentSummary[]
  onChange: Change
}>) {
  return (
    <>
      <Field label="Scenario">
        {(id) => (
          <select
            id={id}
            data-first
            value={draft.scenario}
            onChange={(event) => onChange({ scenario: event.target.value })}
          >
            {scenarios.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Environment">
        {(id) => (
          <select
            id={id}
            value={draft.environment}
            onChange={(event) => onChange({ environment: event.target.value })}
          >
            {environments.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  )
}

function WhenFields({ draft, onChange }: Readonly<{ draft: Draft; onChange: Change }>) {
  const zonesId = useId()
  return (
    <>
      <fieldset className="field kinds">
        <legend className="label">When</legend>
        {(['once', 'cron'] as const).map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name="kind"
              checked={draft.kind === kind}
              onChange={() => onChange({ kind })}
            />
            {kind === 'once' ? 'once' : 'again and again'}
          </label>
        ))}
      </fieldset>
      <div className="two-fields">
        {draft.kind === 'once' ? (
          <Field label="Day and time, on the clock of the zone">
            {(id) => (
              <input
                id={id}
                type="datetime-local"
                required
                value={draft.local}
                onChange={(event) => onChange({ local: event.target.value })}
              />
            )}
          </Field>
        ) : (
          <Field label="Minute, hour, day, month, weekday">
            {(id) => (
              <input
                id={id}
                className="mono"
                required
                spellCheck={false}
                value={draft.expression}
                onChange={(event) => onChange({ expression: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field label="Time zone">
          {(id) => (
            <>
              <input
                id={id}
                required
                list={zonesId}
                value={draft.timeZone}
                onChange={(event) => onChange({ timeZone: event.target.value })}
              />
              <datalist id={zonesId}>
                {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
                  <option key={zone} value={zone} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
    </>
  )
}

function Field({ label, children }: Readonly<{ label: string; children: (id: string) => ReactNode }>) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}
