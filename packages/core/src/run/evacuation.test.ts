import { describe, expect, it } from 'vitest'
import type { CompiledEnvironment } from '../environment/environment.ts'
import type { CompiledScenario } from '../scenario/scenario.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import type { Command } from './command.ts'
import { decideAbort, decideExpiry } from './decide.ts'
import { next } from './next.ts'
import { isEnd, type Status } from './status.ts'
import { Play, random, scenario } from './testing/play.ts'

const [fault, act] = scenario.steps
if (fault?.kind !== 'inject' || act?.kind !== 'inject') throw new Error('the scenario has two steps')
const response = { ...act, part: 'response' } as const
const evacuation: CompiledScenario = { ...scenario, response: 'evacuation', steps: [fault, response] }
/** Nothing is broken: two steps of the response, one on top of the other. */
const planned: CompiledScenario = {
  ...evacuation,
  steps: [{ ...fault, part: 'response' }, response],
}

/** A run of an evacuation that remembers what was undone, and in which status the run was at each step. */
class Evacuation extends Play {
  readonly undone: string[] = []
  readonly went: Status[] = []
  readonly #of: CompiledScenario
  readonly #first: string

  constructor(seed: number, of: CompiledScenario, first: string) {
    super(seed)
    this.#of = of
    this.#first = first
  }

  override step(): Command {
    const command = next(this.current, {
      scenario: this.#of,
      environment: { approvalsNeeded: 0 } as CompiledEnvironment,
      now: this.now as PlatformInstant,
      worldNow: this.now as WorldInstant,
    })
    if (command.do === 'recover') this.look1(command.step)
    if (command.do === 'inject' && this.current.failbackAt !== undefined)
      this.crimes.push(`${command.step.name} was done in the failback`)
    this.carryOut(command)
    if (this.went.at(-1) !== this.current.status) this.went.push(this.current.status)
    return command
  }

  /** Nothing else may be undone while anything of the step that goes first is in. */
  look1(step: string): void {
    if (this.undone.at(-1) !== step) this.undone.push(step)
    const open = this.idsOf(this.#first).filter((id) => this.broken.has(id))
    if (step !== this.#first && open.length > 0)
      this.crimes.push(`${step} was undone while ${open.join(', ')} was still in`)
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

/** Faults go before the response, and of two steps of the response the later one goes first. */
const CASES = [
  ['after a fault', evacuation, 'one'],
  ['as planned, with nothing broken', planned, 'two'],
] as const

describe.each(CASES)('an evacuation %s', (_, of, first) => {
  it('goes out, is watched, and comes back as a leg of its own', () => {
    const ran = Array.from({ length: 60 }, (_, seed) => {
      const run = new Evacuation(seed, of, first)
      expect(toEnd(run)).toBeUndefined()
      return run
    }).filter(({ went }) => went.includes('observing') && !went.includes('needs-person'))
    expect(ran.length).toBeGreaterThan(10)
    for (const { went, current } of ran) {
      const from = went.indexOf('injecting')
      const course = went.slice(from).join(' ')
      expect(course).toMatch(
        /^injecting responding observing recovering (verifying )?responding verifying settling closed$/,
      )
      expect(current.failbackAt).toBeGreaterThan(current.decidedAt ?? Infinity)
    }
  })

  it('is undone in order, whoever aborts, whatever expires and whatever dies', () => {
    const problems = Array.from({ length: 300 }, (_, seed) => {
      const run = new Evacuation(seed, of, first)
      const chance = random(seed ^ 0x2545f491)
      return toEnd(run, () => {
        if (chance() < 0.02) run.append(decideAbort(run.current, 'somebody said stop').events)
        if (chance() < 0.02) run.append(decideExpiry(run.current, 'past its expiry').events)
      })
    }).filter((problem) => problem !== undefined)
    expect(problems).toEqual([])
  })
})

describe('control', () => {
  it('catches an order that is the other way round', () => {
    const problems = Array.from({ length: 30 }, (_, seed) => toEnd(new Evacuation(seed, evacuation, 'two')))
    expect(problems.some((problem) => problem?.includes('was undone while'))).toBe(true)
  })

  it('has no failback after an abort: everything goes at once, faults first', () => {
    const run = new Evacuation(4, evacuation, 'one')
    while (run.current.status !== 'observing') run.step()
    run.append(decideAbort(run.current, 'stop').events)
    expect(toEnd(run)).toBeUndefined()
    expect(run.current.failbackAt).toBeUndefined()
    expect(run.undone).toEqual(['one', 'two'])
  })
})
