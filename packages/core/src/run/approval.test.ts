import { describe, expect, it } from 'vitest'
import type { CompiledEnvironment } from '../environment/environment.ts'
import { approval as guardrail } from '../guardrail/checks/approval.ts'
import { passingFacts, PRODUCTION, SANDBOX } from '../guardrail/testing/passing-facts.ts'
import type { RunId } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'
import { platformInstant, worldInstant } from '../time/instant.ts'
import { APPROVAL_VALID_MS, targetsHash, type Approval } from './approval.ts'
import { decideApprove, decideDecline } from './decide-approval.ts'
import { decidePause, decideResume } from './decide-by-person.ts'
import type { RunEventBody } from './events.ts'
import { evolve } from './evolve.ts'
import { next } from './next.ts'
import type { RunState } from './state.ts'
import { digest, random, scenario } from './testing/play.ts'

const HOUR = 3_600_000_000
const WORKER: Actor = { kind: 'worker', id: 'w', name: 'w' }
const person = (id: string, name = id): Actor => ({ kind: 'person', id, name })
/** Ana starts the run, and has a second account at the same identity provider. */
const PEOPLE = [
  person('ana'),
  person('ana', 'Ana, at home'),
  person('bo'),
  person('bo', 'Bo, on call'),
  person('cy'),
  person('di'),
]
const PIPELINE: Actor = { kind: 'ci', id: 'ci', name: 'pipeline' }
const planOf = (number: number) => digest(`plan ${number}`)
const target = (id: string) => ({ id, label: id, region: 'eu-west-1' })

/** What the test itself saw a person look at and agree to. */
type Look = Readonly<{ by: Actor; plan: string; targets: string; at: number }>
/** What an arm takes out of the judgement, by the approvals it lets the judge see. */
type Blind = (given: readonly Approval[], now: Found) => readonly Approval[]
type Found = Readonly<{ plan: string; targets: string; author: string }>

/** A run that waits for approvals, in a world that changes behind it. */
class Waiting {
  now = 1_767_225_600_000_000
  looks: Look[] = []
  resources: readonly string[]
  /** What the evidence store gives back for the frozen plan. */
  file: string
  state: RunState
  readonly environment: CompiledEnvironment
  #seq = 0
  #blind: Blind

  constructor(environment: CompiledEnvironment, blind: Blind = (given) => given) {
    this.environment = environment
    this.#blind = blind
    this.resources = ['i-1', 'i-2']
    this.file = planOf(0)
    const pin = { name: 'x', hash: '0'.repeat(64) }
    this.state = this.#fold(
      undefined,
      {
        type: 'run-created',
        data: { teamId: 't', drillId: 'd', scenario: pin, environment: pin, seed: 1 },
      },
      person('ana'),
    )
    this.freeze(0)
    this.append([
      { type: 'status-changed', data: { from: 'planning', to: 'awaiting-approval', why: 'asked' } },
    ])
  }

  /** Freezes a plan on the targets that there are now. */
  freeze(number: number): void {
    const planHash = planOf(number)
    const targets = this.resources.map(target)
    const step = { step: 'one', fault: 'f', faultVersion: 1, restoration: 'exact', population: 9 } as const
    this.append([
      {
        type: 'planned',
        data: { planHash, steps: [{ ...step, targets, capture: planHash }], permissions: [] },
      },
    ])
    this.file = planHash
  }

  append(bodies: readonly RunEventBody[], by: Actor = WORKER): void {
    for (const body of bodies) this.state = this.#fold(this.state, body, by)
  }

  approve(by: Actor, plan = this.state.planHash ?? ''): string | undefined {
    const targets = this.targetsOf(this.state.planned[0]?.targets.map(({ id }) => id) ?? [])
    const asked = decideApprove(this.state, { by, plan, reason: 'seen' }, this.context())
    if (asked.refused === undefined) this.looks.push({ by, plan, targets, at: this.now })
    this.append(asked.events, by)
    return asked.refused
  }

  context() {
    return { environment: this.environment, now: platformInstant(this.now), sha256: digest }
  }

  targetsOf(ids: readonly string[]): string {
    return targetsHash([{ step: 'one', fault: 'f', targets: ids.map(target) }], digest)
  }

  /** What the platform does next. True once it would put the first fault in. */
  advance(): boolean {
    const { environment, now } = this.context()
    const targets = this.targetsOf(this.resources)
    const found = { plan: this.file, targets, author: 'ana' }
    const seen = (plan: string) => this.#blind(this.state.approvals ?? [], { ...found, plan })
    const state = { ...this.state, approvals: [...seen(this.state.planHash ?? '')] }
    const command = next(state, { scenario, environment, now, worldNow: worldInstant(this.now) })
    if (command.do === 'record') this.append(command.events)
    if (this.state.status !== 'preflight') return false
    const approvals = { given: seen(this.file), author: this.state.author, plan: this.file, targets }
    const { allow, reason } = guardrail.ask(passingFacts({ environment, now, approvals }))
    const to = allow ? 'baseline' : 'refused'
    this.append([{ type: 'status-changed', data: { from: 'preflight', to, why: reason } }])
    return allow
  }

  /** The people who looked at what is about to happen, a day ago at most, and did not start it; told by the test alone. */
  agreed(): number {
    const targets = this.targetsOf(this.resources)
    const day = 24 * HOUR
    const those = this.looks.filter(
      ({ by, ...look }) =>
        by.kind === 'person' &&
        by.id !== 'ana' &&
        look.plan === this.file &&
        look.targets === targets &&
        this.now < look.at + day,
    )
    return new Set(those.map(({ by }) => by.id)).size
  }

  #fold(state: RunState | undefined, { type, data }: RunEventBody, actor: Actor): RunState {
    const at = platformInstant(this.now)
    const worldAt = worldInstant(this.now)
    this.#seq += 1
    const runId = 'run_x' as RunId
    return evolve(state, {
      runId,
      seq: this.#seq,
      v: 1,
      type,
      at,
      worldAt,
      actor,
      data,
      prev: '',
      hash: '',
    })
  }
}

/** Plays one random sequence. True: faults would have gone in without the people it takes. */
function bypassed(seed: number, blind?: Blind): Readonly<{ ran: boolean; bypass: boolean }> {
  const chance = random(seed)
  const pick = <T>(all: readonly T[], otherwise: T): T => all[Math.floor(chance() * all.length)] ?? otherwise
  const needed = 1 + Math.floor(chance() * 3)
  const run = new Waiting({ ...PRODUCTION, approvalsNeeded: needed }, blind)
  for (let count = 0; count < 30; count++) {
    const what = chance()
    if (what < 0.4) run.approve(pick([...PEOPLE, PIPELINE], PIPELINE), what < 0.05 ? planOf(2) : undefined)
    else if (what < 0.5) run.now += Math.floor(chance() * 20) * HOUR
    else if (what < 0.56) run.freeze(Math.floor(chance() * 3))
    else if (what < 0.62) run.file = planOf(Math.floor(chance() * 3))
    else if (what < 0.7) run.resources = pick([['i-1', 'i-2'], ['i-1', 'i-3'], ['i-2']], ['i-9'])
    else if (what < 0.74) run.append(decidePause(run.state, 'hold').events)
    else if (what < 0.82) run.append(decideResume(run.state, 'go on').events)
    else {
      const agreed = run.agreed()
      if (run.advance()) return { ran: true, bypass: agreed < needed }
      if (run.state.status === 'refused') return { ran: false, bypass: false }
    }
  }
  return { ran: false, bypass: false }
}

const SEQUENCES = 10_000
const play = (count: number, blind?: Blind) =>
  Array.from({ length: count }, (_, seed) => bypassed(seed, blind))

describe('10,000 random approval sequences', () => {
  it('put no fault in without as many others as are needed, who saw this very plan on these very targets', () => {
    const all = play(SEQUENCES)
    expect(all.filter(({ bypass }) => bypass)).toHaveLength(0)
    expect(all.filter(({ ran }) => ran).length).toBeGreaterThan(SEQUENCES / 10)
  })

  const arms: Readonly<Record<string, Blind>> = {
    'the hashes': (given, { plan, targets }) => given.map((one) => ({ ...one, plan, targets })),
    'the hash of the targets': (given, { targets }) => given.map((one) => ({ ...one, targets })),
    'the expiry': (given) => given.map((one) => ({ ...one, expiresAt: Number.MAX_SAFE_INTEGER })),
  }
  it.each(Object.entries(arms))('control: without a look at %s some do', (_, blind) => {
    expect(play(1000, blind).filter(({ bypass }) => bypass).length).toBeGreaterThan(0)
  })
})

describe('an approval', () => {
  const cloud = (needed: number) => new Waiting({ ...PRODUCTION, approvalsNeeded: needed })

  it('is not taken from whoever started the run, from a pipeline, or of a plan that is not the frozen one', () => {
    const run = cloud(1)
    expect(run.approve(person('ana', 'Ana, at home'))).toContain('you started this run')
    expect(run.approve(PIPELINE)).toContain('only people')
    expect(run.approve(person('bo'), planOf(1))).toContain('look again')
    expect(run.state.approvals).toBeUndefined()
  })

  it('counts once a person, and again once it has expired', () => {
    const run = cloud(2)
    run.approve(person('bo'))
    run.approve(person('bo', 'Bo, on call'))
    expect(run.advance()).toBe(false)
    expect(run.state.approvals).toHaveLength(1)
    run.now += APPROVAL_VALID_MS * 1000
    run.approve(person('cy'))
    expect(run.advance()).toBe(false)
    run.approve(person('bo'))
    expect(run.advance()).toBe(true)
  })

  it('of one’s own run counts in a sandbox, where nobody else exists, and the journal says that it is one’s own', () => {
    const run = new Waiting({ ...SANDBOX, approvalsNeeded: 1 })
    expect(run.approve(person('ana'))).toBeUndefined()
    expect(run.state.approvals).toMatchObject([{ own: true, by: { id: 'ana' } }])
    expect(run.advance()).toBe(true)
  })

  it('of one’s own run counts nowhere that only calls itself a sandbox', () => {
    const run = new Waiting({ ...PRODUCTION, environmentKind: 'sandbox', approvalsNeeded: 1 })
    expect(run.approve(person('ana'))).toContain('somebody else')
  })

  it('that is declined ends the run with who and why, held or not, and nothing can be said after that', () => {
    const run = cloud(1)
    run.append(decidePause(run.state, 'hold').events)
    const no = { by: person('bo'), plan: planOf(0), reason: 'a launch today' }
    run.append(decideDecline(run.state, no, run.context()).events, person('bo'))
    expect(run.state).toMatchObject({ status: 'cancelled', declined: { by: 'bo', reason: 'a launch today' } })
    expect(run.approve(person('cy'))).toContain('it is cancelled')
  })

  it('of a scheduled run is not taken from whoever booked the schedule', () => {
    const run = cloud(1)
    const scheduled = { schedule: 's', at: 1, bookedBy: person('bo') }
    const created = {
      type: 'run-created',
      data: {
        teamId: 't',
        drillId: 'd',
        scenario: { name: 'x', hash: digest('') },
        environment: { name: 'x', hash: digest('') },
        seed: 1,
        scheduled,
      },
    } as const
    const at = { at: platformInstant(1), worldAt: worldInstant(1), prev: '', hash: '' }
    const actor: Actor = { kind: 'system', id: 's', name: 'schedule' }
    const { author } = evolve(undefined, {
      runId: 'run_x' as RunId,
      seq: 1,
      v: 1,
      ...created,
      ...at,
      actor,
    })
    run.state = { ...run.state, ...(author === undefined ? {} : { author }) }
    expect(run.approve(person('bo'))).toContain('you started this run')
    expect(run.approve(person('cy'))).toBeUndefined()
  })
})
