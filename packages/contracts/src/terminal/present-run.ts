import {
  clocksInWords,
  formatDurationMs,
  intervalInWords,
  isTakenOut,
  markerInWords,
  type Rounding,
} from '@firedrill/core'
import type { RunDetail, TargetView } from '../http/run.ts'
import type { ProbeLane } from '../http/samples.ts'
import type { TimelineEvent } from '../http/timeline.ts'

/** Microseconds as people write a length of time. */
export function formatMicros(micros: number, rounding: Rounding = 'near'): string {
  return formatDurationMs(micros / 1000, rounding)
}

/** An interval as text, rounded outwards. */
export const formatInterval = intervalInWords

/** One line of the journal: world time since the start, and what happened. */
export function eventLine(event: TimelineEvent, startWorldAt: number): string {
  const seconds = Math.max(0, (event.worldAt - startWorldAt) / 1_000_000)
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${(seconds % 60).toFixed(1).padStart(4, '0')}`
  return `  ${clock}  ${event.summary}`
}

/** Journal lines that a person watching needs; the dashboard has all of them. */
export function isWorthALine(event: TimelineEvent): boolean {
  // What a process notes is that another one was lost; what people note they have written themselves.
  if (event.type === 'note-added') return event.actor.kind === 'worker' || event.actor.kind === 'reaper'
  return event.type !== 'run-created' && event.type !== 'recovery-accepted'
}

/** The live line: phase and for how long, what is injected where and until when, and what the probes see. */
export function statusLine(run: RunDetail, lanes: readonly ProbeLane[], worldNow: number): string {
  const phase = run.phases.at(-1)
  const parts = [
    `${run.status}${phase === undefined ? '' : ` ${formatMicros(Math.max(0, worldNow - phase.worldAt))}`}`,
  ]
  for (const step of run.steps) {
    const broken = step.targets.filter((target) => !target.isClean)
    if (broken.length === 0) continue
    const where = [...new Set(broken.map((target) => target.region))].join(', ')
    const left =
      step.expiresWorldAt === undefined
        ? ''
        : `, expires in ${formatMicros(Math.max(0, step.expiresWorldAt - worldNow))}`
    parts.push(`${broken.length} of ${step.targets.length} ${broken[0]?.injection ?? ''} in ${where}${left}`)
  }
  const running = run.objectives.find(
    (objective) =>
      objective.sinceWorldAt !== null && objective.untilWorldAt === null && objective.verdict === null,
  )
  if (running?.sinceWorldAt != null) {
    parts.push(
      `${running.name} ${formatMicros(Math.max(0, worldNow - running.sinceWorldAt))} of ${formatMicros(running.maxMicros)}`,
    )
  }
  if (lanes.length > 0) parts.push(lanes.map(probeState).join('  '))
  return parts.join(' | ')
}

function probeState(lane: ProbeLane): string {
  const last = lane.points.findLast((point) => point.good + point.bad > 0)
  const mark = last === undefined ? '…' : last.bad > 0 ? `✗ ${last.detail ?? ''}` : '✓'
  return `${lane.probe}/${lane.vantage} ${mark}`.trim()
}

/** The end of a run for a terminal: verdict, objectives beside intervals, the split, proof of restoration. */
export function verdictBlock(run: RunDetail): string {
  const lines = [
    ``,
    `  ${(run.verdict ?? run.status).toUpperCase()}  ${run.measurement?.reason ?? run.reason}`,
    ``,
  ]
  for (const objective of run.measurement?.objectives ?? []) {
    const observed = objective.observed === undefined ? 'not observed' : formatInterval(objective.observed)
    lines.push(
      `  ${objective.verdict.padEnd(13)} ${objective.objective}: ${observed}, objective ${formatMicros(objective.maxMicros)}`,
    )
    lines.push(`                ${objective.reason}`)
    if (objective.wouldDecide !== undefined) lines.push(`                ${objective.wouldDecide}`)
  }
  const parts = Object.entries(run.measurement?.parts ?? {}).flatMap(([part, interval]) => [
    `${part} ${formatInterval(interval)}`,
  ])
  if (parts.length > 0) lines.push(``, `  where the time went: ${parts.join('; ')}`)
  for (const check of run.measurement?.crossChecks ?? []) {
    const says = check.observed === undefined ? 'no figure' : formatInterval(check.observed)
    lines.push(
      `  ${check.source}: ${says}${check.agrees === null ? '' : check.agrees ? ', agrees' : ', DISAGREES'}`,
    )
  }
  const clocks = clocksInWords(run.measurement?.clocks)
  if (clocks !== undefined) lines.push(`  ${clocks}`)
  lines.push(...restorationLines(run), ...markerLines(run))
  return lines.join('\n')
}

/** What was written to measure data loss, and that it is gone again. */
function markerLines({ measurement }: RunDetail): readonly string[] {
  const markers = measurement?.markers ?? []
  if (markers.length === 0) return []
  const left = markers.filter((marker) => !isTakenOut(marker)).length
  return [
    '',
    `  ${left === 0 ? 'numbered writes' : 'NUMBERED WRITES LEFT BEHIND'}: ${markers.length - left} of ${markers.length} markers as agreed`,
    ...markers.map((marker) => `    ${markerInWords(marker)}`),
  ]
}

function restorationLines(run: RunDetail): readonly string[] {
  const targets = run.steps.flatMap((step) => step.targets)
  const touched = targets.filter((target) => target.injection !== 'planned')
  if (targets.length === 0) return handsLines(run)
  if (touched.length === 0)
    return ['', `  never touched: ${targets.length} planned targets`, ...handsLines(run)]
  const clean = touched.filter((target) => target.isClean).length
  const replaced = touched.filter(({ injection }) => injection === 'replaced').length
  const asGood = replaced === 0 ? '' : `, or as good: ${replaced} replaced`
  return [
    '',
    `  ${clean === touched.length ? 'put back' : 'NOT PUT BACK'}: ${clean} of ${touched.length} targets described as captured${asGood}`,
    ...touched.flatMap((target) => [
      `    ${target.injection.padEnd(16)} ${target.label}  ${target.seen}`,
      ...foreignLines(target),
    ]),
    ...handsLines(run),
  ]
}

/** Somebody else's change, side by side, with the question or what was decided. */
function foreignLines({ foreign, isQuestion, decision }: TargetView): readonly string[] {
  const indent = ' '.repeat(21)
  const sides =
    foreign === undefined
      ? []
      : [`captured  ${foreign.captured}`, `the fault ${foreign.ours}`, `now       ${foreign.now}`]
  const question = isQuestion ? ['keep theirs, or restore ours? firedrill resolve answers'] : []
  const decided = decision === undefined ? [] : [`${decision.answer}, ${decision.by}: ${decision.reason}`]
  return [...sides, ...question, ...decided].map((line) => indent + line)
}

/** Who has the undo in hand, and whether anybody was called. */
function handsLines({ approval, takenOver, pages, status, resumesTo }: RunDetail): readonly string[] {
  const lines: string[] = []
  if (takenOver !== null)
    lines.push(`${takenOver.by} has taken over what is left (${takenOver.reason}); the platform describes`)
  if (status === 'needs-person' && takenOver === null) {
    const calls = pages?.sent ?? 0
    const called =
      calls === 0 ? 'nobody was called yet' : `a person was called ${calls} ${calls === 1 ? 'time' : 'times'}`
    lines.push(`a person is needed; ${called}. firedrill take-over stops the calls`)
  }
  if (approval?.isAsked === true)
    lines.push(
      `waits for approval, ${approval.standing} of ${approval.needed} given. firedrill approve, or firedrill decline`,
    )
  if (status === 'paused') lines.push(`paused; resumes to ${resumesTo ?? 'what it did'}`)
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `  ${line}`)]
}
