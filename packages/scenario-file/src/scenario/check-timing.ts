import { formatDurationMs } from '@firedrill/core'
import type { View } from '../yaml/view.ts'
import { DEFAULTS } from './defaults.ts'
import { isActing, namedSteps } from './step-names.ts'

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
    if (!isActing(view) || ms === undefined) continue
    if (isRestore) warnRestore(duration, ms, recoveries)
    else warnEarlyEnd(duration, ms, recoveries)
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
        view.at('metric', 'period').ms() ??
        view.at('series', 'period').ms() ??
        periods.get(view.at('probe').text()) ??
        DEFAULTS.periodMs
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

/** The objective that asks for most, if any asks for more than there is. */
function worst(
  recoveries: readonly Recovery[],
  needs: (recovery: Recovery) => number,
  availableMs: number,
): Readonly<{ name: string; neededMs: number }> | undefined {
  const most = recoveries.toSorted((a, b) => needs(b) - needs(a))[0]
  if (most === undefined || needs(most) <= availableMs) return undefined
  return { name: most.name, neededMs: needs(most) }
}

function warnEarlyEnd(duration: View, ms: number, recoveries: readonly Recovery[]): void {
  const found = worst(recoveries, ({ maxMs, holdMs }) => maxMs + holdMs, ms)
  if (found === undefined) return
  duration.problem(
    `the fault ends by itself after ${formatDurationMs(ms)}, before objective ${found.name} and its hold are over (${formatDurationMs(found.neededMs)}); a recovery after that does not count`,
    `Let it last at least ${shortText(found.neededMs)}.`,
  )
}

function warnRestore(duration: View, ms: number, recoveries: readonly Recovery[]): void {
  const tightest = recoveries.toSorted((a, b) => a.maxMs - b.maxMs)[0]
  if (tightest === undefined || tightest.maxMs > ms) return
  duration.problem(
    `with response restore the outage lasts about as long as the fault, ${formatDurationMs(ms)}, and longer; objective ${tightest.name} allows ${formatDurationMs(tightest.maxMs)}`,
    'Shorten the fault or raise the objective.',
  )
}

function warnObserve(timing: View, recoveries: readonly Recovery[]): void {
  const ms = timing.at('observeMax').ms() ?? DEFAULTS.observeMaxMs
  const found = worst(recoveries, ({ maxMs, holdMs }) => maxMs + holdMs, ms)
  if (found === undefined) return
  timing
    .at('observeMax')
    .problem(
      `the run stops watching after ${formatDurationMs(ms)}, before objective ${found.name} and its hold are over (${formatDurationMs(found.neededMs)})`,
      `Make observeMax at least ${shortText(found.neededMs)}.`,
    )
}

function warnSettle(timing: View, recoveries: readonly Recovery[]): void {
  const ms = timing.at('settle').ms() ?? DEFAULTS.settleMs
  const found = worst(recoveries, ({ holdMs, runMs }) => Math.max(holdMs, runMs), ms)
  if (found === undefined) return
  timing
    .at('settle')
    .problem(
      `the run closes ${formatDurationMs(ms)} after the restoration, too early to see objective ${found.name} hold (${formatDurationMs(found.neededMs)})`,
      `Make settle at least ${shortText(found.neededMs)}, and add what caches may keep.`,
    )
}

/** A duration as files write it: `5m30s`. */
function shortText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const rest = ms - minutes * 60_000
  const tail = rest === 0 ? '' : rest % 1000 === 0 ? `${rest / 1000}s` : `${rest}ms`
  return `${minutes === 0 ? '' : `${minutes}m`}${tail}`
}
