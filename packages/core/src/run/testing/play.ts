import type { CompiledEnvironment } from '../../environment/environment.ts'
import type { RunId } from '../../ids/ids.ts'
import { eventHash, GENESIS, type JournalEvent, type Sha256 } from '../../journal/envelope.ts'
import type { CompiledScenario } from '../../scenario/scenario.ts'
import { isClean } from '../../target/injection.ts'
import type { PlatformInstant, WorldInstant } from '../../time/instant.ts'
import type { Command } from '../command.ts'
import { EVENT_SCHEMAS, EVENT_VERSIONS, type Observation, type RunEventBody } from '../events.ts'
import { evolve } from '../evolve.ts'
import { next } from '../next.ts'
import type { RunState } from '../state.ts'
import { isEnd, isPuttingIn } from '../status.ts'
import { isInHands, isLeft, undoDecisions } from '../undo-hands.ts'

/** FNV-1a widened to 64 hex digits: enough to notice a change, and core has no SHA-256 of its own. */
export const digest: Sha256 = (text) => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash.toString(16).padStart(64, '0')
}

const target = (n: number) => ({ id: `i-${n}`, label: `web-${n}`, region: 'eu-west-1' })

/** Two faults, the second after the first, on targets that overlap in nothing. */
export const scenario: CompiledScenario = {
  apiVersion: 'firedrill.dev/v1',
  kind: 'Scenario',
  name: 'two-faults',
  title: 't',
  description: '',
  hypothesis: 'h',
  labels: {},
  response: 'automatic',
  acceptIrreversible: false,
  blastRadius: { targetsMax: 10, percentMax: 100 },
  probes: [
    {
      name: 'web',
      kind: 'http',
      url: 'http://x/',
      method: 'GET',
      status: [200],
      periodMs: 1000,
      timeoutMs: 1000,
    },
  ],
  steadyState: { forMs: 10_000, probes: ['web'], successRatioMin: 1 },
  steps: ['one', 'two'].map((name, i) => ({
    kind: 'inject' as const,
    name,
    after: i === 0 ? [] : ['one'],
    fault: 'f',
    durationMs: 600_000,
    parameters: {},
    targets: { region: 'primary', tags: {}, zones: [], choose: { mode: 'all' as const }, max: 5 },
  })),
  objectives: [
    {
      kind: 'recovery-time',
      name: 'r',
      maxMs: 60_000,
      source: { from: 'probe', probe: 'web' },
      sustained: { goodInARow: 3, holdMs: 1000 },
    },
  ],
  stopConditions: [],
  timing: { observeMaxMs: 120_000, recoverWithinMs: 60_000, settleMs: 10_000 },
}
const environment = { approvalsNeeded: 0 } as CompiledEnvironment

/** splitmix32: small, seeded, good enough to choose interleavings. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** How events become a state; a control arm may fold otherwise. */
export type Fold = typeof evolve

/** A run over a world of its own, in which the truth about every target is known. */
export class Play {
  readonly events: JournalEvent[] = []
  readonly broken = new Set<string>()
  /** Targets that somebody else changed since they were captured. */
  readonly foreign = new Set<string>()
  /** Steps that a scheduler of the cloud would take out. */
  readonly booked = new Set<string>()
  /** What the world saw that must never happen. */
  readonly crimes: string[] = []
  /** True while the cloud turns injections down now and then. */
  refuses = false
  /** True where the environment demands a scheduler of the cloud: for every other seed. */
  readonly isScheduled: boolean
  state: RunState | undefined
  now = 1_000_000_000_000_000
  #chance: () => number
  #fold: Fold

  constructor(seed: number, fold: Fold = evolve) {
    this.#chance = random(seed)
    this.#fold = fold
    this.isScheduled = seed % 2 === 1
    this.append([
      {
        type: 'run-created',
        data: {
          teamId: 'default',
          drillId: 'd',
          scenario: { name: 's', hash: '0'.repeat(64) },
          environment: { name: 'e', hash: '0'.repeat(64) },
          seed,
        },
      },
    ])
  }

  /** Plays without anybody interfering; gives up rather than going round for ever. */
  toEnd(): void {
    for (let count = 0; count < 600 && !isEnd(this.current.status); count++) this.step()
  }

  append(bodies: readonly RunEventBody[]): void {
    for (const body of bodies) {
      EVENT_SCHEMAS[body.type].parse(body.data)
      this.now += 1000
      const event = {
        runId: 'run_x' as RunId,
        seq: this.events.length + 1,
        v: EVENT_VERSIONS[body.type],
        type: body.type,
        at: this.now as PlatformInstant,
        worldAt: this.now as WorldInstant,
        actor: { kind: 'worker' as const, id: 'w', name: 'w' },
        data: body.data,
        prev: this.events.at(-1)?.hash ?? GENESIS,
      }
      const whole = { ...event, hash: eventHash(event, digest) } as JournalEvent
      this.events.push(whole)
      this.state = this.#fold(this.state, whole)
    }
  }

  get current(): RunState {
    if (this.state === undefined) throw new Error('no state')
    return this.state
  }

  step(): Command {
    const command = next(this.current, {
      scenario,
      environment,
      now: this.now as PlatformInstant,
      worldNow: this.now as WorldInstant,
    })
    this.carryOut(command)
    return command
  }

  /** A worker that may die anywhere: before the act, after it, or after its answer was lost. */
  carryOut(command: Command): void {
    const dies = this.#chance() < 0.15
    switch (command.do) {
      case 'end':
        return
      case 'wait':
        this.now = Math.max(this.now, Math.min(command.until ?? this.now + 60_000_000, this.now + 30_000_000))
        this.reaperTakesCopies()
        return
      case 'back-off':
        this.now = command.until
        return
      case 'record':
        return this.append(command.events)
      case 'plan':
        return this.append([
          {
            type: 'planned',
            data: {
              planHash: '1'.repeat(64),
              permissions: [],
              steps: [
                ['one', 1],
                ['two', 3],
              ].map(([step, n]) => ({
                step: String(step),
                fault: 'f',
                faultVersion: 1,
                restoration: 'exact' as const,
                population: 4,
                capture: '1'.repeat(64),
                targets: [target(Number(n)), target(Number(n) + 1)],
              })),
            },
          },
        ])
      case 'check-guardrails':
        return this.append([
          { type: 'guardrails-checked', data: { answers: [], allowed: true } },
          { type: 'status-changed', data: { from: 'preflight', to: 'baseline', why: 'ok' } },
        ])
      case 'check-steady-state':
        return this.append([
          { type: 'steady-state-checked', data: { holds: true, seen: 'ok' } },
          { type: 'status-changed', data: { from: 'baseline', to: 'injecting', why: 'ok' } },
        ])
      case 'prepare-undo':
        return this.append([
          {
            type: 'undo-prepared',
            data: { step: command.step.name, undo: '2'.repeat(64), expiresAt: this.now + 600_000_000 },
          },
        ])
      case 'inject':
        if (!isPuttingIn(this.current.status)) this.crimes.push(`put in while ${this.current.status}`)
        if (this.isScheduled && !this.bookDeadMan(command.step.name, dies)) return
        this.append([
          {
            type: 'injection-requested',
            data: { step: command.step.name, key: 'k', attempt: 1, expiresAt: this.now + 600_000_000 },
          },
        ])
        if (dies && this.#chance() < 0.5) return
        if (this.refuses && this.#chance() < 0.5) return
        for (const id of this.idsOf(command.step.name)) this.broken.add(id)
        if (dies) return
        return this.append([
          { type: 'injection-accepted', data: { step: command.step.name, handle: 'h', requestIds: [] } },
        ])
      case 'confirm-injection': {
        if (dies) return
        const seen = this.idsOf(command.step.name).map((id) => ({
          target: id,
          injection: this.broken.has(id)
            ? ('injected' as const)
            : this.foreign.has(id)
              ? ('unknown' as const)
              : ('failed-to-inject' as const),
          seen: '',
        }))
        this.now += 1_000_000
        const { status } = this.current
        // As the engine does with what does not show in time.
        if (seen.some(({ injection }) => injection === 'unknown') && this.#chance() < 0.3)
          this.append([
            { type: 'status-changed', data: { from: status, to: 'recovering', why: 'not shown' } },
          ])
        return this.append([
          { type: 'injection-observed', data: { step: command.step.name, observations: seen } },
        ])
      }
      case 'watch':
        this.now += 20_000_000
        if (this.#chance() < 0.2) this.append([{ type: 'response-seen', data: { seen: 'ok' } }])
        return
      case 'recover':
        this.append([
          { type: 'recovery-requested', data: { step: command.step, reason: command.reason, attempt: 1 } },
        ])
        if (dies && this.#chance() < 0.5) return
        if (this.#chance() < 0.8) this.undo(command.step)
        if (dies) return
        return this.append([{ type: 'recovery-accepted', data: { step: command.step, requestIds: [] } }])
      case 'confirm-recovery': {
        this.now += 3_000_000
        if (dies) return
        const seen = this.idsOf(command.step).map((id) => this.look(command.step, id))
        return this.append([
          { type: 'restoration-observed', data: { step: command.step, observations: seen } },
        ])
      }
      case 'release-dead-man': {
        const open = this.idsOf(command.step).filter((id) => this.broken.has(id) && !this.isLeft(id))
        if (open.length > 0) this.crimes.push(`the dead man of ${open.join(', ')} was called off too early`)
        this.booked.delete(command.step)
        if (dies) return
        return this.append([
          { type: 'dead-man-released', data: { step: command.step, seen: 'ok', isGone: true } },
        ])
      }
      case 'page':
        if (dies) return
        return this.append([{ type: 'paged', data: { page: command.page, via: 'command', seen: 'ok' } }])
      case 'measure':
        return this.append([
          {
            type: 'measured',
            data: {
              measurement: {
                provisional: command.provisional,
                verdict: 'inconclusive',
                reason: 'r',
                objectives: [],
                points: {},
                parts: {},
                crossChecks: [],
                samples: [],
                evidence: [],
              },
            },
          },
        ])
    }
  }

  /** As the engine does before an act; false when it comes to nothing for now. */
  bookDeadMan(step: string, dies: boolean): boolean {
    const known = this.current.steps[step]?.deadMan
    if (known?.isArmed === true) return true
    const firesAt = this.now + 900_000_000
    this.append([{ type: 'dead-man-asked', data: { step, schedules: ['s'], firesAt } }])
    if (dies && this.#chance() < 0.5) return false
    if (!dies && this.#chance() < 0.1) {
      const failure = { kind: 'denied', operation: 'o', code: 'c', message: 'm' } as const
      this.append([{ type: 'call-failed', data: { step, act: 'arm', attempt: 1, failure } }])
      return false
    }
    this.booked.add(step)
    if (dies) return false
    this.append([{ type: 'dead-man-armed', data: { step, seen: 'ok' } }])
    return true
  }

  /** As a driver does: what people left or have not answered for is not touched, and nothing foreign is unasked. */
  undo(step: string): void {
    const state = this.current.steps[step]
    if (state === undefined) return
    if (isInHands(this.current, state))
      this.crimes.push(`${step} was undone while it was in a person's hands`)
    const { left = [], untouched = [], overwrite = [] } = undoDecisions(state) ?? {}
    for (const id of this.idsOf(step)) {
      if (left.includes(id) || untouched.includes(id)) continue
      if (this.foreign.has(id) && !overwrite.includes(id)) continue
      this.foreign.delete(id)
      this.broken.delete(id)
    }
  }

  /** As the engine sees a target after undo. */
  look(step: string, id: string): Observation {
    const known = this.current.steps[step]?.targets[id]
    const isBack = !this.broken.has(id) && !this.foreign.has(id)
    if (known !== undefined && isLeft(known) && !isBack) return { target: id, injection: 'left', seen: '' }
    if (this.foreign.has(id))
      return {
        target: id,
        injection: 'unknown',
        seen: '',
        foreign: { captured: 'a', ours: 'b', now: 'c' },
      }
    return { target: id, injection: isBack ? 'restored' : 'injected', seen: '' }
  }

  /** Somebody else changes a target while our fault is in it. */
  change(id: string): void {
    if (!this.broken.has(id)) return
    this.broken.delete(id)
    this.foreign.add(id)
  }

  reaperTakesCopies(): void {
    for (const [step, { undo, acknowledged }] of Object.entries(this.current.steps)) {
      if (undo !== undefined && !acknowledged)
        this.append([{ type: 'kit-acknowledged', data: { step, undo, reaper: 'r' } }])
    }
  }

  idsOf(step: string): readonly string[] {
    return Object.keys(this.current.steps[step]?.targets ?? {})
  }

  isLeft(id: string): boolean {
    return Object.values(this.current.steps).some(({ targets }) => targets[id]?.injection === 'left')
  }

  /** The promises that must hold after every single event. */
  broke(): string | undefined {
    const { status, steps } = this.current
    const [crime] = this.crimes
    if (crime !== undefined) return crime
    const open = [...this.broken, ...this.foreign].filter((id) => !this.isLeft(id))
    if (isEnd(status) && open.length > 0)
      return `the run is ${status} while ${open.join(', ')} is still broken`
    if (isEnd(status) && this.booked.size > 0)
      return `the run is ${status} and the dead man of ${[...this.booked].join(', ')} was not called off`
    for (const [name, step] of Object.entries(steps)) {
      if (step.requestedAt !== undefined && !step.acknowledged)
        return `step ${name} was asked for without an acknowledged kit`
      for (const [id, seen] of Object.entries(step.targets)) {
        if (isClean(seen.injection) && (this.broken.has(id) || this.foreign.has(id)))
          return `${id} is called ${seen.injection} while it is broken`
      }
    }
    return undefined
  }
}
