import { EXIT, formatInterval, type RepeatedRuns } from '@firedrill/contracts'
import { formatDurationMs } from '@firedrill/core'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print, table } from '../output/print.ts'
import { instantOf } from './schedule.ts'

/** Options of `firedrill summary`. Instants are UTC unless they say otherwise. */
export type SummaryOptions = CommonOptions & Readonly<{ env?: string; since?: string; against?: string }>

type ObjectiveSummary = RepeatedRuns['objectives'][number]
type Counts = ObjectiveSummary['summary']

/** Sums up repeated runs of a scenario; with `--against`, beside earlier ones. Always exits 0: it reports and judges nothing. */
export async function summary(cli: Cli, scenario: string, options: SummaryOptions): Promise<number> {
  const { env, since, against } = options
  const found = await connect(cli, options).scenarios.summary(scenario, {
    ...(env === undefined ? {} : { environment: env }),
    ...(since === undefined ? {} : { since: instantOf(since, '--since') }),
    ...(against === undefined ? {} : { against: instantOf(against, '--against') }),
  })
  print(cli, options, 'summary', found, () => inWords(found))
  return EXIT.held
}

function inWords(found: RepeatedRuns): string {
  const rows = found.objectives.flatMap(({ objective, summary: now, before }) => [
    rowOf(objective, now),
    ...(before === undefined ? [] : [rowOf(`${objective}, before`, before)]),
  ])
  const head = ['OBJECTIVE', 'RUNS', 'HELD', 'DEVIATED', 'INCONCLUSIVE', 'MEDIAN', 'TYPICAL (95 %)', 'WORST']
  const notes = [
    ...found.objectives.flatMap(differenceOf),
    ...(found.versions > 1 ? [`The runs had ${found.versions} versions of the scenario.`] : []),
    ...(found.isWhole ? [] : ['There were more runs than were looked at; narrow them with --since.']),
  ]
  return [table([head, ...rows]), ...notes].join('\n')
}

function rowOf(name: string, counts: Counts): readonly string[] {
  const { runs, held, deviated, inconclusive, median, typical, worst, worstRun } = counts
  const interval = (bounds: Counts['median']) => (bounds === undefined ? '-' : formatInterval(bounds))
  return [
    name,
    ...[runs, held, deviated, inconclusive].map(String),
    interval(median),
    interval(typical?.bounds),
    worst === undefined ? '-' : `${interval(worst)} (${worstRun ?? ''})`,
  ]
}

function differenceOf({ objective, before, comparison }: ObjectiveSummary): readonly string[] {
  if (before === undefined) return []
  if (comparison === undefined) return [`${objective}: nothing to compare; one of the two has no figure.`]
  const { difference, confidence, shift } = comparison
  const sure = `${(Math.floor(confidence * 1000) / 10).toFixed(1)} %`
  const by = `by ${signed(shift.lo, 'more than any bound below')} to ${signed(shift.hi, 'no upper bound')} in the median`
  switch (difference) {
    case 'longer':
    case 'shorter':
      return [`${objective}: ${difference} than before, with ${sure} confidence, ${by}.`]
    case 'none-shown':
      return [`${objective}: no difference shown (${sure} where 95 % are asked for); ${by}.`]
  }
}

function signed(micros: number | null, unbounded: string): string {
  if (micros === null) return unbounded
  return `${micros < 0 ? '−' : '+'}${formatDurationMs(Math.abs(micros) / 1000)}`
}
