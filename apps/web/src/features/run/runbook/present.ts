import type { ProbeLane, RunbookStepView, RunRunbook } from '@firedrill/contracts'
import { duration, limit } from '../../../format/duration.ts'
import type { IconName } from '../../../ui/icon.tsx'
import type { Role } from '../../../vocabulary/word.ts'

/** How a step is shown: shape, colour, the word for where it stands, and its time against the expected one. */
export type StepLook = Readonly<{ icon: IconName; role: Role; word: string; time: string; isLate: boolean }>

/** Where a step stands at a moment of world time. */
export function lookOf(step: RunbookStepView, worldNow: number): StepLook {
  const { started, done, skipped, expectedMicros, state } = step
  const expected = limit(expectedMicros)
  switch (state) {
    case 'open':
      return { icon: 'open', role: 'plain', word: 'not begun', time: `expected ${expected}`, isLate: false }
    case 'skipped':
      return {
        icon: 'not-run',
        role: 'inconclusive',
        word: `left out by ${skipped?.by ?? 'somebody'}`,
        time: '',
        isLate: false,
      }
    case 'started':
    case 'done': {
      const took = Math.max(0, (done?.worldAt ?? worldNow) - (started?.worldAt ?? worldNow))
      const over = took - expectedMicros
      const time = `${duration(took, 0)} of ${expected}${over > 0 ? `, ${duration(over, 0)} over` : ''}`
      return done === null
        ? {
            icon: 'people',
            role: 'people',
            word: `${started?.by ?? 'somebody'} is at it`,
            time,
            isLate: over > 0,
          }
        : { icon: 'held', role: 'held', word: `done by ${done.by}`, time, isLate: over > 0 }
    }
  }
}

/** The step that is next: the first that somebody is at, else the first that nobody has begun. */
export function nextStep({ steps }: RunRunbook): RunbookStepView | undefined {
  return steps.find(({ state }) => state === 'started') ?? steps.find(({ state }) => state === 'open')
}

/** What the probe of a step's check shows by the newest samples, in words; undefined for a step without one. */
export function checkWords(
  { check, done }: RunbookStepView,
  lanes: readonly ProbeLane[],
): Readonly<{ role: Role; icon: IconName; says: string }> | undefined {
  if (check === null) return undefined
  if (done?.checked !== null && done?.checked !== undefined)
    return { role: 'held', icon: 'held', says: `passed: ${done.checked}` }
  const newest = lanes
    .filter(({ probe }) => probe === check)
    .map(({ vantage, points }) => ({ vantage, point: points.at(-1) }))
  if (newest.length === 0)
    return { role: 'plain', icon: 'unknown', says: `probe ${check} has no samples yet` }
  const bad = newest.filter(({ point }) => point === undefined || point.bad > 0)
  return bad.length === 0
    ? { role: 'held', icon: 'held', says: `probe ${check} is good from every vantage` }
    : {
        role: 'deviated',
        icon: 'deviated',
        says: `probe ${check} fails from ${bad.map(({ vantage }) => vantage).join(', ')}`,
      }
}

/** How far people have come, for the heading. */
export function progressWords({ steps, isOpen }: RunRunbook): string {
  const over = steps.filter(({ state }) => state === 'done' || state === 'skipped').length
  const left = isOpen ? '' : over < steps.length ? '; it is over' : ''
  return `${over} of ${steps.length} steps${left}`
}
