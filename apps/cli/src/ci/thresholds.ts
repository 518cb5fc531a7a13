import { EXIT, formatMicros, type ObjectiveResult } from '@firedrill/contracts'
import { judge, parseDuration } from '@firedrill/core'
import { CliError } from '../cli.ts'
import type { Check } from './ci-result.ts'

/** A limit of the command line, for an objective by its name or for all of a kind. */
export type Threshold = Readonly<{ text: string; objective: string; maxMicros: number }>

/** What people call the kinds of objective. */
const KIND_OF: Readonly<Record<string, string>> = {
  rto: 'recovery-time',
  rpo: 'data-loss',
  detection: 'detection-time',
}

/** Reads `rto=5m`, `rpo=10s`, `detection=3m` or `NAME=5m`. @throws CliError */
export function parseThreshold(text: string): Threshold {
  const [, objective, length] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? []
  if (objective === undefined || length === undefined)
    throw new CliError(
      EXIT.usage,
      `--objective takes rto=5m, rpo=10s, detection=3m or an objective's name, not "${text}".`,
    )
  const duration = parseDuration(length)
  if (!duration.ok) throw new CliError(EXIT.usage, `--objective ${text}: ${duration.problem}.`)
  return { text, objective, maxMicros: duration.ms * 1000 }
}

/** Reads `10%` or `10`. @throws CliError */
export function parsePercent(text: string): number {
  const value = Number(text.replace(/%$/, ''))
  if (!/^\d+(\.\d+)?%?$/.test(text) || value > 1000)
    throw new CliError(EXIT.usage, `--max-regression takes a percentage such as 10%, not "${text}".`)
  return value
}

/** Whether the limit is for this objective. */
export function isFor(
  { objective }: Threshold,
  result: Readonly<{ objective: string; kind: string }>,
): boolean {
  return objective === result.objective || KIND_OF[objective] === result.kind
}

/** Every limit that a run is judged by: the scenario's own, then those of the command line. */
export function checksOf(
  results: readonly ObjectiveResult[],
  thresholds: readonly Threshold[],
): readonly Check[] {
  return results.flatMap((result) => {
    const { objective, maxMicros, verdict, reason } = result
    const observed = result.observed ?? null
    const own: Check = { check: objective, objective, from: 'scenario', maxMicros, observed, verdict, reason }
    const more = thresholds
      .filter((threshold) => isFor(threshold, result))
      .map((threshold): Check => {
        const limit = { objective, from: 'command', maxMicros: threshold.maxMicros, observed } as const
        const check = `${objective} within ${formatMicros(threshold.maxMicros)}`
        return isJudged(result) && result.observed !== undefined
          ? { check, ...limit, ...judge(result.observed, threshold.maxMicros) }
          : { check, ...limit, verdict, reason }
      })
    return [own, ...more]
  })
}

/** Only an interval that decides, or could with better probes, may be held against a limit; a run that is void may not. */
function isJudged({ verdict, wouldDecide }: ObjectiveResult): boolean {
  return verdict === 'held' || verdict === 'deviated' || wouldDecide !== undefined
}
