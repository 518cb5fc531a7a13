import { measure, type DurationInterval, type MeasureInput } from '@firedrill/core'
import type { PlayedDrill } from './run-drill.ts'
import type { Estimator } from './score-drill.ts'

/** Estimators that must fail, each by its name. */
export const CONTROLS = [
  'alarm-as-onset',
  'always-inconclusive',
  'undo-as-recovery',
  'truth-from-probes',
  'clocks-ignored',
] as const
export type Control = (typeof CONTROLS)[number]

/** What each of them reports. */
export const CONTROL_ESTIMATORS: Readonly<Record<Control, Estimator>> = {
  // The clock starts when somebody was told.
  'alarm-as-onset': (_, input) => {
    const found = measure(input)
    const { detected, recovered } = found.points
    if (detected === undefined || recovered === undefined) return found
    return withProbe(input, {
      lo: Math.max(0, recovered.lo - detected.hi),
      hi: Math.max(0, recovered.hi - detected.lo),
    })
  },
  'always-inconclusive': (_, input) => {
    const found = measure(input)
    return {
      ...found,
      objectives: found.objectives.map((one) => ({ ...one, verdict: 'inconclusive', reason: 'who knows' })),
    }
  },
  // Putting it back ends the outage, and so it counts.
  'undo-as-recovery': (_, { undoIssuedAt: _undo, nativeExpiryAt: _expiry, ...input }) => measure(input),
  // What the probes saw is taken for what was: from the first failure to the first good answer after the last.
  // Whatever clocks say is taken for the time. Asked of drills whose clocks are off, and nowhere else.
  'clocks-ignored': (_, { clocks: _clocks, ...input }) => measure(input),
  'truth-from-probes': (played, input) => withProbe(input, seenByProbes(played)),
}

function withProbe(input: MeasureInput, observed: DurationInterval) {
  const found = measure(input)
  return {
    ...found,
    objectives: found.objectives.map((one) => (one.objective === 'probe' ? { ...one, observed } : one)),
  }
}

function seenByProbes({ input: { samples, vantages } }: PlayedDrill): DurationInterval {
  const mine = samples.filter(({ vantage }) => vantage === vantages[0]).toSorted((a, b) => a.start - b.start)
  const first = mine.find(({ outcome }) => outcome === 'bad')
  const last = mine.findLast(({ outcome }) => outcome === 'bad')
  const after = mine.find(
    ({ outcome, start }) => outcome === 'good' && last !== undefined && start > last.start,
  )
  const length = first === undefined || after === undefined ? 0 : after.start - first.start
  return { lo: length, hi: length }
}
