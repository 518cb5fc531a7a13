import type { OutcomeView, StandingView } from '@firedrill/contracts'
import { formatInstant, type RunOutcome, type ServiceStanding } from '@firedrill/core'
import { csvText } from '@firedrill/report'

/** What a run came to, as the API shows it. */
export function presentOutcome({ runId, objectives, ...outcome }: RunOutcome): OutcomeView {
  const { number, service, scenario, scenarioHash, environment, verdict, at, marginPercent } = outcome
  return {
    run: runId,
    number,
    service,
    scenario,
    scenarioHash,
    environment,
    verdict,
    at,
    marginPercent,
    objectives: objectives.map(({ observed, ...objective }) => ({
      ...objective,
      observed: observed ?? null,
    })),
  }
}

/** How a service stands, as the API shows it. */
export function presentStanding(standing: ServiceStanding): StandingView {
  const { held, deviated, inconclusive, notRun, last, ...about } = standing
  return {
    ...about,
    drilled: { held, deviated, inconclusive, notRun },
    last: last === null ? null : { run: last.runId, number: last.number, at: last.at, verdict: last.verdict },
  }
}

/** One line a run and objective; a run without any has one line. Times in seconds; an empty cell was not observed. */
export function trendCsv(outcomes: readonly RunOutcome[]): string {
  const head = [
    'run',
    'number',
    'service',
    'scenario',
    'scenario_hash',
    'environment',
    'over_at',
    'verdict',
    'margin_percent',
  ]
  const objective = [
    'objective',
    'kind',
    'objective_verdict',
    'objective_seconds',
    'observed_lo_seconds',
    'observed_hi_seconds',
  ]
  const rows = outcomes.flatMap((one) => {
    const { runId, number, service, scenario, scenarioHash, environment, at, verdict, marginPercent } = one
    const run = [
      runId,
      number,
      service,
      scenario,
      scenarioHash,
      environment,
      formatInstant(at),
      verdict,
      marginPercent,
    ]
    if (one.objectives.length === 0) return [[...run, ...objective.map(() => null)]]
    return one.objectives.map(({ kind, maxMicros, observed, ...result }) => [
      ...run,
      result.objective,
      kind,
      result.verdict,
      seconds(maxMicros),
      seconds(observed?.lo ?? null),
      seconds(observed?.hi ?? null),
    ])
  })
  return csvText([...head, ...objective], rows)
}

/** One line a service. */
export function portfolioCsv(standings: readonly ServiceStanding[]): string {
  const head = [
    'service',
    'scenarios',
    'held',
    'deviated',
    'inconclusive',
    'not_run',
    'last_number',
    'last_at',
    'last_verdict',
    'margin_percent',
    'due_at',
    'open_findings',
    'old_findings',
    'failing',
  ]
  const rows = standings.map(
    ({ service, scenarios, held, deviated, inconclusive, notRun, last, dueAt, ...left }) => [
      service,
      scenarios,
      held,
      deviated,
      inconclusive,
      notRun,
      last?.number ?? null,
      last === null ? null : formatInstant(last.at),
      last?.verdict ?? null,
      left.marginPercent,
      dueAt === null ? null : formatInstant(dueAt),
      left.openFindings,
      left.oldFindings,
      left.failing,
    ],
  )
  return csvText(head, rows)
}

function seconds(micros: number | null): number | null {
  return micros === null ? null : micros / 1_000_000
}
