import { EXIT, formatInterval, formatMicros } from '@firedrill/contracts'
import type { Terminal, Tint } from '../cli.ts'
import { table } from '../output/print.ts'
import type { CiResult, CiScenario } from './ci-result.ts'

const TINT_OF: Readonly<Record<string, Tint>> = {
  held: 'good',
  kept: 'good',
  deviated: 'bad',
  regressed: 'bad',
}

/** The result for people: the answer, then each limit beside what was seen. */
export function resultText(result: CiResult, paint: Terminal['paint']): string {
  const answer = paint(
    result.exitCode === EXIT.held ? 'good' : 'bad',
    result.exitCode === EXIT.held ? 'PASS' : 'FAIL',
  )
  const head = `${answer}  ${result.reason} (${result.place}, exit code ${result.exitCode})`
  return [
    head,
    ...result.scenarios.flatMap((scenario) => scenarioLines(scenario, result.repeat, paint)),
  ].join('\n')
}

function scenarioLines(
  { scenario, runs, comparisons }: CiScenario,
  repeat: number,
  paint: Terminal['paint'],
): readonly string[] {
  const word = (text: string) => paint(TINT_OF[text] ?? 'warning', text)
  const rows = runs.flatMap((run) =>
    run.checks.map(({ check, maxMicros, observed, verdict }) => [
      `  ${verdict}`,
      ...(repeat === 1 ? [] : [`#${run.repeat}`]),
      check,
      `≤ ${formatMicros(maxMicros)}`,
      observed === null ? 'not observed' : formatInterval(observed),
    ]),
  )
  // Columns are lined up by what is printed, so words get their colour afterwards.
  const lines = table(rows)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^ {2}(\S+)/, (_, text: string) => `  ${word(text)}`))
  const odd = runs
    .filter(({ isPutBack, checks }) => !isPutBack || checks.length === 0)
    .map(({ repeat, reason }) => `  ${paint('bad', 'not run')}  #${repeat}  ${reason}`)
  const compared = comparisons.map(
    ({ objective, outcome, reason }) => `  ${word(outcome)}  ${objective} since the baseline: ${reason}`,
  )
  return ['', paint('bold', scenario), ...odd, ...lines, ...compared]
}
