import { formatDurationMs } from '@firedrill/core'
import type { View } from '../yaml/view.ts'
import { DEFAULTS } from './defaults.ts'
import { namedSteps } from './step-names.ts'

type Recovery = Readonly<{ view: View; name: string; maxMs: number; holdMs: number; runMs: number }>

/**
 * Warnings: timings with which the run can end, but not decide. They do not stop the file from being used, since a
 * drill that cannot be held is sometimes exactly what one wants to see.
 */
export function warnTiming(spec: View): void {
  const recoveries = recoveryObjectives(spec)
  const isRestore = spec.at('response').text() === 'restore'
  for (const { view } of namedSteps(spec)) {
    const duration = view.at('duration')
    const ms = duration.ms()
    if (!view.at('inject').exists() || ms === undefined) continue
    for (const recovery of recoveries) {
      if (isRestore) warnRestore(duration, ms, recovery)
      else warnEarlyEnd(duration, ms, recovery)
    }
  }
  const timing = spec.at('timing')
  if (isRestore) warnSettle(timing, recoveries)
  else warnObserve(timing, recoveries)
}

function recoveryObjectives(spec: View): readonly Recovery[] {
  const periods = new Map(
    spec
      .at('probes')
      .items()
      .map((probe) => [probe.at('name').text(), probe.at('period').ms() ?? DEFAULTS.periodMs] as const),
  )
  return spec
    .at('objectives')
    .items()
    .flatMap((view) => {
      const maxMs = view.at('max').ms()
      if (view.at('kind').text() !== 'recovery-time' || maxMs === undefined) return []
      const periodMs =
        view.at('metric', 'period').ms() ?? periods.get(view.at('probe').text()) ?? DEFAULTS.periodMs
      return [
        {
          view,
          name: view.at('name').text() ?? 'recovery',
          maxMs,
          holdMs: view.at('sustained', 'hold').ms() ?? DEFAULTS.holdMs,
          runMs: (view.at('sustained', 'good').number() ?? DEFAULTS.goodInARow) * periodMs,
        },
      ]
    })
}

function warnEarlyEnd(duration: View, ms: number, { name, maxMs, holdMs }: Recovery): void {
  if (ms >= maxMs + holdMs) return
  duration.problem(
    `the fault ends by itself after ${formatDurationMs(ms)}, before objective ${name} and its hold are over (${formatDurationMs(maxMs + holdMs)}); a recovery after that does not count`,
    `Let it last at least ${shortText(maxMs + holdMs)}.`,
  )
}

function warnRestore(duration: View, ms: number, { name, maxMs }: Recovery): void {
  if (maxMs > ms) return
  duration.problem(
    `with response restore the outage lasts at least as long as the fault, ${formatDurationMs(ms)}; objective ${name} allows ${formatDurationMs(maxMs)}`,
    'Shorten the fault or raise the objective.',
  )
}

function warnObserve(timing: View, recoveries: readonly Recovery[]): void {
  const ms = timing.at('observeMax').ms() ?? DEFAULTS.observeMaxMs
  for (const { name, maxMs, holdMs } of recoveries) {
    if (ms >= maxMs + holdMs) continue
    timing
      .at('observeMax')
      .problem(
        `the run stops watching after ${formatDurationMs(ms)}, before objective ${name} and its hold are over (${formatDurationMs(maxMs + holdMs)})`,
        `Make observeMax at least ${shortText(maxMs + holdMs)}.`,
      )
  }
}

function warnSettle(timing: View, recoveries: readonly Recovery[]): void {
  const ms = timing.at('settle').ms() ?? DEFAULTS.settleMs
  for (const { name, holdMs, runMs } of recoveries) {
    if (ms >= holdMs + runMs) continue
    timing
      .at('settle')
      .problem(
        `the run closes ${formatDurationMs(ms)} after the restoration, too early to see objective ${name} hold (${formatDurationMs(holdMs + runMs)})`,
        `Make settle at least ${shortText(holdMs + runMs)}, and add what caches may keep.`,
      )
  }
}

/** A duration as files write it. */
function shortText(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
