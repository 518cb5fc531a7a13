import { durationIntervalSchema, type Verdict } from '@firedrill/core'
import { EXIT, VERDICTS } from '@firedrill/contracts'
import { z } from 'zod'

/** One limit beside what a run showed. All lengths of time are microseconds of world time. */
export const checkSchema = z.object({
  /** The objective, and for a limit of the command line the limit with it; unique within a run. */
  check: z.string(),
  objective: z.string(),
  from: z.enum(['scenario', 'command']),
  maxMicros: z.int(),
  observed: durationIntervalSchema.nullable(),
  verdict: z.enum(VERDICTS),
  reason: z.string(),
})
export type Check = z.infer<typeof checkSchema>

/** One of the repeats of a scenario. */
export const ciRunSchema = z.object({
  repeat: z.int(),
  seed: z.int().nullable(),
  /** Null when it could not be started. */
  run: z.string().nullable(),
  number: z.int().nullable(),
  exitCode: z.int(),
  verdict: z.enum(VERDICTS).nullable(),
  reason: z.string(),
  /** True when every touched target was described as captured. */
  isPutBack: z.boolean(),
  /** Platform time from start to close, in seconds. */
  tookSeconds: z.number(),
  checks: z.array(checkSchema),
})
export type CiRun = z.infer<typeof ciRunSchema>

/** What became of one objective since the baseline. `new`: the baseline has no figures of it. */
export const CI_COMPARISONS = ['regressed', 'undecided', 'kept', 'new', 'missing'] as const

/** One objective of all repeats beside the baseline. */
export const comparisonSchema = z.object({
  objective: z.string(),
  outcome: z.enum(CI_COMPARISONS),
  /** Positive is slower; null when it cannot be said in percent. */
  changePercent: z.number().nullable(),
  /** The chance of such a difference if nothing had changed; null with too few runs to tell. */
  chance: z.number().nullable(),
  /** How many pairs of runs with the same seed were compared; null where the runs were compared as two sets. */
  pairs: z.int().nullable(),
  reason: z.string(),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** A scenario with all its repeats. */
export const ciScenarioSchema = z.object({
  scenario: z.string(),
  /** As the caller named it; null for a stored one. */
  file: z.string().nullable(),
  runs: z.array(ciRunSchema),
  comparisons: z.array(comparisonSchema),
})
export type CiScenario = z.infer<typeof ciScenarioSchema>

/** What `firedrill ci -o json` prints. */
export const ciResultSchema = z.object({
  format: z.literal('firedrill-ci/1'),
  /** A simulated world, or an environment of an API; figures of different places are never compared. */
  place: z.string(),
  seed: z.int().nullable(),
  repeat: z.int(),
  exitCode: z.int(),
  reason: z.string(),
  scenarios: z.array(ciScenarioSchema),
})
export type CiResult = z.infer<typeof ciResultSchema>

/** When several apply, the first of these is the exit code. */
const PRECEDENCE = [
  EXIT.recoveryIncomplete,
  EXIT.stopped,
  EXIT.refused,
  EXIT.toolError,
  EXIT.deviated,
  EXIT.inconclusive,
] as const

/** The exit code of several ends together: what may be broken goes before everything else. */
export function worstExit(codes: readonly number[]): number {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.held
}

/** The exit code of a verdict on one check. */
export function exitOfVerdict(verdict: Verdict): number {
  switch (verdict) {
    case 'held':
      return EXIT.held
    case 'deviated':
      return EXIT.deviated
    case 'inconclusive':
    case 'not-run':
      return EXIT.inconclusive
  }
}

/** True when the run went through its whole drill, so that its figures count. */
export function isComplete(run: CiRun): boolean {
  return (
    run.run !== null && [EXIT.held, EXIT.deviated, EXIT.inconclusive].some((code) => code === run.exitCode)
  )
}
