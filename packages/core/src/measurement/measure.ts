import { inWords, intervalInWords, judge, overall, wouldDecide, type Void } from '../verdict/judge.ts'
import type { CrossCheck, Measurement, ObjectiveResult } from '../verdict/verdict.ts'
import { dataLoss } from './data-loss.ts'
import { detectionTime, type DetectionTime } from './detection-time.ts'
import {
  censorOf,
  type DataLossObjective,
  type DetectionObjective,
  type MeasureInput,
  type RecoveryObjective,
} from './measure-input.ts'
import {
  observeObjective,
  observeProbe,
  observePublished,
  probeOf,
  sustainOf,
  type ObjectiveView,
} from './observe-objective.ts'
import { partsOf, pointsOf } from './points.ts'
import type { InstantBounds, RecoveryTime } from './recovery-time.ts'

/** An outage's onset is where it begins; when it ends does not matter here. */
const ONSET_ONLY = { goodInARow: 1, holdMicros: 0 } as const

/**
 * Everything that was measured in a run, with a verdict per objective and for the run. Pure: the same input gives the same
 * measurement, so it can be computed again from the evidence at any time.
 */
export function measure(input: MeasureInput): Measurement {
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
    evidence: [...input.evidence],
  }
}

/** Why no figure of this run may decide anything. */
function voidOf(input: MeasureInput): Void | undefined {
  if (input.refused !== undefined) {
    return { verdict: 'not-run', reason: `nothing was injected: ${input.refused}` }
  }
  if (input.aborted !== undefined) {
    return { verdict: 'inconclusive', reason: `the run was aborted: ${input.aborted}` }
  }
  if (!input.faultsConfirmed || input.injected === undefined) {
    return {
      verdict: 'inconclusive',
      reason: 'the fault was not confirmed on all its targets, so nothing is shown about the response to it',
    }
  }
  return undefined
}

function recoveryResult(
  input: MeasureInput,
  objective: RecoveryObjective,
  view: ObjectiveView | undefined,
  whole: Void | undefined,
): ObjectiveResult {
  const maxMicros = objective.maxMs * 1000
  const base = {
    objective: objective.name,
    kind: objective.kind,
    maxMicros,
    method: methodOf(input, objective),
  }
  const alone =
    view !== undefined && view.vantages.length > 1 ? { vantages: view.vantages.map(vantageResult) } : {}
  const service = view?.service ?? ({ seen: 'nothing' } as const)
  if (service.seen === 'nothing') {
    const reason = whole?.reason ?? 'no usable sample of it was taken after the fault was in'
    return { ...base, ...alone, verdict: whole?.verdict ?? 'inconclusive', reason }
  }
  const { observed } = service
  if (whole !== undefined) return { ...base, ...alone, observed, ...whole }
  const judged = judge(observed, maxMicros)
  const result = {
    ...base,
    ...alone,
    observed,
    verdict: judged.verdict,
    reason: `${storyOf(input, service)}: ${judged.reason}`,
  }
  if (judged.verdict !== 'inconclusive') return result
  const { source } = objective
  const periodMs =
    source.from === 'metric' ? source.periodSeconds * 1000 : (probeOf(input, source.probe)?.periodMs ?? 0)
  return { ...result, wouldDecide: wouldDecide(observed, maxMicros, periodMs) }
}

function storyOf(input: MeasureInput, view: Exclude<RecoveryTime, { seen: 'nothing' }>): string {
  if (view.seen === 'no-outage') return 'no outage was observed; one could have gone unseen for'
  if (view.observed.hi === null) {
    const why = censorOf(input)?.why
    if (why === 'undo')
      return 'no recovery was seen before our own undo, which is not a recovery; it would take'
    if (why === 'expiry')
      return 'no recovery was seen before the fault ended by itself, which is not a recovery; it would take'
    return 'no sustained recovery was seen; it takes'
  }
  const several = view.outages > 1 ? `, the longest of ${view.outages} outages,` : ''
  const flaps = view.flaps > 0 ? ` after ${view.flaps} recoveries that did not last` : ''
  return `the service${several} recovered${flaps} in`
}

function methodOf(input: MeasureInput, { source, sustained }: RecoveryObjective): string {
  const rule = `recovered means ${sustained.goodInARow} good in a row and no new failure for ${inWords(sustained.holdMs * 1000)}`
  if (source.from === 'metric') {
    return `metric ${source.namespace}/${source.metric} in buckets of ${source.periodSeconds} s, good from ${source.goodAtLeast}, each end uncertain by a bucket; ${rule}`
  }
  const probe = probeOf(input, source.probe)
  const every = probe === undefined ? '' : ` every ${inWords(probe.periodMs * 1000)}`
  const places = input.vantages.length
  const quorum =
    places > 1
      ? `, out when at least half of ${places} vantages are`
      : ` from ${input.vantages[0] ?? 'no vantage'}`
  return `probe ${source.probe}${every}${quorum}, from the last good before to the first good after; ${rule}`
}

function vantageResult({ vantage, view }: ObjectiveView['vantages'][number]) {
  switch (view.seen) {
    case 'nothing':
      return { vantage, note: 'no usable sample' }
    case 'no-outage':
      return { vantage, observed: view.observed, note: 'no outage observed' }
    case 'outage':
      return { vantage, observed: view.observed, note: intervalInWords(view.observed) }
  }
}

type Detected = Readonly<{ onset: InstantBounds | undefined; detection: DetectionTime | undefined }>

function detect(input: MeasureInput, objective: DetectionObjective): Detected {
  const { service } = observeProbe(input, objective.probe, ONSET_ONLY)
  const onset = service.seen === 'outage' ? firstOnset(input, objective.probe, service.onset) : undefined
  const history = input.alarms?.[objective.name]
  if (onset === undefined || history === undefined) return { onset, detection: undefined }
  const censor = censorOf(input)?.at ?? history.readTo
  const historyTo = censor < history.readTo ? censor : history.readTo
  return { onset, detection: detectionTime(history.transitions, onset, historyTo) }
}

/** The alarm answers to the outage that the recovery objective of the same probe is about, when there is one. */
function firstOnset(input: MeasureInput, probe: string, fallback: InstantBounds): InstantBounds {
  for (const objective of input.scenario.objectives) {
    if (objective.kind !== 'recovery-time' || objective.source.from !== 'probe') continue
    if (objective.source.probe !== probe) continue
    const { service } = observeProbe(input, probe, sustainOf(objective.sustained))
    if (service.seen === 'outage') return service.onset
  }
  return fallback
}

function detectionResult(
  objective: DetectionObjective,
  found: Detected | undefined,
  whole: Void | undefined,
): ObjectiveResult {
  const maxMicros = objective.maxMs * 1000
  const base = {
    objective: objective.name,
    kind: objective.kind,
    maxMicros,
    method: `first change of alarm ${objective.alarm.name} to ALARM (stamp ±1 s) after the onset that probe ${objective.probe} saw`,
  }
  const detection = found?.detection
  const observed =
    detection === undefined || detection.seen === 'already-on' ? {} : { observed: detection.observed }
  if (whole !== undefined) return { ...base, ...observed, ...whole }
  const inconclusive = (reason: string): ObjectiveResult => ({ ...base, verdict: 'inconclusive', reason })
  if (found?.onset === undefined)
    return inconclusive('no outage was observed, so there was nothing to detect')
  if (detection === undefined) return inconclusive('the history of the alarm was not read')
  if (detection.seen === 'already-on') return inconclusive('the alarm was on before the outage began')
  const { verdict, reason } = judge(detection.observed, maxMicros)
  const story = detection.seen === 'detected' ? 'the alarm went off in' : 'the alarm did not go off; it takes'
  const result = { ...base, observed: detection.observed, verdict, reason: `${story}: ${reason}` }
  return verdict === 'inconclusive'
    ? { ...result, wouldDecide: 'a shorter alarm period, or a history read for longer' }
    : result
}

function dataLossResult(
  input: MeasureInput,
  objective: DataLossObjective,
  whole: Void | undefined,
): ObjectiveResult {
  const maxMicros = objective.maxMs * 1000
  const base = {
    objective: objective.name,
    kind: objective.kind,
    maxMicros,
    method: `numbered writes of marker ${objective.marker}, read back after the switch`,
  }
  const markers = input.markers?.[objective.marker]
  const loss = markers === undefined ? undefined : dataLoss(markers)
  if (whole !== undefined)
    return { ...base, ...(loss === undefined ? {} : { observed: loss.observed }), ...whole }
  if (loss === undefined) {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: 'no markers were written, so lost data was not measured',
    }
  }
  const { verdict, reason } = judge(loss.observed, maxMicros)
  return {
    ...base,
    observed: loss.observed,
    verdict,
    reason: `${loss.lost} acknowledged writes are missing: ${reason}`,
    ...(verdict === 'inconclusive' ? { wouldDecide: 'markers closer together' } : {}),
  }
}

function headlineOf(objective: RecoveryObjective, view: RecoveryTime) {
  const { source } = objective
  return source.from === 'probe'
    ? { source: `probe ${source.probe}`, clock: 'prober', probe: source.probe, view }
    : { source: `metric ${source.namespace}/${source.metric}`, clock: 'CloudWatch', view }
}

function crossChecksOf(
  input: MeasureInput,
  { name, source, sustained }: RecoveryObjective,
  view: ObjectiveView,
): CrossCheck[] {
  if (source.from !== 'probe') return []
  const published = observePublished(input, source.probe, sustainOf(sustained))
  const from = `${name}: probe ${source.probe} as published to CloudWatch`
  if (published === undefined || published.seen === 'nothing') {
    return [{ source: from, agrees: null, note: 'nothing was read back from CloudWatch' }]
  }
  const { observed } = published
  if (view.service.seen === 'nothing') {
    return [{ source: from, observed, agrees: null, note: 'there are no samples to compare it with' }]
  }
  const mine = view.service.observed
  const agrees =
    (mine.hi === null || observed.lo <= mine.hi) && (observed.hi === null || mine.lo <= observed.hi)
  const note = agrees
    ? `${intervalInWords(observed)} from 1-second metrics, which overlaps the samples`
    : `${intervalInWords(observed)} from 1-second metrics, which contradicts the samples (${intervalInWords(mine)})`
  return [{ source: from, observed, agrees, note }]
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
