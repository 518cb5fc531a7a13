import type {
  AppendOptions,
  AppendResult,
  Claim,
  CompiledEnvironment,
  CompiledScenario,
  EnvironmentClock,
  PlatformInstant,
  RunEventBody,
  RunId,
  RunState,
  WorldInstant,
} from '@firedrill/core'
import { plusMs, worldAt } from '@firedrill/core'
import { fitted } from './fit-events.ts'
import type { EnginePorts } from './ports.ts'

/** How long a claim lasts without renewal, in platform milliseconds: whoever takes over from a killed worker waits for it. */
export const LEASE_MS = 4000
/** How often a held claim is renewed. */
export const RENEW_MS = 1600
/** An act may only begin while at least this much of the lease is left. */
export const LEASE_LEFT_MIN_MS = LEASE_MS * 0.4
/** No request may leave when less than this of the lease is left: it takes its time to arrive. */
const LEASE_MARGIN_MS = 500

/** When a claim was asked for and answered, in milliseconds of the worker's monotonic clock. */
export type ClaimTaken = Readonly<{ askedMs: number; answeredMs: number }>

/** What the guard says right before an act. `stopped`: halt or abort. `too-late`: too little of the lease is left. */
export type Guarded = 'go' | 'stopped' | 'too-late'

/** Thrown when the epoch is no longer ours: whatever was being done must stop at once, somebody else has the run. */
export class Fenced extends Error {
  readonly code = 'fenced'
}

type TenurePorts = Pick<EnginePorts, 'runs' | 'clock' | 'actor'>

/**
 * One worker's hold on one run: its epoch, the state as last seen, and the two clocks. All writing goes through
 * `record`, which the store fences by the epoch.
 */
export class Tenure {
  readonly id: RunId
  readonly epoch: number
  /** The run's number, as people call it. */
  readonly number: number
  readonly scenario: CompiledScenario
  readonly environment: CompiledEnvironment
  readonly clock: EnvironmentClock
  state: RunState
  /** Newest sequence of the journal that `state` is folded from. */
  foldedSeq: number
  #ports: TenurePorts
  #platform: PlatformInstant
  #world: WorldInstant
  #monotonicMs: number
  #leaseEndsMs: number

  constructor(
    claim: Claim,
    definitions: Readonly<{ scenario: CompiledScenario; environment: CompiledEnvironment }>,
    ports: TenurePorts,
    taken: ClaimTaken,
  ) {
    this.id = claim.run.id
    this.epoch = claim.epoch
    this.number = claim.run.number
    this.state = claim.run.state
    this.foldedSeq = claim.run.foldedSeq
    this.clock = claim.clock
    this.scenario = definitions.scenario
    this.environment = definitions.environment
    this.#ports = ports
    this.#platform = claim.now
    this.#world = worldAt(claim.clock, claim.now)
    this.#monotonicMs = taken.answeredMs
    this.#leaseEndsMs = taken.askedMs + LEASE_MS
  }

  /** True while a request may leave: asked each time, so that a process that was paused finds out before it acts. */
  readonly holds = (): boolean => this.#ports.clock.monotonicMs() < this.#leaseEndsMs - LEASE_MARGIN_MS

  /** Lengthens the lease. False: it is lost. */
  async renew(): Promise<boolean> {
    const askedMs = this.#ports.clock.monotonicMs()
    const isRenewed = await this.#ports.runs.renew(this.id, this.epoch, LEASE_MS)
    if (isRenewed) this.#leaseEndsMs = askedMs + LEASE_MS
    return isRenewed
  }

  /** True when somebody asked for abort, whatever the state as last seen says. */
  async isAbortAsked(): Promise<boolean> {
    const { epochHolds, abortRequested } = await this.#ports.runs.guard(this.id, this.epoch)
    return epochHolds && abortRequested
  }

  /** Platform time: the database's last word plus what passed since on the local monotonic clock. */
  now(): PlatformInstant {
    return plusMs(this.#platform, this.#ports.clock.monotonicMs() - this.#monotonicMs)
  }

  /** World time at `now()`. A world that stands still may have gone on since: then it is the store's last word. */
  worldNow(): WorldInstant {
    return plusMs(this.#world, ((this.now() - this.#platform) / 1000) * this.clock.rate)
  }

  /** Appends events whatever the state has become: for outcomes, which must never be dropped. @throws Fenced */
  async record(events: readonly RunEventBody[], options?: AppendOptions): Promise<void> {
    this.#took(
      await this.#ports.runs.append(
        this.id,
        { kind: 'epoch', epoch: this.epoch },
        this.#ports.actor,
        () => fitted(events),
        options,
      ),
    )
  }

  /**
   * Appends events only while `holds` is true of the state under the row lock: for intents. Answers whether it was,
   * or which target another run holds. @throws Fenced
   */
  async recordIf(
    holds: (state: RunState) => boolean,
    events: (at: Readonly<{ now: PlatformInstant; worldNow: WorldInstant }>) => readonly RunEventBody[],
    options?: AppendOptions,
  ): Promise<Readonly<{ done: boolean; lockedBy?: string }>> {
    let done = false
    const decide = (state: RunState, at: Readonly<{ now: PlatformInstant; worldNow: WorldInstant }>) => {
      done = holds(state)
      return done ? fitted(events(at)) : []
    }
    const result = await this.#ports.runs.append(
      this.id,
      { kind: 'epoch', epoch: this.epoch },
      this.#ports.actor,
      decide,
      options,
    )
    if (!result.ok && result.why === 'locked')
      return { done: false, lockedBy: `${result.target} is held by ${result.by}` }
    this.#took(result)
    return { done }
  }

  /** Appends what a pure decision makes of the state under the row lock. @throws Fenced */
  async recordDecided(
    decide: (state: RunState) => readonly RunEventBody[],
    options?: AppendOptions,
  ): Promise<void> {
    this.#took(
      await this.#ports.runs.append(
        this.id,
        { kind: 'epoch', epoch: this.epoch },
        this.#ports.actor,
        (state) => fitted(decide(state)),
        options,
      ),
    )
  }

  /** Whether an act may begin: asked of the store, whose clock is taken over. @throws Fenced when the run is no longer ours. */
  async mayAct(kind: 'inject' | 'recover'): Promise<Guarded> {
    const askedMs = this.#ports.clock.monotonicMs()
    const view = await this.#ports.runs.guard(this.id, this.epoch)
    this.#toldTime(view)
    if (!view.epochHolds) throw new Fenced(`epoch ${this.epoch} of ${this.id} has passed`)
    this.#leaseEndsMs = askedMs + view.leaseLeftMs
    if (view.leaseLeftMs < LEASE_LEFT_MIN_MS) return 'too-late'
    return kind === 'recover' || (!view.halted && !view.abortRequested) ? 'go' : 'stopped'
  }

  #took(result: AppendResult): void {
    if (!result.ok) throw new Fenced(`the journal of ${this.id} refused: ${result.why}`)
    this.state = result.state
    this.foldedSeq = result.foldedSeq
    this.#toldTime(result)
  }

  #toldTime({ now, worldNow }: Readonly<{ now: PlatformInstant; worldNow: WorldInstant }>): void {
    this.#platform = now
    this.#world = worldNow
    this.#monotonicMs = this.#ports.clock.monotonicMs()
  }
}
