import type { ReportModel } from './model/model.ts'

/** One line an objective, for spreadsheets. Times in seconds; an empty cell was not observed. RFC 4180. */
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
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function seconds(micros: number | undefined): string {
  return micros === undefined ? '' : String(micros / 1_000_000)
}

/** Quoted when needed; a leading sign that a spreadsheet would take for a formula is kept from being one. */
function cell(text: string): string {
  const plain = /^[=+@\t\r]|^-[^\d]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
