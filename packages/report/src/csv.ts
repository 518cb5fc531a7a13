import type { ReportModel } from './model/model.ts'
import { csvText } from './text/csv-text.ts'

/** One line an objective, for spreadsheets. Times in seconds; an empty cell was not observed. */
export function csv(model: ReportModel): string {
  const head = [
    'run',
    'scenario',
    'environment',
    'objective',
    'kind',
    'verdict',
    'objective_seconds',
    'observed_lo_seconds',
    'observed_hi_seconds',
    'method',
    'reason',
  ]
  const rows = model.objectives.map(({ objective, kind, verdict, maxMicros, observed, method, reason }) => [
    model.run.id,
    model.scenario.name,
    model.environment.name,
    objective,
    kind,
    verdict,
    seconds(maxMicros),
    seconds(observed?.lo),
    seconds(observed?.hi ?? undefined),
    method,
    reason,
  ])
  return csvText(head, rows)
}

function seconds(micros: number | undefined): number | null {
  return micros === undefined ? null : micros / 1_000_000
}
