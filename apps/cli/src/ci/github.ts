import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, formatInterval, formatMicros } from '@firedrill/contracts'
import type { Cli } from '../cli.ts'
import type { CiResult, CiScenario, Comparison } from './ci-result.ts'
import { fromRoot } from './select-scenarios.ts'

/** A step's summary may have 1 MiB; this leaves room for what else the step writes there. */
const SUMMARY_MAX_BYTES = 900 * 1024
/** GitHub shows this many annotations of a kind for each step, and drops the rest without a word. */
const ANNOTATIONS_MAX = 10
const LEFT_OUT = '\n_More than a summary may hold; the rest is in the JUnit file and with `-o json`._\n'

type Severity = 'error' | 'warning'
type Annotation = Readonly<{
  severity: Severity
  title: string
  message: string
  scenario: CiScenario
  objective?: string
}>

/** The result as Markdown for a job's page: the answer first, then what decided it. Never over the limit of a step. */
export function stepSummary(result: CiResult): string {
  const head = [
    `## ${result.exitCode === EXIT.held ? '✅' : '❌'} Failover drills: ${plain(result.reason)}`,
    '',
    `On ${plain(result.place)}, ${result.repeat === 1 ? 'once' : `${result.repeat} times`} each.`,
    '',
  ].join('\n')
  // The worst first: it is what has to be within the limit.
  const sections = result.scenarios
    .toSorted((a, b) => Number(isFine(a)) - Number(isFine(b)))
    .map((scenario) => sectionOf(scenario, result.repeat))
  let summary = head
  for (const section of sections) {
    if (Buffer.byteLength(summary + section + LEFT_OUT) > SUMMARY_MAX_BYTES) return summary + LEFT_OUT
    summary += section
  }
  return summary
}

function isFine({ runs, comparisons }: CiScenario): boolean {
  return (
    runs.every(
      ({ exitCode, checks }) => exitCode === EXIT.held && checks.every(({ verdict }) => verdict === 'held'),
    ) && comparisons.every(({ outcome }) => outcome !== 'regressed')
  )
}

function sectionOf(scenario: CiScenario, repeat: number): string {
  const rows = scenario.runs.flatMap((run) =>
    run.checks.map(({ check, maxMicros, observed, verdict }) => [
      ...(repeat === 1 ? [] : [String(run.repeat)]),
      plain(check),
      `≤ ${formatMicros(maxMicros)}`,
      observed === null ? 'not observed' : formatInterval(observed),
      verdict,
    ]),
  )
  const header = [...(repeat === 1 ? [] : ['Repeat']), 'Objective', 'Limit', 'Observed', 'Verdict']
  const odd = scenario.runs.filter(({ isPutBack, checks }) => !isPutBack || checks.length === 0)
  return [
    `### ${isFine(scenario) ? '✅' : '❌'} ${plain(scenario.scenario)}`,
    '',
    ...odd.map(({ repeat, reason }) => `- Repeat ${repeat}: **${plain(reason)}**`),
    ...(odd.length > 0 ? [''] : []),
    ...(rows.length === 0 ? [] : [...tableOf(header, rows), '']),
    ...(scenario.comparisons.length === 0 ? [] : [...comparisonTable(scenario.comparisons), '']),
    '',
  ].join('\n')
}

function comparisonTable(comparisons: readonly Comparison[]): readonly string[] {
  return tableOf(
    ['Objective', 'Since the baseline', 'Why'],
    comparisons.map(({ objective, outcome, reason }) => [plain(objective), outcome, plain(reason)]),
  )
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)]
}

/** Workflow commands that put what went wrong beside the scenario's lines: the worst first, and never more than are shown. */
export function annotations(cli: Cli, result: CiResult): readonly string[] {
  const all = result.scenarios.flatMap(annotationsOf)
  return (['error', 'warning'] as const).flatMap((severity) => {
    const found = all.filter((annotation) => annotation.severity === severity)
    const shown = found.length > ANNOTATIONS_MAX ? found.slice(0, ANNOTATIONS_MAX - 1) : found
    const rest = found.length - shown.length
    const more =
      rest === 0 ? [] : [`::${severity} title=firedrill::${rest} more; the step's summary has all of them`]
    return [...shown.map((annotation) => command(cli, annotation)), ...more]
  })
}

function annotationsOf(scenario: CiScenario): readonly Annotation[] {
  const title = (what: string) => `${scenario.scenario}: ${what}`
  const runs = scenario.runs.flatMap((run): readonly Annotation[] => {
    const broken = ![EXIT.held, EXIT.deviated, EXIT.inconclusive].some((code) => code === run.exitCode)
    if (broken) return [{ severity: 'error', title: title('not put through'), message: run.reason, scenario }]
    return run.checks.flatMap(({ check, objective, verdict, reason }): readonly Annotation[] =>
      verdict === 'held'
        ? []
        : [
            {
              severity: verdict === 'deviated' ? 'error' : 'warning',
              title: title(`${check} ${verdict}`),
              message: reason,
              scenario,
              objective,
            },
          ],
    )
  })
  const compared = scenario.comparisons.flatMap(({ objective, outcome, reason }): readonly Annotation[] =>
    outcome === 'kept' || outcome === 'new'
      ? []
      : [
          {
            severity: outcome === 'regressed' ? 'error' : 'warning',
            title: title(`${objective} ${outcome}`),
            message: reason,
            scenario,
            objective,
          },
        ],
  )
  return [...runs, ...compared]
}

function command(cli: Cli, { severity, title, message, scenario, objective }: Annotation): string {
  const { file } = scenario
  const place =
    file === null ? [] : [`file=${property(fromRoot(cli, file))}`, `line=${lineOf(cli, file, objective)}`]
  return `::${severity} ${[...place, `title=${property(title)}`].join(',')}::${data(message)}`
}

/** The line that names the objective; the first line when it comes from a scenario that this one extends. */
function lineOf(cli: Cli, file: string, objective: string | undefined): number {
  if (objective === undefined) return 1
  const lines = readFileSync(resolve(cli.cwd, file), 'utf8').split('\n')
  const from = Math.max(
    0,
    lines.findIndex((line) => /^\s*objectives:/.test(line)),
  )
  const named = new RegExp(String.raw`\bname:\s*['"]?${objective}['"]?\s*([,}#]|$)`)
  return lines.findIndex((line, i) => i >= from && named.test(line)) + 1 || 1
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Text as plain Markdown: nothing in it becomes markup, a link or a table cell. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replaceAll(/\s+/g, ' ')
}
