import {
  dataLoss,
  measure,
  placeClocks,
  type DurationInterval,
  type MeasureInput,
  type Measurement,
} from '@firedrill/core'
import { chanceOf } from './chance.ts'
import { metricHoldMs, type PlayedDrill } from './run-drill.ts'
import { isBelowResolution, trueOutage, type TrueOutage } from './true-outage.ts'

/** Where a figure comes from. */
export const SOURCES = [
  'probes',
  'published-1s',
  'metric-1s',
  'metric-10s',
  'metric-60s',
  'alarm',
  'markers',
] as const
export type Source = (typeof SOURCES)[number]

/** Those in which instants of several clocks stand beside each other. */
export const CLOCKED: readonly Source[] = ['probes', 'published-1s', 'alarm']

/** What may be wrong with a verdict. */
export type VerdictFlaw = 'held-though-over' | 'deviated-though-within' | 'undecided-though-far'

/** One reported interval beside the truth. Microseconds. */
export type Score = Readonly<{
  seed: number
  source: Source
  /** The truth: a length, and whether it had no end that counts. */
  truth: Readonly<{ micros: number; isCutOff: boolean }>
  observed: DurationInterval | undefined
  isInside: boolean
  /** Markers only: every number was told as it is, missing, late or lost. */
  isExact?: boolean
  flaw: VerdictFlaw | undefined
  /** The truth is finer than what the source claims to resolve. */
  isBelowResolution: boolean
  periodMicros: number
  timeoutMicros: number
}>

/** An estimator: what it reports for a drill, in place of what core does. */
export type Estimator = (played: PlayedDrill, input: MeasureInput) => Measurement

/** Every figure of a drill beside the truth. */
export function scoreDrill(
  played: PlayedDrill,
  estimator: Estimator = (_, input) => measure(input),
): readonly Score[] {
  const truths = truthsOf(played)
  const objectives = played.input.scenario.objectives.map((objective) => {
    const truth = truths.get(objective.name)
    if (truth === undefined) return objective
    return { ...objective, maxMs: objectiveFor(truth, played.drill.seed, objective.name) }
  })
  const measured = estimator(played, { ...played.input, scenario: { ...played.input.scenario, objectives } })
  const found: Score[] = []
  for (const { objective, observed, verdict, maxMicros } of measured.objectives) {
    const truth = truths.get(objective)
    const source = SOURCE_OF[objective]
    if (truth === undefined || source === undefined || observed === undefined) continue
    found.push({
      ...base(played, source, truth, observed),
      ...(source === 'markers' ? { isExact: isToldExactly(played) } : {}),
      flaw: flawOf(truth, observed, verdict, maxMicros),
    })
  }
  const published = measured.crossChecks[0]?.observed
  const probeTruth = truths.get('probe')
  if (published !== undefined && probeTruth !== undefined)
    found.push({ ...base(played, 'published-1s', probeTruth, published), flaw: undefined })
  return found
}

const SOURCE_OF: Readonly<Record<string, Source>> = {
  probe: 'probes',
  'metric-1': 'metric-1s',
  'metric-10': 'metric-10s',
  'metric-60': 'metric-60s',
  detection: 'alarm',
  loss: 'markers',
}

type Truth = Score['truth']

/** The truth of every objective that the world can tell, by name. */
function truthsOf({ drill, truth }: PlayedDrill): ReadonlyMap<string, Truth> {
  const found = new Map<string, Truth>()
  const put = (name: string, { lengthMicros, isCutOff }: TrueOutage) =>
    found.set(name, { micros: lengthMicros, isCutOff })
  const outage = trueOutage(truth.down, truth.question)
  put('probe', outage)
  for (const period of [1, 10, 60]) {
    const holdMicros = metricHoldMs(drill.holdMs, period) * 1000
    put(`metric-${period}`, trueOutage([truth.failing], { ...truth.question, holdMicros }))
  }
  const { onset } = outage
  // An alarm that is on when the outage begins, since other users met it first, took no time.
  const alarm =
    onset === undefined
      ? undefined
      : truth.alarms.findLast(({ at }) => at < onset)?.isOn === true
        ? onset
        : truth.alarms.find(({ at, isOn }) => isOn && at >= onset)?.at
  if (onset !== undefined) {
    // An alarm that comes after our undo has noticed the outage all the same; one that never came would have taken longer.
    const until = alarm ?? truth.readTo
    found.set('detection', { micros: until - onset, isCutOff: alarm === undefined })
  }
  if (truth.loss !== undefined) found.set('loss', { micros: truth.loss.lengthMicros, isCutOff: false })
  return found
}

/** An objective near the truth, on either side, so that verdicts are put to the test. */
function objectiveFor({ micros }: Truth, seed: number, name: string): number {
  const chance = chanceOf(seed, `objective ${name}`)
  const near = (micros / 1000) * chance.between(0.4, 1.6)
  return Math.max(
    1000,
    Math.round(chance.is(0.7) ? near + chance.between(-5000, 5000) : chance.between(20, 400) * 1000),
  )
}

function base(
  { drill, truth: { down, question } }: PlayedDrill,
  source: Source,
  truth: Truth,
  observed: DurationInterval,
) {
  const cadence = { periodMicros: drill.periodMs * 1000, timeoutMicros: drill.timeoutMs * 1000 }
  const isByProbes = source === 'probes' || source === 'published-1s' || source === 'alarm'
  return {
    seed: drill.seed,
    source,
    truth,
    observed,
    isInside: isInside(truth, observed),
    isBelowResolution:
      isByProbes && isBelowResolution(down, question, cadence.periodMicros, trueOutage(down, question)),
    ...cadence,
  }
}

/** What did not end must not be given an end. */
function isInside({ micros, isCutOff }: Truth, { lo, hi }: DurationInterval): boolean {
  if (isCutOff) return hi === null && lo <= micros
  return lo <= micros && (hi === null || micros <= hi)
}

function flawOf(
  { micros, isCutOff }: Truth,
  { lo, hi }: DurationInterval,
  verdict: string,
  maxMicros: number,
): VerdictFlaw | undefined {
  if (verdict === 'held') return isCutOff || micros > maxMicros ? 'held-though-over' : undefined
  if (verdict === 'deviated') return micros <= maxMicros ? 'deviated-though-within' : undefined
  if (hi === null || isCutOff) return undefined
  return Math.abs(micros - maxMicros) > hi - lo ? 'undecided-though-far' : undefined
}

/** Whether the numbers that are missing, and how many of them are lost, are those that the store itself names. */
function isToldExactly({ input: evidence, truth }: PlayedDrill): boolean {
  const { input } = placeClocks(evidence)
  const [markers] = Object.values(input.markers ?? {})
  if (markers === undefined || truth.loss === undefined || input.injected === undefined) return false
  const until =
    input.scenario.response === 'restore' ? undefined : (input.undoIssuedAt ?? input.nativeExpiryAt)
  const told = dataLoss(markers, { from: input.injected.lo, until })
  if ('unknown' in told) return false
  return (
    told.missing.join() === truth.loss.missing.join() &&
    (told.lost === undefined || told.lost === truth.loss.lost.length)
  )
}
