import type { RunDetail } from '@firedrill/contracts'
import { padded, type View } from './scale.ts'

/** The whole run, with some future while it goes on. */
export function wholeRun(run: RunDetail, worldNow: number): View {
  const from = run.phases[0]?.worldAt ?? worldNow
  return run.isOver ? padded(from, worldNow) : padded(from, worldNow, 0.02, 0.18)
}

/** From just before the fault to the recovery, or to now; undefined before there is a fault. */
export function outage(run: RunDetail, worldNow: number): View | undefined {
  const starts = run.steps.flatMap((step) => step.requestedWorldAt ?? [])
  if (starts.length === 0) return undefined
  const points = run.measurement?.points
  const end = points?.recovered?.hi ?? points?.restored?.hi ?? worldNow
  return padded(Math.min(...starts), Math.max(end, Math.min(...starts) + 10_000_000), 0.08, 0.12)
}
