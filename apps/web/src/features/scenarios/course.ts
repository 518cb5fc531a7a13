import type { ScenarioDetail } from '@firedrill/contracts'

type Compiled = ScenarioDetail['compiled']

/** A stretch of what would happen, in milliseconds from the start. */
export type CourseBar = Readonly<{
  key: string
  look: 'work' | 'fault' | 'undo'
  from: number
  to: number
  text: string
}>

/** The course a drill takes at most: nothing in it is an estimate, every length stands in the scenario. */
export type Course = Readonly<{ bars: readonly CourseBar[]; total: number }>

/** Lays out baseline, faults, the way back and settling, each as long as it may take. Pure. */
export function courseOf(compiled: Compiled): Course {
  const baseline = compiled.steadyState.forMs
  const starts = startsOf(compiled.steps, baseline)
  const faults = compiled.steps.flatMap((step): CourseBar[] => {
    const from = starts.get(step.name) ?? baseline
    return step.kind === 'inject'
      ? [{ key: step.name, look: 'fault', from, to: from + step.durationMs, text: `${step.name}, at most` }]
      : [{ key: step.name, look: 'work', from, to: from + step.durationMs, text: `wait: ${step.name}` }]
  })
  const lastIn = Math.max(baseline, ...compiled.steps.map((step) => starts.get(step.name) ?? 0))
  const expiry = Math.max(...faults.map(({ to }) => to))
  const undoFrom =
    compiled.response === 'restore' ? expiry : Math.min(expiry, lastIn + compiled.timing.observeMaxMs)
  const undoTo = undoFrom + compiled.timing.recoverWithinMs
  const total = undoTo + compiled.timing.settleMs
  return {
    total,
    bars: [
      { key: 'baseline', look: 'work', from: 0, to: baseline, text: 'baseline' },
      ...faults.map((bar) => ({ ...bar, to: Math.min(bar.to, Math.max(bar.from, undoFrom)) })),
      { key: 'undo', look: 'undo', from: undoFrom, to: undoTo, text: 'put back and verify' },
      { key: 'settle', look: 'work', from: undoTo, to: total, text: 'settle, read again' },
    ],
  }
}

/** When each step may start: after those it waits for; a wait lasts its length, a fault is in at once. */
function startsOf(steps: Compiled['steps'], baseline: number): ReadonlyMap<string, number> {
  const starts = new Map<string, number>()
  const startOf = (name: string, seen: readonly string[]): number => {
    const known = starts.get(name)
    if (known !== undefined) return known
    const step = steps.find((candidate) => candidate.name === name)
    if (step === undefined || seen.includes(name)) return baseline
    const start = Math.max(
      baseline,
      ...step.after.map((before) => {
        const previous = steps.find((candidate) => candidate.name === before)
        return startOf(before, [...seen, name]) + (previous?.kind === 'wait' ? previous.durationMs : 0)
      }),
    )
    starts.set(name, start)
    return start
  }
  for (const step of steps) startOf(step.name, [])
  return starts
}
