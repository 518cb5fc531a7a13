import type { Micros } from '../world/model.ts'
import type { World } from '../world/world.ts'
import type { LockstepClock } from './clock.ts'
import type { Traffic } from './traffic.ts'

/** What the time keeper takes from the process around it. */
export interface KeeperSurroundings {
  /** Real milliseconds, never backwards. */
  readonly nowMs: () => number
  /** Has something done once what has arrived on sockets by now has been dealt with. */
  readonly defer: (run: () => void) => void
  /** Says a line to people. */
  readonly say: (line: string) => void
}

const PROCESS: KeeperSurroundings = {
  nowMs: () => performance.now(),
  defer: (run) => void setImmediate(run),
  say: (line) => void process.stderr.write(`${line}\n`),
}

/** What a process says when it has nothing left to do at this instant. */
export interface WaitReport {
  /** Counts up with each report of a member; older ones that come late are passed over. */
  readonly report: number
  /** When it next wakes; null for not by itself. */
  readonly until: Micros | null
  /**
   * Work in hand that waits for an answer: the local ports of its connections. Time goes on over it only if the answer
   * itself waits for world time.
   */
  readonly holds: readonly (readonly number[])[]
}

/** What a waiting process is told. */
export type WaitAnswer =
  /** It is this member's turn: the instant it waited for is here. */
  | { readonly kind: 'due'; readonly worldAt: Micros }
  /** Time goes on to this instant while its requests wait; it should report again. */
  | { readonly kind: 'moved'; readonly worldAt: Micros }
  /** A later report of the same member stands instead. */
  | { readonly kind: 'superseded'; readonly worldAt: Micros }

interface Member {
  readonly name: string
  readonly leaseMs: number
  heardAtMs: number
  latestReport: number
  waiting: (WaitReport & { readonly answer: (answer: WaitAnswer) => void }) | null
  /** The latest instant it was told of. */
  seenAt: Micros
}

/**
 * Lockstep: world time stands still while any registered process is busy or any request is being worked on, and then jumps
 * to the next instant at which something is due. Members that are due at one instant take their turns by name, one at a
 * time, which is what makes results repeat. With no member time stands still.
 */
export class TimeKeeper {
  readonly #world: Pick<World, 'kernel' | 'sync' | 'commit'>
  readonly #clock: LockstepClock
  readonly #traffic: Pick<Traffic, 'isBusy' | 'isWaiting' | 'onCalmer'>
  readonly #around: KeeperSurroundings
  readonly #members = new Map<string, Member>()
  readonly #sweep: NodeJS.Timeout
  #announced: Micros | null = null
  #considering = false

  constructor(
    world: Pick<World, 'kernel' | 'sync' | 'commit'>,
    clock: LockstepClock,
    traffic: Pick<Traffic, 'isBusy' | 'isWaiting' | 'onCalmer'>,
    around: KeeperSurroundings = PROCESS,
  ) {
    this.#world = world
    this.#clock = clock
    this.#traffic = traffic
    this.#around = around
    traffic.onCalmer = () => this.#considerSoon()
    this.#sweep = setInterval(() => this.dropSilent(), 250)
    this.#sweep.unref()
  }

  /** Takes a process in, busy until its first report. One of the same name is taken to have been restarted. */
  join(name: string, leaseMs: number): Micros {
    this.#forget(name)
    // Where others have already been told of the next instant, it is that: a sleep from before it would end too late.
    const seenAt = this.#announced ?? this.#clock.now()
    this.#members.set(name, {
      name,
      leaseMs,
      heardAtMs: this.#around.nowMs(),
      latestReport: -1,
      waiting: null,
      seenAt,
    })
    return seenAt
  }

  /** Shows that a process lives. False for one that is not registered (any more). */
  beat(name: string): boolean {
    const member = this.#members.get(name)
    if (member) member.heardAtMs = this.#around.nowMs()
    return member !== undefined
  }

  /** A process that waited has something to do after all. False for one that is not registered. */
  busy(name: string, report: number): boolean {
    const member = this.#members.get(name)
    if (member === undefined) return false
    this.beat(name)
    if (report <= member.latestReport) return true
    member.latestReport = report
    this.#supersede(member)
    return true
  }

  /** Resolves when it is the member's turn, or its report is overtaken. Null for one that is not registered. */
  wait(name: string, report: WaitReport): Promise<WaitAnswer> | null {
    const member = this.#members.get(name)
    if (member === undefined) return null
    this.beat(name)
    if (report.report <= member.latestReport)
      return Promise.resolve({ kind: 'superseded', worldAt: this.#clock.now() })
    member.latestReport = report.report
    this.#supersede(member)
    const { promise, resolve } = Promise.withResolvers<WaitAnswer>()
    member.waiting = { ...report, answer: resolve }
    this.#considerSoon()
    return promise
  }

  /** Lets a process go, by its own wish or because its connection broke while it waited. */
  leave(name: string): void {
    this.#forget(name)
    this.#considerSoon()
  }

  /** Who is registered, and what time waits for. */
  describe(): unknown {
    return {
      worldAt: this.#clock.now(),
      members: [...this.#members.values()].map(({ name, waiting, heardAtMs }) => ({
        name,
        state: waiting === null ? 'busy' : 'waiting',
        until: waiting?.until ?? null,
        unexplainedHolds: waiting === null ? 0 : this.#unexplained(waiting).length,
        silentForMs: Math.round(this.#around.nowMs() - heardAtMs),
      })),
      requestsInFlight: this.#traffic.isBusy(),
    }
  }

  /** Gives up: everybody who waits is told so. */
  close(): void {
    clearInterval(this.#sweep)
    for (const name of this.#members.keys()) this.#forget(name)
  }

  #considerSoon(): void {
    if (this.#considering) return
    this.#considering = true
    this.#around.defer(() => {
      this.#considering = false
      this.#consider()
    })
  }

  #consider(): void {
    while (this.#isCalm()) {
      const turn = this.#nextTurn()
      if (turn !== undefined) {
        turn.seenAt = this.#clock.now()
        this.#answer(turn, { kind: 'due', worldAt: turn.seenAt })
        return
      }
      const target = this.#announced ?? this.#nextInstant()
      if (target === null) return
      if (this.#announce(target)) return
      this.#announced = null
      this.#clock.jumpTo(target)
      this.#world.sync()
      this.#world.commit()
    }
  }

  #isCalm(): boolean {
    if (this.#members.size === 0 || this.#traffic.isBusy()) return false
    for (const { waiting } of this.#members.values())
      if (waiting === null || this.#unexplained(waiting).length > 0) return false
    return true
  }

  #unexplained({ holds }: WaitReport): readonly (readonly number[])[] {
    return holds.filter((ports) => !ports.some((port) => this.#traffic.isWaiting(port)))
  }

  /** The first of those that are due now: by the instant they wanted, then by name. */
  #nextTurn(): Member | undefined {
    const now = this.#clock.now()
    return [...this.#members.values()]
      .filter(({ waiting }) => waiting !== null && waiting.until !== null && waiting.until <= now)
      .sort((a, b) => (a.waiting?.until ?? 0) - (b.waiting?.until ?? 0) || (a.name < b.name ? -1 : 1))[0]
  }

  #nextInstant(): Micros | null {
    const wanted = [...this.#members.values()].flatMap(({ waiting }) =>
      waiting === null || waiting.until === null ? [] : [waiting.until],
    )
    const answers = this.#world.kernel.nextWaitAt()
    if (answers !== null) wanted.push(answers)
    return wanted.length === 0 ? null : Math.min(...wanted)
  }

  /**
   * Members with requests on their way hear of the new instant before any answer reaches them, or they would take the time
   * of that answer for the old one. True if somebody has to be heard first.
   */
  #announce(target: Micros): boolean {
    const unaware = [...this.#members.values()].filter(
      ({ waiting, seenAt }) => waiting !== null && waiting.holds.length > 0 && seenAt < target,
    )
    if (unaware.length === 0) return false
    this.#announced = target
    for (const member of unaware) {
      member.seenAt = target
      this.#answer(member, { kind: 'moved', worldAt: target })
    }
    return true
  }

  #answer(member: Member, answer: WaitAnswer): void {
    const waiting = member.waiting
    member.waiting = null
    waiting?.answer(answer)
  }

  #supersede(member: Member): void {
    this.#answer(member, { kind: 'superseded', worldAt: this.#clock.now() })
  }

  #forget(name: string): void {
    const member = this.#members.get(name)
    if (member === undefined) return
    this.#members.delete(name)
    // Nobody is left who has heard of it.
    if (this.#members.size === 0) this.#announced = null
    this.#supersede(member)
  }

  /**
   * Goes on without processes that were silent for longer than their lease while time waited for them: one that was killed
   * or hangs cannot hold it. Runs by itself four times a second.
   */
  dropSilent(): void {
    const now = this.#around.nowMs()
    for (const { name, heardAtMs, leaseMs, waiting } of this.#members.values()) {
      // One that waits has an open connection, whose end is noticed at once.
      if (waiting !== null || now - heardAtMs <= leaseMs) continue
      this.#around.say(`lockstep: ${name} was silent for ${leaseMs} ms, time goes on without it`)
      this.leave(name)
    }
  }
}
