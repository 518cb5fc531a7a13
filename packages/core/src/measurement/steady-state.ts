import type { CompiledScenario } from '../scenario/scenario.ts'
import { formatDurationMs } from '../time/duration.ts'
import type { WorldInstant } from '../time/instant.ts'
import type { Sample } from './interval.ts'

/** Whether the system is as it should be, and what was seen, in words. `isKnown` false: too little was seen to say. */
export type SteadyState = Readonly<{ holds: boolean; isKnown: boolean; seen: string }>

/**
 * Of the probes that a window should hold, this share must be there and usable. On a busy machine a fast simulated world
 * leaves many unusable; this few still leave no gap that the measurement would call unknown.
 */
const USABLE_SHARE_MIN = 0.3

/**
 * Judges a steady state from the samples that started in [from, to): every named probe, from every vantage, must have
 * succeeded often enough. Too few usable samples, or none in the window's second half, is a no: not knowing is a refusal.
 */
export function steadyState(
  samples: readonly Sample[],
  scenario: Pick<CompiledScenario, 'probes' | 'steadyState'>,
  vantages: readonly string[],
  window: Readonly<{ from: WorldInstant; to: WorldInstant }>,
): SteadyState {
  const { successRatioMin } = scenario.steadyState
  const half = (window.from + window.to) / 2
  const problems: string[] = []
  const counts: string[] = []
  let isKnown = true
  for (const name of scenario.steadyState.probes) {
    const periodMs = scenario.probes.find((probe) => probe.name === name)?.periodMs
    for (const vantage of vantages) {
      const where = `${name} from ${vantage}`
      if (periodMs === undefined) {
        problems.push(`${where}: the scenario has no such probe`)
        continue
      }
      const usable = samples.filter(
        (sample) =>
          sample.probe === name &&
          sample.vantage === vantage &&
          sample.outcome !== 'unusable' &&
          sample.start >= window.from &&
          sample.start < window.to,
      )
      const needed = neededOf(window.to - window.from, periodMs)
      const good = usable.filter(({ outcome }) => outcome === 'good').length
      counts.push(`${where}: ${good} of ${usable.length} good`)
      if (usable.length < needed) {
        isKnown = false
        problems.push(`${where}: ${usable.length} usable samples, ${needed} are needed to know`)
      } else if (!usable.some(({ start }) => start >= half)) {
        isKnown = false
        problems.push(`${where}: no usable sample in the second half of the window`)
      } else if (good < successRatioMin * usable.length) {
        problems.push(
          `${where}: ${good} of ${usable.length} good, ${percent(successRatioMin)} are needed${reasons(usable)}`,
        )
      }
    }
  }
  if (counts.length + problems.length === 0) problems.push('no probe and vantage to judge by')
  const over = formatDurationMs((window.to - window.from) / 1000)
  return problems.length === 0
    ? { holds: true, isKnown, seen: `over ${over}: ${counts.join('; ')}` }
    : { holds: false, isKnown, seen: `over ${over}: ${problems.join('; ')}` }
}

function neededOf(windowMicros: number, periodMs: number): number {
  return Math.max(1, Math.ceil((windowMicros / (periodMs * 1000)) * USABLE_SHARE_MIN))
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`
}

/** The three most frequent reasons of failed samples. */
function reasons(samples: readonly Sample[]): string {
  const counts = new Map<string, number>()
  for (const { outcome, detail } of samples) {
    if (outcome === 'bad') counts.set(detail ?? 'bad', (counts.get(detail ?? 'bad') ?? 0) + 1)
  }
  const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3)
  return top.length === 0 ? '' : ` (${top.map(([detail, count]) => `${detail}: ${count}`).join(', ')})`
}
