import { appendFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, type Client } from '@firedrill/contracts'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { compareWith, readBaseline, writeBaseline, type Baseline } from '../ci/baseline.ts'
import {
  exitOfVerdict,
  isComplete,
  worstExit,
  type CiResult,
  type CiRun,
  type CiScenario,
} from '../ci/ci-result.ts'
import { annotations, stepSummary } from '../ci/github.ts'
import { junit } from '../ci/junit.ts'
import { openLines } from '../ci/lines.ts'
import { openPlace, placeOf } from '../ci/place.ts'
import { runScenario } from '../ci/run-scenario.ts'
import { changedOnly, changedSince, selectScenarios, type Selected } from '../ci/select-scenarios.ts'
import { isFor, parsePercent, parseThreshold, type Threshold } from '../ci/thresholds.ts'
import { resultText } from '../ci/result-text.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill ci`. Without `env` everything is rehearsed in a simulated world. */
export type CiOptions = CommonOptions &
  Readonly<{
    env?: string
    world?: string
    seed?: number
    repeat: number
    changedSince?: string
    objective: readonly string[]
    baseline?: string
    writeBaseline?: string
    maxRegression?: string
    junit?: string
    jsonl?: string
    summary?: string
    inconclusive: 'pass' | 'fail'
  }>

/** A slower recovery by less than this is no regression, unless the caller says otherwise. */
const MAX_REGRESSION = '10%'

/**
 * Runs scenarios, in a simulated world of their own or against an API, holds them against their objectives and a baseline,
 * and answers one exit code. What it is asked is checked before anything is started.
 */
export async function ci(cli: Cli, names: readonly string[], options: CiOptions): Promise<number> {
  const asked = await readQuestion(cli, names, options)
  const interrupts: string[] = []
  const stopListening = cli.onInterrupt((signal) => interrupts.push(signal))
  try {
    const scenarios = await runAll(cli, asked, options, interrupts)
    const result = conclude(scenarios, asked, options)
    keepBaseline(cli, result, asked, options)
    tell(cli, result, asked, options)
    return result.exitCode
  } finally {
    stopListening()
  }
}

/** What was asked, checked. */
type Question = Readonly<{
  scenarios: readonly Selected[]
  thresholds: readonly Threshold[]
  place: string
  baseline: Baseline | undefined
  maxPercent: number
  line: ReturnType<typeof openLines>
}>

async function readQuestion(cli: Cli, names: readonly string[], options: CiOptions): Promise<Question> {
  const { repeat, baseline, writeBaseline: written, maxRegression } = options
  if (repeat < 1 || repeat > 100) throw new CliError(EXIT.usage, `--repeat takes 1 to 100, not ${repeat}.`)
  if (maxRegression !== undefined && baseline === undefined)
    throw new CliError(EXIT.usage, '--max-regression needs --baseline FILE to compare with.')
  const place = placeOf(cli, options)
  const thresholds = options.objective.map(parseThreshold)
  const maxPercent = parsePercent(maxRegression ?? MAX_REGRESSION)
  const named = selectScenarios(cli, names)
  requireUse(named, thresholds)
  const isFirst = written !== undefined && written === baseline
  return {
    scenarios: await narrowed(cli, named, options),
    thresholds,
    place,
    baseline: baseline === undefined ? undefined : readBaseline(cli, baseline, place, isFirst),
    maxPercent,
    line: openLines(cli, options.jsonl),
  }
}

/** A world that changed changes what every scenario shows. */
async function narrowed(
  cli: Cli,
  named: readonly Selected[],
  { changedSince: ref, world, env }: CiOptions,
): Promise<readonly Selected[]> {
  if (ref === undefined) return named
  const changed = await changedSince(cli, ref)
  const around = [world, env].some((path) => path !== undefined && changed.has(resolve(cli.cwd, path)))
  const kept = around ? named : changedOnly(cli, named, changed)
  cli.terminal.err(
    `${kept.length} of ${named.length} scenarios changed since ${ref}${kept.length === 0 ? '; nothing to run' : `: ${kept.map(({ name }) => name).join(', ')}`}\n`,
  )
  return kept
}

/** A limit that no scenario has an objective for would silently hold nothing. Stored scenarios are not known yet. */
function requireUse(scenarios: readonly Selected[], thresholds: readonly Threshold[]): void {
  if (scenarios.some(({ file }) => file === undefined)) return
  const objectives = scenarios.flatMap(({ file }) =>
    file?.compilation.kind === 'Scenario' && file.compilation.result.ok
      ? file.compilation.result.compiled.objectives
      : [],
  )
  for (const threshold of thresholds)
    if (!objectives.some(({ name, kind }) => isFor(threshold, { objective: name, kind })))
      throw new CliError(EXIT.usage, `--objective ${threshold.text}: no scenario has such an objective.`)
}

async function runAll(
  cli: Cli,
  { scenarios, thresholds, place, line }: Question,
  options: CiOptions,
  interrupts: readonly string[],
): Promise<readonly CiScenario[]> {
  line({
    v: 1,
    type: 'started',
    place,
    scenarios: scenarios.map(({ name }) => name),
    repeat: options.repeat,
  })
  if (scenarios.length === 0) return []
  const opened = await openPlace(cli, options, interrupts)
  try {
    const done: CiScenario[] = []
    for (const scenario of scenarios) {
      const runs = await repeats(cli, opened, scenario, { thresholds, line, options, interrupts })
      done.push({ scenario: scenario.name, file: scenario.file?.path ?? null, runs, comparisons: [] })
      if (mustStop(runs)) break
    }
    return done
  } finally {
    await opened.close()
  }
}

async function repeats(
  cli: Cli,
  place: Readonly<{ client: Client; environment: string }>,
  scenario: Selected,
  about: Readonly<{
    thresholds: readonly Threshold[]
    line: Question['line']
    options: CiOptions
    interrupts: readonly string[]
  }>,
): Promise<CiRun[]> {
  const { options, thresholds, line, interrupts } = about
  const runs: CiRun[] = []
  for (let repeat = 1; repeat <= options.repeat; repeat++) {
    const seed = seedOf(options, repeat)
    const run = await runScenario(cli, place, scenario, { repeat, seed, thresholds, interrupts })
    line({ v: 1, type: 'run-finished', scenario: scenario.name, ...run })
    runs.push(run)
    // A drill that was stopped, refused or could not be told gives no figures; repeating it would not either.
    if (!isComplete(run)) break
  }
  return runs
}

/** Each repeat has a seed of its own; the same again would say the same again. */
function seedOf({ seed, env }: CiOptions, repeat: number): number | null {
  if (seed === undefined) return env === undefined ? repeat : null
  return seed + repeat - 1
}

/** Nothing more is broken once somebody stopped it, or something may be broken already. */
function mustStop(runs: readonly CiRun[]): boolean {
  return runs.some(({ exitCode }) => exitCode === EXIT.stopped || exitCode === EXIT.recoveryIncomplete)
}

function conclude(ran: readonly CiScenario[], asked: Question, options: CiOptions): CiResult {
  const { baseline, maxPercent, place, line } = asked
  const scenarios = ran.map((scenario): CiScenario => {
    const comparisons = options.baseline === undefined ? [] : compareWith(baseline, scenario, maxPercent)
    for (const comparison of comparisons)
      line({ v: 1, type: 'compared', scenario: scenario.scenario, ...comparison })
    return { ...scenario, comparisons: [...comparisons] }
  })
  const runs = scenarios.flatMap(({ runs }) => runs)
  const verdicts = runs.flatMap((run) =>
    isComplete(run) ? run.checks.map(({ verdict }) => exitOfVerdict(verdict)) : [],
  )
  const regressions = scenarios
    .flatMap(({ comparisons }) => comparisons)
    .filter(({ outcome }) => outcome === 'regressed').length
  const codes = [...runs.map(({ exitCode }) => exitCode), ...verdicts]
  const worst = worstExit([...codes, ...(regressions > 0 ? [EXIT.deviated] : [])])
  const isLetPass = worst === EXIT.inconclusive && options.inconclusive === 'pass'
  const exitCode = isLetPass ? EXIT.held : worst
  const reason = reasonOf(exitCode, runs, regressions)
  line({ v: 1, type: 'finished', exitCode, reason })
  const seed = seedOf(options, 1)
  return { format: 'firedrill-ci/1', place, seed, repeat: options.repeat, exitCode, reason, scenarios }
}

function reasonOf(exitCode: number, runs: readonly CiRun[], regressions: number): string {
  const first = runs.find((run) => run.exitCode === exitCode)?.reason ?? ''
  switch (exitCode) {
    case EXIT.recoveryIncomplete:
      return `faults may be live: ${first}`
    case EXIT.stopped:
      return `stopped and put back: ${first}`
    case EXIT.refused:
      return `not run: ${first}`
    case EXIT.toolError:
      return `something failed: ${first}`
    case EXIT.deviated: {
      const missed = runs
        .flatMap(({ checks }) => checks)
        .filter(({ verdict }) => verdict === 'deviated').length
      const slower = `${regressions} slower than the baseline`
      const limits = `${missed} of ${runs.flatMap(({ checks }) => checks).length} limits missed`
      return missed === 0 ? slower : regressions === 0 ? limits : `${limits}, ${slower}`
    }
    case EXIT.inconclusive:
      return 'the evidence does not decide every objective'
    default:
      return runs.length === 0 ? 'nothing to run' : `every limit was kept in ${runs.length} runs`
  }
}

/** Figures of a run that did not go through, or that are a regression, are no measure for the next one. */
function keepBaseline(cli: Cli, { scenarios }: CiResult, asked: Question, options: CiOptions): void {
  const { writeBaseline: path } = options
  if (path === undefined || scenarios.length === 0) return
  const isWhole = scenarios.every(
    ({ runs, comparisons }) =>
      runs.every(isComplete) && comparisons.every(({ outcome }) => outcome !== 'regressed'),
  )
  if (isWhole) writeBaseline(cli, path, asked.place, scenarios)
  else
    cli.terminal.err(`${path} was not written: a run did not go through, or is slower than the baseline.\n`)
}

function tell(cli: Cli, result: CiResult, asked: Question, options: CiOptions): void {
  if (options.junit !== undefined)
    writeFileSync(resolve(cli.cwd, options.junit), junit(result, options.inconclusive === 'pass'))
  const summary = options.summary ?? cli.env['GITHUB_STEP_SUMMARY']
  if (summary !== undefined && summary !== '') appendFileSync(resolve(cli.cwd, summary), stepSummary(result))
  // GitHub reads commands on stderr as well; stdout is data.
  if (cli.env['GITHUB_ACTIONS'] === 'true')
    for (const line of annotations(cli, result)) cli.terminal.err(`${line}\n`)
  print(cli, options, 'ci', result, () => resultText(result, cli.terminal.paint))
}
