import type { RunDetail } from '@firedrill/contracts'

/** When faults were in, for the shade behind the lanes. */
export function faultSpans(
  run: RunDetail,
  worldNow: number,
): readonly Readonly<{ key: string; from: number; to: number }>[] {
  return run.steps.flatMap(({ name, injected, recovery }) =>
    injected === undefined
      ? []
      : [{ key: name, from: injected.lo, to: recovery?.verifiedWorldAt ?? worldNow }],
  )
}

/** Samples arrive in batches and are asked for once a second, so for this long nothing can be said about the newest. */
const LANES_LAG_MS = 3000

/** Up to when a lane without samples means that nobody looked. */
export function lanesUntil(run: RunDetail, worldNow: number): number {
  return run.isOver ? worldNow : worldNow - LANES_LAG_MS * 1000 * run.clock.rate
}

/** From when the objectives count: the onset when it was measured, else the fault. */
export function startOf(
  run: RunDetail,
): Readonly<{ lo: number; hi: number; word: 'onset' | 'injected' }> | undefined {
  const onset = run.measurement?.points.onset
  if (onset !== undefined) return { lo: onset.lo, hi: onset.hi, word: 'onset' }
  const injected = run.steps.flatMap((step) => step.injected ?? [])
  if (injected.length === 0) return undefined
  return {
    lo: Math.min(...injected.map(({ lo }) => lo)),
    hi: Math.min(...injected.map(({ hi }) => hi)),
    word: 'injected',
  }
}

/** The zero of the lower axis. */
export function zeroOf(run: RunDetail): Readonly<{ at: number; word: string }> | undefined {
  const start = startOf(run)
  return start === undefined ? undefined : { at: Math.round((start.lo + start.hi) / 2), word: start.word }
}

/** The last moments of the recovery objectives; as wide as their start is uncertain. */
export function objectiveLimits(
  run: RunDetail,
): readonly Readonly<{ name: string; lo: number; hi: number }>[] {
  const start = startOf(run)
  if (start === undefined) return []
  const seen = new Set<number>()
  return run.objectives.flatMap(({ name, kind, maxMicros }) => {
    if (kind !== 'recovery-time' || seen.has(maxMicros)) return []
    seen.add(maxMicros)
    return [{ name, lo: start.lo + maxMicros, hi: start.hi + maxMicros }]
  })
}
