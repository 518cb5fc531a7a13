import { describe, expect, it } from 'vitest'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { CompiledScenario } from '../scenario/scenario.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import type { Command } from './command.ts'
import { decideAbort, decideExpiry } from './decide.ts'
import { stepsToUndo } from './next-undo.ts'
import { next } from './next.ts'
import { isEnd } from './status.ts'
import { Play, random, scenario } from './testing/play.ts'

const withSteps = (after: readonly string[]): CompiledScenario => ({
  ...scenario,
  response: 'evacuation',
  steps: scenario.steps.map((step) =>
    step.kind === 'inject'
      ? { ...step, part: 'response', after: step.name === 'two' ? [...after] : [] }
      : step,
  ),
})
/** Two steps of an evacuation that wait for nobody, and the same one on top of the other. */
const apart = withSteps([])
const stacked = withSteps(['one'])

class Evacuation extends Play {
  readonly of: CompiledScenario
  /** How many steps could be asked to go, each time one was. */
  readonly goingTogether: number[] = []

  constructor(seed: number, of: CompiledScenario) {
    super(seed)
    this.of = of
  }

  override step(): Command {
    const command = next(this.current, {
      scenario: this.of,
      environment: { approvalsNeeded: 0 } as CompiledEnvironment,
      now: this.now as PlatformInstant,
      worldNow: this.now as WorldInstant,
    })
    if (command.do === 'recover')
      this.goingTogether.push(stepsToUndo(this.current, this.of, this.now as WorldInstant).length)
    this.carryOut(command)
    return command
  }

  /** Where each kind of event stands in the journal. */
  placesOf(type: string): readonly number[] {
    return this.events.flatMap((event, index) => (event.type === type ? [index] : []))
  }
}

function toEnd(run: Evacuation, disturb: () => void = () => undefined): string | undefined {
  for (let count = 0; count < 800 && !isEnd(run.current.status); count++) {
    run.step()
    disturb()
    const broke = run.broke()
    if (broke !== undefined) return broke
  }
  return isEnd(run.current.status) ? undefined : `stuck in ${run.current.status}`
}

/** Runs in which nothing had to be asked twice. */
function smooth(of: CompiledScenario): readonly Evacuation[] {
  return Array.from({ length: 40 }, (_, seed) => {
    const run = new Evacuation(seed, of)
    expect(toEnd(run)).toBeUndefined()
    return run
  }).filter((run) => run.placesOf('injection-accepted').length === 2 && run.goingTogether.length > 0)
}

const isTogether = (run: Evacuation) =>
  Math.max(...run.placesOf('undo-prepared')) < Math.min(...run.placesOf('injection-requested')) &&
  Math.max(...run.placesOf('injection-accepted')) < Math.min(...run.placesOf('injection-observed'))

describe('steps that wait for nobody', () => {
  it('are all prepared, then all asked for, before anything is waited for; and go back together', () => {
    const ran = smooth(apart)
    expect(ran.length).toBeGreaterThan(10)
    expect(ran.filter((run) => !isTogether(run))).toEqual([])
    expect(ran.some(({ goingTogether }) => goingTogether[0] === 2)).toBe(true)
  })

  it('control: one on top of the other they go one by one, both ways', () => {
    const ran = smooth(stacked)
    expect(ran.length).toBeGreaterThan(10)
    expect(ran.filter(isTogether)).toEqual([])
    expect(ran.flatMap(({ goingTogether }) => goingTogether).every((count) => count === 1)).toBe(true)
  })

  it('end clean, whoever aborts, whatever expires and whatever dies', () => {
    const problems = Array.from({ length: 150 }, (_, seed) => {
      const run = new Evacuation(seed, apart)
      const chance = random(seed ^ 0x2545f491)
      return toEnd(run, () => {
        if (chance() < 0.02) run.append(decideAbort(run.current, 'somebody said stop').events)
        if (chance() < 0.02) run.append(decideExpiry(run.current, 'past its expiry').events)
      })
    }).filter((problem) => problem !== undefined)
    expect(problems).toEqual([])
  })
})
