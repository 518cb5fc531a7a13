import type { Chance } from './chance.ts'
import type { Drill } from './draw-drill.ts'
import type { Condition, Stall } from './lab-time.ts'

const HORIZON_MICROS = 2_000_000_000

/** How well a prober's process is, by what spoils the drill. */
export function conditionOf(
  { spoiling: { clockErrorMicros, stallShare }, periodMs, skew }: Drill,
  from: number,
  chance: Chance,
): Condition {
  const offsetMicros = Math.round(chance.between(-1, 1) * clockErrorMicros) + (skew?.proberMicros ?? 0)
  const stalls: Stall[] = []
  const period = periodMs * 1000
  if (stallShare > 0)
    for (let at = from + chance.between(0, 20) * period; at < from + HORIZON_MICROS;) {
      const length = Math.round(
        chance.is(0.1) ? chance.between(0.5, 6) * period : chance.between(0.02, 0.6) * period,
      )
      stalls.push({ from: Math.round(at), to: Math.round(at) + length })
      // So much of the time it is not scheduled.
      at += length + (length / stallShare) * chance.between(0.2, 1.8)
    }
  return {
    offsetMicros,
    driftPerMillion: skew?.driftPerMillion,
    stalls,
    lateness: () => chance.between(0, 2000),
  }
}
