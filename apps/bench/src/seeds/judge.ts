import { createHash } from 'node:crypto'
import {
  eventHash,
  GENESIS,
  type JournalEvent,
  type PlatformInstant,
  type RunEventBody,
} from '@firedrill/core'
import type { Effect } from './cloud.ts'

/** How long after its expiry, or after the last trouble when that is later, a fault may still be in. */
const GRACE_MS = 60_000
/** How long after a halt a request may still arrive that was let go before it: a lease, and its time on the way. */
const LET_GO_MS = 6500

const SETTLED = ['restored', 'replaced', 'spent', 'left']
const ENDS = ['closed', 'refused', 'cancelled', 'missed']

type Step = {
  targets: Set<string>
  undo?: string
  acknowledged?: string
  keys: Set<string>
  expiresAt: number
  confirmed: Set<string>
  last: Map<string, string>
}
type Run = {
  readonly id: string
  last: JournalEvent | undefined
  epoch: number
  status: string
  steps: Map<string, Step>
  skipped: Set<string>
  aborted: boolean
  takenOver: boolean
}
type Live = Readonly<{ run: Run; step: Step; key: string }>

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/**
 * Says what was broken of what must never be. Knows the journals, event by event, what happened to the targets, when the
 * halt was set, and the names of the recovery kits on disk; it shares no code with the engine but the journal's hash.
 */
export class Judge {
  readonly problems: string[] = []
  #runs = new Map<string, Run>()
  #owners = new Map<string, Readonly<{ run: Run; step: string }>>()
  #live = new Map<string, Live>()
  #injected = new Map<string, Set<string>>()
  #haltSince: number | undefined
  readonly #disk: ReadonlyMap<string, string>
  readonly #troubleUntil: () => number

  constructor(disk: ReadonlyMap<string, string>, troubleUntil: () => number) {
    this.#disk = disk
    this.#troubleUntil = troubleUntil
  }

  halted(since: PlatformInstant | undefined): void {
    this.#haltSince = since
  }

  /** A target changed. */
  felt({ at, what, target, key = '' }: Effect): void {
    if (what === 'changed') return void this.#live.delete(target)
    const owner = this.#owners.get(key)
    if (owner === undefined) return this.#wrong(`${target} was broken without an intent in any journal`)
    const { run, step: name } = owner
    const step = run.steps.get(name)
    if (step === undefined) return this.#wrong(`${target} was broken by a step that was never planned`)
    if (!step.targets.has(target)) this.#wrong(`${target} was broken and is no frozen target of ${name}`)
    if (step.undo === undefined || step.acknowledged !== step.undo)
      this.#wrong(`${target} was broken and the undo plan of ${name} is not acknowledged`)
    if (!this.#disk.has(`${run.id}.${name}`))
      this.#wrong(`${target} was broken and there is no recovery kit of ${name} on disk`)
    const before = this.#injected.get(key) ?? new Set()
    if (before.has(target)) this.#wrong(`${target} was broken twice for one key`)
    this.#injected.set(key, before.add(target))
    const other = this.#live.get(target)
    if (other !== undefined && other.key !== key) this.#wrong(`${target} was broken by two at once`)
    if (this.#haltSince !== undefined && at > this.#haltSince + LET_GO_MS * 1000)
      this.#wrong(`${target} was broken ${(at - this.#haltSince) / 1000} ms after the halt was set`)
    if (ENDS.includes(run.status)) this.#wrong(`${target} was broken after its run was ${run.status}`)
    this.#live.set(target, { run, step, key })
  }

  /** Events that were written. */
  saw(events: readonly JournalEvent[]): void {
    for (const event of events) this.#read(event)
  }

  /** After every step: whether anything is in that must be out by now. */
  look(now: PlatformInstant): void {
    for (const [target, { run, step }] of this.#live) {
      const dueAt = Math.max(step.expiresAt, this.#troubleUntil()) + GRACE_MS * 1000
      if (now > dueAt && !run.takenOver) this.#wrong(`${target} is broken after its expiry and grace`)
    }
  }

  /** True while a fault is in that nobody answers for but the platform. */
  readonly isLive = (target: string): boolean => this.#live.has(target)

  /** True when there was a run and every run has ended. */
  isOver(): boolean {
    return this.#runs.size > 0 && [...this.#runs.values()].every(({ status }) => ENDS.includes(status))
  }

  /** When everything is over. */
  end(): void {
    for (const target of this.#live.keys()) this.#wrong(`${target} is left broken`)
    for (const { id, status } of this.#runs.values())
      if (!ENDS.includes(status)) this.#wrong(`${id} is still ${status}`)
  }

  #wrong(what: string): void {
    if (!this.problems.includes(what)) this.problems.push(what)
  }

  #read(event: JournalEvent): void {
    const run = this.#runs.get(event.runId) ?? blank(event.runId)
    this.#runs.set(event.runId, run)
    const { hash, ...rest } = event
    if (event.seq !== (run.last?.seq ?? 0) + 1) this.#wrong(`the journal jumps to ${event.seq}`)
    if (event.prev !== (run.last?.hash ?? GENESIS)) this.#wrong(`event ${event.seq} breaks the chain`)
    if (hash !== eventHash(rest, sha256)) this.#wrong(`event ${event.seq} does not carry its hash`)
    if (event.epoch !== undefined && event.epoch < run.epoch)
      this.#wrong(`epoch ${event.epoch} wrote after epoch ${run.epoch}`)
    run.epoch = Math.max(run.epoch, event.epoch ?? 0)
    run.last = event
    this.#take(run, { type: event.type, data: event.data } as RunEventBody)
  }

  #take(run: Run, { type, data }: RunEventBody): void {
    switch (type) {
      case 'planned':
        for (const { step, targets } of data.steps) {
          const known = run.steps.get(step) ?? blankStep()
          for (const { id } of targets) known.targets.add(id)
          run.steps.set(step, known)
        }
        return
      case 'undo-prepared':
        return change(run, data.step, (step) => {
          step.undo = data.undo
        })
      case 'kit-acknowledged':
        return change(run, data.step, (step) => {
          step.acknowledged = data.undo
        })
      case 'injection-requested':
        if (run.status !== 'injecting')
          this.#wrong(`step ${data.step} was asked for while the run was ${run.status}`)
        if (run.aborted) this.#wrong(`step ${data.step} was asked for after the abort`)
        this.#owners.set(data.key, { run, step: data.step })
        return change(run, data.step, (step) => {
          step.keys.add(data.key)
          step.expiresAt = data.expiresAt
          for (const id of step.targets) step.last.set(id, 'requested')
        })
      case 'injection-observed':
        return change(run, data.step, (step) => {
          for (const { target, injection } of data.observations) {
            step.last.set(target, injection)
            if (injection === 'injected') step.confirmed.add(target)
          }
        })
      case 'restoration-observed':
        return change(run, data.step, (step) => {
          for (const { target, injection } of data.observations) step.last.set(target, injection)
        })
      case 'step-cleared':
        return change(run, data.step, (step) => {
          step.keys.clear()
        })
      case 'step-skipped':
        return void run.skipped.add(data.step)
      case 'abort-requested':
        run.aborted = true
        return
      case 'taken-over':
        run.takenOver = true
        return
      case 'target-resolved':
        if (data.answer === 'retry' || data.answer === 'restore-ours') run.takenOver = false
        // A person answers for what a person leaves.
        if (data.answer === 'accept-as-is' || data.answer === 'keep-theirs') this.#live.delete(data.target)
        return
      case 'measured':
        return this.#measured(run, data.measurement)
      case 'status-changed':
        run.status = data.to
        if (ENDS.includes(data.to)) this.#ended(run)
        return
      case 'run-created':
      case 'guardrails-checked':
      case 'steady-state-checked':
      case 'dead-man-asked':
      case 'dead-man-armed':
      case 'dead-man-released':
      case 'injection-accepted':
      case 'step-waited':
      case 'call-failed':
      case 'stop-condition-breached':
      case 'response-seen':
      case 'recovery-requested':
      case 'recovery-accepted':
      case 'note-added':
      case 'person-needed':
      case 'paged':
      case 'page-failed':
      case 'step-retry-asked':
      case 'approved':
      case 'approval-declined':
      case 'runbook-step-started':
      case 'runbook-step-done':
      case 'runbook-step-skipped':
    }
  }

  #measured(run: Run, { verdict }: Readonly<{ verdict: string }>): void {
    if (verdict !== 'held') return
    if (run.aborted) this.#wrong('an aborted run is said to have held')
    for (const [name, { targets, confirmed }] of run.steps)
      if (!run.skipped.has(name) && confirmed.size < targets.size)
        this.#wrong(`a run is said to have held although step ${name} was never confirmed`)
  }

  #ended(run: Run): void {
    for (const [name, { keys, last }] of run.steps) {
      const open = keys.size === 0 ? [] : [...last].filter(([, injection]) => !SETTLED.includes(injection))
      if (open.length > 0) this.#wrong(`a run is ${run.status} and ${open.join(', ')} of ${name} is open`)
    }
    for (const [target, live] of this.#live)
      if (live.run === run) this.#wrong(`a run is ${run.status} while ${target} is broken`)
  }
}

function change(run: Run, name: string, how: (step: Step) => void): void {
  const step = run.steps.get(name) ?? blankStep()
  run.steps.set(name, step)
  how(step)
}

function blank(id: string): Run {
  return {
    id,
    last: undefined,
    epoch: 0,
    status: 'booked',
    steps: new Map(),
    skipped: new Set(),
    aborted: false,
    takenOver: false,
  }
}

function blankStep(): Step {
  return { targets: new Set(), keys: new Set(), expiresAt: 0, confirmed: new Set(), last: new Map() }
}
