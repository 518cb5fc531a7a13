import { EXIT } from '@firedrill/contracts'
import type { Check, CiResult, CiRun, CiScenario, Comparison } from './ci-result.ts'

type Outcome = Readonly<{ as: 'failure' | 'error' | 'skipped'; type: string; message: string }>
type Case = Readonly<{ name: string; seconds: number; outcome: Outcome | undefined }>
type Suite = Readonly<{ name: string; seconds: number; cases: readonly Case[] }>

/**
 * The result as JUnit XML: a suite for each scenario, a case for each limit of each repeat, for the restoration, and for each
 * comparison. Names are unique, because readers keep only the first of those that are the same.
 */
export function junit(result: CiResult, isInconclusiveFine: boolean): string {
  const suites = result.scenarios.map((scenario) => suiteOf(scenario, result.repeat, isInconclusiveFine))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="firedrill" ${counts(suites.flatMap(({ cases }) => cases))} time="${seconds(suites)}">`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf({ scenario, runs, comparisons }: CiScenario, repeat: number, isFine: boolean): Suite {
  const cases = [
    ...runs.flatMap((run) => casesOf(run, repeat, isFine)),
    ...comparisons.map((comparison) => ({
      name: `${comparison.objective} beside the baseline`,
      seconds: 0,
      outcome: outcomeOfComparison(comparison),
    })),
  ]
  return { name: scenario, seconds: runs.reduce((sum, run) => sum + run.tookSeconds, 0), cases }
}

function casesOf(run: CiRun, repeat: number, isFine: boolean): readonly Case[] {
  const which = repeat === 1 ? '' : ` (repeat ${run.repeat} of ${repeat})`
  const whole: Case = {
    name: `everything is put back${which}`,
    seconds: run.tookSeconds,
    outcome: outcomeOfRun(run),
  }
  const checks = run.checks.map((check) => ({
    name: `${check.check}${which}`,
    seconds: 0,
    outcome: outcomeOfCheck(check, isFine),
  }))
  return [whole, ...checks]
}

function outcomeOfRun({ exitCode, isPutBack, reason }: CiRun): Outcome | undefined {
  switch (exitCode) {
    case EXIT.recoveryIncomplete:
      return { as: 'failure', type: 'recovery-incomplete', message: `faults may be live: ${reason}` }
    case EXIT.stopped:
      return { as: 'error', type: 'stopped', message: reason }
    case EXIT.refused:
      return { as: 'error', type: 'not-run', message: reason }
    case EXIT.toolError:
      return { as: 'error', type: 'failed', message: reason }
    default:
      return isPutBack ? undefined : { as: 'failure', type: 'not-put-back', message: reason }
  }
}

function outcomeOfCheck({ verdict, reason }: Check, isFine: boolean): Outcome | undefined {
  switch (verdict) {
    case 'held':
      return undefined
    case 'deviated':
      return { as: 'failure', type: 'deviated', message: reason }
    case 'inconclusive':
      return { as: isFine ? 'skipped' : 'failure', type: 'inconclusive', message: reason }
    case 'not-run':
      return { as: 'error', type: 'not-run', message: reason }
  }
}

function outcomeOfComparison({ outcome, reason }: Comparison): Outcome | undefined {
  switch (outcome) {
    case 'regressed':
      return { as: 'failure', type: 'regression', message: reason }
    case 'undecided':
    case 'new':
    case 'missing':
      return { as: 'skipped', type: outcome, message: reason }
    case 'kept':
      return undefined
  }
}

function suiteLines({ name, seconds, cases }: Suite): readonly string[] {
  return [
    `  <testsuite name="${xml(name)}" ${counts(cases)} time="${seconds.toFixed(3)}">`,
    ...cases.flatMap((one) => caseLines(name, one)),
    '  </testsuite>',
  ]
}

function caseLines(suite: string, { name, seconds, outcome }: Case): readonly string[] {
  const open = `    <testcase classname="firedrill.${xml(suite)}" name="${xml(name)}" time="${seconds.toFixed(3)}"`
  if (outcome === undefined) return [`${open}/>`]
  const message = `message="${xml(outcome.message)}"`
  const inner =
    outcome.as === 'skipped'
      ? `      <skipped ${message}/>`
      : `      <${outcome.as} ${message} type="${outcome.type}">${xml(outcome.message)}</${outcome.as}>`
  return [`${open}>`, inner, '    </testcase>']
}

function counts(cases: readonly Case[]): string {
  const of = (as: Outcome['as']) => cases.filter(({ outcome }) => outcome?.as === as).length
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`
}

function seconds(suites: readonly Suite[]): string {
  return suites.reduce((sum, suite) => sum + suite.seconds, 0).toFixed(3)
}

/** What XML 1.0 cannot hold at all, not even as a reference, and controls that it advises against. */
const NOT_XML = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu

/** Text for an attribute or an element. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
}
