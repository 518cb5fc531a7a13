import { POINTS } from '@firedrill/core'
import type { ReportModel } from './model/model.ts'
import { POINT_WORDS } from './model/vocabulary.ts'

/** One event of the trace event format that Perfetto and Chrome open. `ts` and `dur` are microseconds of world time. */
type TraceEvent = Readonly<{
  name: string
  ph: 'X' | 'i' | 'M'
  pid: number
  tid: number
  ts: number
  dur?: number
  s?: 't'
  args?: Readonly<Record<string, string | number>>
}>

const PID = 1
const [PHASES, USERS, POINT_LANE, JOURNAL, FIRST_TARGET] = [1, 2, 3, 4, 10]

/** A run on the time axis of a trace viewer: phases, what users saw, points in time, the journal, and a lane a target. */
export function chromeTrace(model: ReportModel): string {
  const { run, scenario, phases, points, timeline, targets } = model
  const at = (micros: number) => micros - run.from
  const span = (tid: number, name: string, lo: number, hi: number, args = {}): TraceEvent => ({
    name,
    ph: 'X',
    pid: PID,
    tid,
    ts: at(lo),
    dur: Math.max(0, hi - lo),
    args,
  })
  const instant = (tid: number, name: string, micros: number, args = {}): TraceEvent => ({
    name,
    ph: 'i',
    s: 't',
    pid: PID,
    tid,
    ts: at(micros),
    args,
  })
  const outage =
    points.onset === undefined
      ? []
      : [span(USERS, 'users see failures', points.onset.lo, points.recovered?.hi ?? run.to)]
  const traceEvents: readonly TraceEvent[] = [
    named('process_name', 0, `Run ${run.number}, ${scenario.title}`),
    named('thread_name', PHASES, 'phases'),
    named('thread_name', USERS, 'users'),
    named('thread_name', POINT_LANE, 'points in time'),
    named('thread_name', JOURNAL, 'journal'),
    ...phases.map(({ status, from, to }) => span(PHASES, status, from, to)),
    ...outage,
    ...POINTS.flatMap((point) => {
      const seen = points[point]
      return seen === undefined
        ? []
        : [span(POINT_LANE, POINT_WORDS[point], seen.lo, seen.hi, { source: seen.source })]
    }),
    ...timeline.map(({ text, worldAt, actor, seq }) => instant(JOURNAL, text, worldAt, { actor, seq })),
    ...targets.flatMap(({ label, fault, id, injection, injected, restored }, index) => {
      const tid = FIRST_TARGET + index
      if (injected === undefined) return []
      const fate = { id, injection, injectedBy: at(injected.hi) }
      return [named('thread_name', tid, label), span(tid, fault, injected.lo, restored?.hi ?? run.to, fate)]
    }),
  ]
  return `${JSON.stringify({ displayTimeUnit: 'ms', otherData: { run: run.id, from: run.from, generator: model.generator }, traceEvents })}\n`
}

function named(name: 'process_name' | 'thread_name', tid: number, value: string): TraceEvent {
  return { name, ph: 'M', pid: PID, tid, ts: 0, args: { name: value } }
}
