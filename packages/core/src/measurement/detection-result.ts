import { judge, type Void } from '../verdict/judge.ts'
import type { ObjectiveResult } from '../verdict/verdict.ts'
import { detectionTime, type DetectionTime } from './detection-time.ts'
import { censorOf, type DetectionObjective, type MeasureInput } from './measure-input.ts'
import { cloudErrorOf, observeProbe, sustainOf } from './observe-objective.ts'
import type { InstantBounds, RecoveryTime } from './recovery-time.ts'

/** An outage's onset is where it begins; when it ends does not matter here. */
const ONSET_ONLY = { goodInARow: 1, holdMicros: 0 } as const

/** The onset that an objective's probe saw, and when its alarm noticed; undefined: not observed. */
export type Detected = Readonly<{ onset: InstantBounds | undefined; detection: DetectionTime | undefined }>

/** Finds the onset and the detection of an objective. */
export function detect(input: MeasureInput, objective: DetectionObjective): Detected {
  const { service } = observeProbe(input, objective.probe, ONSET_ONLY)
  const [onset, ...others] = service.seen === 'outage' ? onsetsOf(input, objective.probe, service) : []
  const history = input.alarms?.[objective.name]
  if (onset === undefined || history === undefined) return { onset, detection: undefined }
  const censor = censorOf(input)?.at ?? history.readTo
  const historyTo = censor < history.readTo ? censor : history.readTo
  const after = (from: InstantBounds) =>
    detectionTime(history.transitions, from, historyTo, cloudErrorOf(input))
  return { onset, detection: others.map(after).reduce(either, after(onset)) }
}

/** What can be said where either may be so: of two outages one is meant, and which of them is not known. */
function either(one: DetectionTime, other: DetectionTime): DetectionTime {
  if (one.seen === 'already-on' || other.seen === 'already-on') return { seen: 'already-on' }
  const lo = Math.min(one.observed.lo, other.observed.lo)
  const [a, b] = [one.observed.hi, other.observed.hi]
  const observed = { lo, hi: a === null || b === null ? null : Math.max(a, b) }
  const detected = one.seen === 'detected' ? one : other.seen === 'detected' ? other : undefined
  return detected === undefined ? { seen: 'not-detected', observed } : { ...detected, observed }
}

type Outage = Extract<RecoveryTime, { seen: 'outage' }>

/**
 * The alarm answers to the outage that the recovery objective of the same probe is about, when there is one; the likeliest
 * beginning first.
 */
function onsetsOf(input: MeasureInput, probe: string, fallback: Outage): readonly InstantBounds[] {
  for (const objective of input.scenario.objectives) {
    if (objective.kind !== 'recovery-time' || objective.source.from !== 'probe') continue
    if (objective.source.probe !== probe) continue
    const { service } = observeProbe(input, probe, sustainOf(objective.sustained))
    if (service.seen === 'outage') return ordered(service)
  }
  return ordered(fallback)
}

function ordered({ onset, onsets }: Outage): readonly InstantBounds[] {
  return [onset, ...onsets.filter(({ lo, hi }) => lo !== onset.lo || hi !== onset.hi)]
}

/** A detection-time objective beside what was observed. */
export function detectionResult(
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
