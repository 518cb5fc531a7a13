import { overall, type Void } from '../verdict/judge.ts'
import type { Measurement, ObjectiveResult } from '../verdict/verdict.ts'
import { crossChecksOf } from './cross-check.ts'
import { dataLossResult } from './data-loss-result.ts'
import { detect, detectionResult } from './detection-result.ts'
import type { MeasureInput, RecoveryObjective } from './measure-input.ts'
import { observeObjective } from './observe-objective.ts'
import { markerSummaries } from './marker-summary.ts'
import { placeClocks } from './place-clocks.ts'
import { partsOf, pointsOf } from './points.ts'
import type { RecoveryTime } from './recovery-time.ts'
import { recoveryResult } from './recovery-result.ts'

/**
 * Everything that was measured in a run, with a verdict per objective and for the run. Pure: the same input gives the same
 * measurement, so it can be computed again from the evidence at any time.
 */
export function measure(evidence: MeasureInput): Measurement {
  const { input, agreements } = placeClocks(evidence)
  const whole = voidOf(input)
  const views = input.scenario.objectives.flatMap((objective) =>
    objective.kind === 'recovery-time' ? [{ objective, view: observeObjective(input, objective) }] : [],
  )
  const viewOf = (name: string) => views.find(({ objective }) => objective.name === name)?.view
  const detections = input.scenario.objectives.flatMap((objective) =>
    objective.kind === 'detection-time' ? [{ objective, ...detect(input, objective) }] : [],
  )
  const objectives = input.scenario.objectives.map((objective): ObjectiveResult => {
    switch (objective.kind) {
      case 'recovery-time':
        return recoveryResult(input, objective, viewOf(objective.name), whole)
      case 'detection-time':
        return detectionResult(
          objective,
          detections.find((found) => found.objective === objective),
          whole,
        )
      case 'data-loss':
        return dataLossResult(input, objective, whole)
    }
  })
  const headline = views.find(({ objective }) => objective.source.from === 'probe') ?? views[0]
  const firstDetection = detections.find(({ detection }) => detection?.seen === 'detected')?.detection
  const points = pointsOf(
    input,
    headline === undefined ? undefined : headlineOf(headline.objective, headline.view.service),
    firstDetection?.seen === 'detected' ? firstDetection.detected : undefined,
  )
  return {
    provisional: input.provisional,
    ...overall(objectives, whole),
    objectives,
    points,
    parts: partsOf(points),
    crossChecks: views.flatMap(({ objective, view }) => crossChecksOf(input, objective, view)),
    samples: countsOf(input),
    ...(input.scenario.markers === undefined ? {} : { markers: [...markerSummaries(input)] }),
    ...(agreements.length === 0 ? {} : { clocks: [...agreements] }),
    evidence: [...input.evidence],
  }
}

/** Why no figure of this run may decide anything. */
function voidOf(input: MeasureInput): Void | undefined {
  if (input.refused !== undefined) {
    return { verdict: 'not-run', reason: `nothing was injected: ${input.refused}` }
  }
  const left = input.left ?? []
  if (left.length > 0) {
    const what = left.length === 1 ? 'a target was' : `${left.length} targets were`
    return {
      verdict: 'inconclusive',
      reason: `not everything was put back: ${what} left as it is by a person (${few(left)})`,
    }
  }
  if (input.aborted !== undefined) {
    return { verdict: 'inconclusive', reason: `the run was aborted: ${input.aborted}` }
  }
  const skipped = input.skipped ?? []
  if (skipped.length > 0) {
    return {
      verdict: 'inconclusive',
      reason: `a person left out ${few(skipped)}, so this was not the drill that was approved`,
    }
  }
  if (!input.faultsConfirmed || input.injected === undefined) {
    return {
      verdict: 'inconclusive',
      reason: 'the fault was not confirmed on all its targets, so nothing is shown about the response to it',
    }
  }
  const gone = input.faultsGone ?? []
  if (gone.length > 0) {
    return {
      verdict: 'inconclusive',
      reason: `the fault was gone before the platform took it out (${few(gone)}), so the recovery may be owed to that`,
    }
  }
  return undefined
}

function few(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
}

function headlineOf(objective: RecoveryObjective, view: RecoveryTime) {
  const { source } = objective
  if (source.from === 'series')
    return { source: `imported series ${source.series}`, clock: 'of the series', view }
  return source.from === 'probe'
    ? { source: `probe ${source.probe}`, clock: 'prober', probe: source.probe, view }
    : { source: `metric ${source.namespace}/${source.metric}`, clock: 'CloudWatch', view }
}

function countsOf(input: MeasureInput): Measurement['samples'] {
  const counts = new Map<string, Measurement['samples'][number]>()
  for (const { probe } of input.scenario.probes.map(({ name }) => ({ probe: name }))) {
    for (const vantage of input.vantages)
      counts.set(`${probe}\n${vantage}`, { probe, vantage, good: 0, bad: 0, unusable: 0 })
  }
  for (const { probe, vantage, outcome } of input.samples) {
    const entry = counts.get(`${probe}\n${vantage}`) ?? { probe, vantage, good: 0, bad: 0, unusable: 0 }
    counts.set(`${probe}\n${vantage}`, { ...entry, [outcome]: entry[outcome] + 1 })
  }
  return [...counts.values()]
}
