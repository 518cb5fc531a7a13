import type { WorldInstant } from '../time/instant.ts'
import type { DurationInterval, Part, Point, PointInTime, Sample } from './interval.ts'
import { lossOf } from './data-loss-result.ts'
import type { MeasureInput } from './measure-input.ts'
import type { InstantBounds, RecoveryTime } from './recovery-time.ts'

type Points = Partial<Record<Point, PointInTime>>

/** The points in time of a run. What was not observed is not there. */
export function pointsOf(
  input: MeasureInput,
  headline: Readonly<{ source: string; clock: string; probe?: string; view: RecoveryTime }> | undefined,
  detected: InstantBounds | undefined,
): Points {
  const points: Points = {}
  const put = (point: Point, bounds: InstantBounds | undefined, source: string, clock: string) => {
    if (bounds !== undefined) points[point] = { lo: bounds.lo, hi: bounds.hi, source, clock }
  }
  put('injected', input.injected, 'describe calls on the targets', 'platform')
  if (headline?.view.seen === 'outage') {
    const { view, source, clock, probe } = headline
    put('onset', view.onset, source, clock)
    if (probe !== undefined)
      put('switched', switchedAt(input, probe, view), `answers of probe ${probe}`, clock)
    put('first-good', view.firstGood, source, clock)
    put('recovered', view.recovered, source, clock)
  }
  put('detected', detected, 'alarm history', 'CloudWatch, ±1 s')
  put('decided', input.decided, 'journal', 'platform')
  put('acted', input.acted, 'journal', 'platform')
  put('data-verified', dataVerifiedAt(input), 'markers read back', 'prober')
  put('restored', input.restored, 'describe calls on the targets', 'platform')
  put('failback-began', input.failback?.began, 'journal', 'platform')
  put('failed-back', input.failback?.done, 'describe calls on the targets', 'platform')
  return points
}

/** When the data of the last marker to be read after the switch was seen. Undefined while one was not. */
function dataVerifiedAt(input: MeasureInput): InstantBounds | undefined {
  let last: InstantBounds | undefined
  for (const objective of input.scenario.objectives) {
    if (objective.kind !== 'data-loss') continue
    const loss = lossOf(input, objective.marker)
    const reading = loss === undefined || 'unknown' in loss ? undefined : loss.switchedAt
    if (reading === undefined) return undefined
    if (last === undefined || reading.endedAt > last.hi) last = { lo: reading.startedAt, hi: reading.endedAt }
  }
  return last
}

/**
 * The parts of a recovery time. Detect: onset to alarm. Decide and act: only when somebody recorded them. Propagate: from the
 * first step of the response, or from the onset when nobody had to act, to the first good answer. Ramp: from there to the
 * start of sustained recovery. Parts may overlap: an alarm can go off after an automatic response is done. Fail-back is a leg
 * of its own, after the recovery: from the first step back to when the last was seen to be undone.
 */
export function partsOf(points: Points): Partial<Record<Part, DurationInterval>> {
  const parts: Partial<Record<Part, DurationInterval>> = {}
  const put = (part: Part, from: PointInTime | undefined, to: PointInTime | undefined) => {
    if (from === undefined || to === undefined) return
    parts[part] = { lo: Math.max(0, to.lo - from.hi), hi: Math.max(0, to.hi - from.lo) }
  }
  put('detect', points.onset, points.detected)
  put('decide', points.detected, points.decided)
  put('act', points.decided, points.acted)
  put('propagate', points.acted ?? points.onset, points['first-good'])
  put('ramp', points['first-good'], points.recovered)
  put('fail-back', points['failback-began'], points['failed-back'])
  return parts
}

/**
 * When traffic had moved: the last vantage's first good answer from addresses none of which had answered it before the
 * outage. Undefined when one of them never moved.
 */
function switchedAt(
  input: MeasureInput,
  probe: string,
  view: Extract<RecoveryTime, { seen: 'outage' }>,
): InstantBounds | undefined {
  let last: InstantBounds | undefined
  for (const vantage of input.vantages) {
    const moved = switchedFrom(
      input.samples.filter((sample) => sample.probe === probe && sample.vantage === vantage),
      view.onset,
    )
    if (moved === undefined) return undefined
    if (last === undefined || moved.hi > last.hi) last = moved
  }
  return last
}

function switchedFrom(samples: readonly Sample[], onset: InstantBounds): InstantBounds | undefined {
  const ordered = [...samples].sort((a, b) => a.start - b.start)
  const before = ordered.findLast(({ outcome, start }) => outcome === 'good' && start <= onset.lo)
  const known = answersOf(before)
  if (known.length === 0) return undefined
  let notYet: WorldInstant = onset.lo
  for (const sample of ordered) {
    if (sample.start <= onset.lo || sample.outcome === 'unusable') continue
    const answers = sample.outcome === 'good' ? answersOf(sample) : []
    if (answers.length > 0 && !answers.some((answer) => known.includes(answer))) {
      return { lo: notYet, hi: sample.end }
    }
    notYet = sample.start
  }
  return undefined
}

function answersOf(sample: Sample | undefined): readonly string[] {
  return sample?.detail === undefined || sample.detail === '' ? [] : sample.detail.split(',')
}
