import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, formatMicros } from '@firedrill/contracts'
import {
  durationIntervalSchema,
  PAIRS_MIN,
  regressionOf,
  regressionOfPairs,
  type DurationInterval,
  type Regression,
} from '@firedrill/core'
import { z } from 'zod'
import { CliError, type Cli } from '../cli.ts'
import { isComplete, type CiScenario, type Comparison } from './ci-result.ts'

const FORMAT = 'firedrill-baseline/1'

/** One run's figure. A run in a simulated world keeps the seed that drew its chance, by which it is paired. */
const figureSchema = durationIntervalSchema.extend({ seed: z.int().optional() })
type Figure = z.infer<typeof figureSchema>

/** Figures to compare with, by scenario and objective: one interval for each run. */
const baselineSchema = z.strictObject({
  format: z.literal(FORMAT),
  place: z.string(),
  scenarios: z.record(z.string(), z.record(z.string(), z.array(figureSchema).min(1))),
})
export type Baseline = z.infer<typeof baselineSchema>

/**
 * Reads a baseline of this place. Undefined when the file is not there and `mayBeMissing`.
 * @throws CliError when it is missing, no baseline, or of another place.
 */
export function readBaseline(
  cli: Cli,
  path: string,
  place: string,
  mayBeMissing: boolean,
): Baseline | undefined {
  const file = resolve(cli.cwd, path)
  if (!existsSync(file)) {
    if (mayBeMissing) return undefined
    throw new CliError(EXIT.usage, `${path}: there is no such baseline; --write-baseline ${path} makes one.`)
  }
  const parsed = baselineSchema.safeParse(json(readFileSync(file, 'utf8')))
  if (!parsed.success)
    throw new CliError(EXIT.usage, `${path}: this is no baseline of firedrill ci (${FORMAT}).`)
  if (parsed.data.place !== place)
    throw new CliError(
      EXIT.usage,
      `${path}: its figures are of ${parsed.data.place}, not of ${place}; they cannot be compared.`,
    )
  return parsed.data
}

/** Writes the figures of these scenarios; those of others in the file stay as they are. */
export function writeBaseline(cli: Cli, path: string, place: string, scenarios: readonly CiScenario[]): void {
  const file = resolve(cli.cwd, path)
  const before = existsSync(file) ? readBaseline(cli, path, place, true)?.scenarios : undefined
  const now = scenarios.map((scenario) => [scenario.scenario, sorted(figuresOf(scenario, place))] as const)
  const all = sorted({ ...before, ...Object.fromEntries(now) })
  const baseline: Baseline = { format: FORMAT, place, scenarios: all }
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`)
}

/** Compares each objective of a scenario with the baseline: in pairs where five seeds or more are in both, else as two sets. */
export function compareWith(
  baseline: Baseline | undefined,
  scenario: CiScenario,
  maxPercent: number,
): readonly Comparison[] {
  const old = baseline?.scenarios[scenario.scenario] ?? {}
  const now = figuresOf(scenario, baseline?.place ?? '')
  const silent = { changePercent: null, chance: null, pairs: null }
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])]
  return names.map((objective): Comparison => {
    const [before = [], after = []] = [old[objective], now[objective]]
    if (before.length === 0)
      return { objective, outcome: 'new', ...silent, reason: 'the baseline has no figure of it' }
    if (after.length === 0)
      return { objective, outcome: 'missing', ...silent, reason: 'no run gave a figure to compare' }
    const pairs = pairsOf(before, after)
    const compared =
      pairs === null ? regressionOf(before, after, maxPercent) : regressionOfPairs(pairs, maxPercent)
    const { outcome, changePercent, chance } = compared
    const reason = inWords(compared, maxPercent, before, after, pairs?.length ?? null)
    return { objective, outcome, changePercent, chance, pairs: pairs?.length ?? null, reason }
  })
}

/** Every run of the smaller set beside the one with its seed; null when one has none, or they are too few to tell a change. */
function pairsOf(before: readonly Figure[], after: readonly Figure[]) {
  const bySeed = new Map(before.map((figure) => [figure.seed, figure]))
  const pairs = after.flatMap((now) => {
    const mate = now.seed === undefined ? undefined : bySeed.get(now.seed)
    return mate === undefined ? [] : [{ before: mate, now }]
  })
  const isEvery = pairs.length === Math.min(before.length, after.length)
  return isEvery && pairs.length >= PAIRS_MIN ? pairs : null
}

function inWords(
  { outcome, changePercent, changeBetween, chance }: Regression,
  maxPercent: number,
  before: readonly DurationInterval[],
  after: readonly DurationInterval[],
  pairs: number | null,
): string {
  const change =
    changePercent === null
      ? 'the change is not to be said in percent'
      : `${signed(changePercent)} (${bound(changeBetween.lo)} to ${bound(changeBetween.hi)})`
  const medians = `${spanOf(before)} before, ${spanOf(after)} now`
  const by =
    chance === null
      ? `too few runs to tell chance (${before.length} before, ${after.length} now), so judged by the intervals alone`
      : `by chance in ${(100 * chance).toFixed(1)} % of cases, ${pairs === null ? 'unpaired, which shows less than equal seeds do' : `in ${pairs} pairs of equal seed`}`
  switch (outcome) {
    case 'kept':
      return `${change}, within ${maxPercent} %: ${medians}`
    case 'regressed':
      return `${change}, over ${maxPercent} % and more than the intervals explain: ${medians}; ${by}`
    case 'undecided':
      return `${change}, over ${maxPercent} %, but the intervals may explain it: ${medians}; ${by}`
  }
}

/** All of a set's intervals together. */
function spanOf(set: readonly DurationInterval[]): string {
  const least = formatMicros(Math.min(...set.map(({ lo }) => lo)), 'down')
  return set.some(({ hi }) => hi === null)
    ? `more than ${least}`
    : `${least} to ${formatMicros(Math.max(...set.map(({ hi }) => hi ?? 0)), 'up')}`
}

const signed = (percent: number) => `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`
const bound = (percent: number | null) => (percent === null ? 'unbounded' : signed(percent))

/** Per objective the interval of every run that went through its whole drill. */
function figuresOf({ runs }: CiScenario, place: string): Readonly<Record<string, Figure[]>> {
  const figures: Record<string, Figure[]> = {}
  // What a seed draws elsewhere is little beside what is not drawn by it.
  const isWorld = place.startsWith('world ')
  for (const { seed, checks } of runs.filter(isComplete))
    for (const { from, objective, maxMicros, observed, verdict } of checks) {
      if (from !== 'scenario' || observed === null) continue
      // Inconclusive without the objective inside: the run is void, whatever its figures.
      const straddles = observed.lo <= maxMicros && (observed.hi === null || observed.hi > maxMicros)
      if (verdict === 'held' || verdict === 'deviated' || straddles)
        (figures[objective] ??= []).push(isWorld && seed !== null ? { ...observed, seed } : { ...observed })
    }
  return figures
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
