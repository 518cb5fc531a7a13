import type { EnvironmentSummary, PlanAnswer, ScenarioDetail } from '@firedrill/contracts'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { Icon } from '../../../ui/icon.tsx'
import { ProblemNotice } from '../../../ui/problem.tsx'
import { useHalt } from '../../halt/queries.ts'
import { useEnvironments, usePlan, useStartDrill } from '../queries.ts'
import { PlanView } from './plan-view.tsx'
import { startAnswer } from './start-answer.ts'

/** Chooses an environment, shows what a start would do there, and starts it where that is allowed. */
export function PlanAndStart({ scenario }: Readonly<{ scenario: ScenarioDetail }>) {
  const environments = useEnvironments()
  const [chosen, setChosen] = useState<string>()
  const environment = environments.data?.find(({ name }) => name === chosen) ?? preferred(environments.data)
  const plan = usePlan(scenario.name)
  if (environments.error !== null) return <ProblemNotice error={environments.error} />
  if (environments.data !== undefined && environment === undefined)
    return (
      <p className="notice">There is no environment yet. npm start loads those in scenarios/environments.</p>
    )
  return (
    <section className="sheet" aria-labelledby="h-plan">
      <header>
        <h2 id="h-plan">Plan and start</h2>
        <span className="end">planning only describes; nothing is changed</span>
      </header>
      <Controls
        scenario={scenario}
        environments={environments.data ?? []}
        environment={environment}
        plan={plan.data}
        isPlanning={plan.isPending}
        onChoose={(name) => {
          setChosen(name)
          plan.reset()
        }}
        onPlan={() => {
          if (environment !== undefined) plan.mutate(environment.name)
        }}
      />
      {plan.error === null ? null : <ProblemNotice error={plan.error} />}
      <div aria-live="polite">{plan.data === undefined ? null : <PlanView plan={plan.data} />}</div>
    </section>
  )
}

function preferred(environments: readonly EnvironmentSummary[] | undefined): EnvironmentSummary | undefined {
  return environments?.find(({ isStartable }) => isStartable) ?? environments?.[0]
}

function Controls({
  scenario,
  environments,
  environment,
  plan,
  isPlanning,
  onChoose,
  onPlan,
}: Readonly<{
  scenario: ScenarioDetail
  environments: readonly EnvironmentSummary[]
  environment: EnvironmentSummary | undefined
  plan: PlanAnswer | undefined
  isPlanning: boolean
  onChoose: (name: string) => void
  onPlan: () => void
}>) {
  const fieldId = useId()
  const navigate = useNavigate()
  const start = useStartDrill(scenario.name)
  const halt = useHalt().data
  const answer = startAnswer({ environment, plan, isHalted: halt?.set === true })
  return (
    <>
      <div className="plan-controls">
        <div className="field">
          <label htmlFor={fieldId}>Environment</label>
          <select
            id={fieldId}
            value={environment?.name ?? ''}
            onChange={(event) => onChoose(event.target.value)}
          >
            {environments.map(({ name, title, environmentKind, production }) => (
              <option key={name} value={name}>
                {title} ({production ? 'production' : environmentKind})
              </option>
            ))}
          </select>
        </div>
        <button
          type="button"
          className="btn"
          disabled={environment === undefined || isPlanning}
          onClick={onPlan}
        >
          <Icon name="eye" />
          {isPlanning ? 'Planning …' : plan === undefined ? 'Plan' : 'Plan again'}
        </button>
        <button
          type="button"
          className="btn is-primary"
          disabled={!answer.can || start.isPending}
          onClick={() => {
            if (environment === undefined) return
            start.mutate(
              { environment: environment.name, reference: plan?.reference ?? undefined },
              { onSuccess: (run) => void navigate({ to: '/runs/$runId', params: { runId: run.id } }) },
            )
          }}
        >
          <Icon name="play" />
          {start.isPending ? 'Starting …' : 'Start drill'}
        </button>
        <p className="small soft">{answer.says}</p>
      </div>
      {start.error === null ? null : <ProblemNotice error={start.error} />}
    </>
  )
}
