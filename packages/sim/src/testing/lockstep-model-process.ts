import type { TimeKeeper, WaitAnswer, WaitReport } from '../control/time-keeper.ts'
import type { Micros } from '../world/model.ts'

/** What may go wrong on purpose, so that the checks of the model can be seen to catch it. */
export const PLANTED_BUGS = [
  /** Reports count in the order in which they arrive, not in which they were sent. */
  'arrival-order',
  /** Nobody looks again when a request has begun to wait for world time. */
  'parked-unnoticed',
  /** A wait whose connection broke is left as it is. */
  'broken-unnoticed',
  /** Processes with requests on their way do not take in that time moves under them. */
  'deaf',
  /** A process that is started again counts its reports from nought. */
  'counts-anew',
] as const
/** One of them. */
export type PlantedBug = (typeof PLANTED_BUGS)[number]

/** Real milliseconds without a word after which the keeper goes on without a process. */
export const LEASE_MS = 1000

/** A promise that did not hold. */
export class Broken extends Error {}

/** What a process has around it: the keeper, a network in which everything is under way for a while, and chance. */
export interface ModelWorld {
  readonly options: { readonly bug?: PlantedBug }
  readonly keeper: TimeKeeper
  readonly steps: number
  /** A whole number below `limit`. */
  pick(limit: number): number
  later(label: string, run: () => void): void
  port(): number
  /** A request reaches the simulator; `ms` is how long its answer takes in world time. */
  arrive(port: number, ms: number, answered: () => void): void
  isParked(port: number): boolean
  hangUp(port: number): void
  /** The report number that the keeper is to take for one that was sent. */
  reportNumber(sent: number): number
  checkTurn(process: ModelProcess, turn: Readonly<{ due: Micros; worldAt: Micros; answeredIn: number }>): void
}

const MS: Micros = 1000
const SLEEPS_MS = [0, 1, 1, 2, 5, 10, 1000]
const ANSWERS_MS = [0, 0, 0, 1, 2, 5, 10]

/** One thing after another: sleeping, or asking the simulator for something. */
interface Task {
  jobsLeft: number
  state: 'running' | 'sleeping' | 'asking' | 'done'
  port: number | null
}

/** A wait that was sent and has not come back. */
interface OpenWait {
  hasArrived: boolean
  isAnswered: boolean
  isBroken: boolean
}

/** What a process is until it is killed; what comes too late for it finds another in its place. */
class Life {
  readonly tasks: Task[]
  readonly sleepers: { readonly due: Micros; readonly task: Task }[] = []
  readonly waits = new Set<OpenWait>()
  worldAt: Micros = 0
  isIn = false
  /** The step of the history in which it joined. */
  joinedIn = 0
  isReported = false
  isSettling = false

  constructor(tasks: Task[]) {
    this.tasks = tasks
  }
}

/**
 * A process in lockstep time, as the protocol has it: it says that it is busy when it was waiting and something comes up,
 * and reports again once it has nothing left to do. Messages to the keeper and back may overtake each other.
 */
export class ModelProcess {
  readonly name: string
  readonly #model: ModelWorld
  #life: Life | null = null
  /** Whether it is yet to be started, for the first time or again. */
  #isToStart = true
  #report = 0

  constructor(model: ModelWorld, name: string) {
    this.#model = model
    this.name = name
  }

  /** Begins a new life with some work. */
  start(): void {
    const tasks = Array.from({ length: 1 + this.#model.pick(3) }, (): Task => {
      return { jobsLeft: 1 + this.#model.pick(6), state: 'running', port: null }
    })
    const life = new Life(tasks)
    this.#life = life
    this.#isToStart = false
    // Of what an earlier life sent something may still be on its way; the numbers of a new one have to be beyond it.
    if (this.#model.options.bug === 'counts-anew') this.#report = 0
    this.#join(life, () => {
      for (const task of tasks) this.#soon(life, () => this.#next(life, task))
    })
  }

  isFinished(): boolean {
    if (this.#isToStart) return false
    return this.#life === null || (this.#life.isIn && this.#life.tasks.every(({ state }) => state === 'done'))
  }

  /** Shows that it lives, unless it has said what it waits for. */
  beat(): void {
    if (this.#life?.isIn && !this.#life.isReported) this.#model.keeper.beat(this.name)
  }

  /** Whether it is doing something of its own, and had joined by a step of the history. */
  isWorking(since = Infinity): boolean {
    const life = this.#life
    return (
      life?.isIn === true && life.joinedIn <= since && life.tasks.some(({ state }) => state === 'running')
    )
  }

  /** @throws Broken when time may not move to `at` for this process's sake. */
  checkBeforeJump(at: Micros): void {
    const life = this.#life
    if (life === null || !life.isIn) return
    if (this.isWorking()) throw new Broken(`time moved while ${this.name} worked`)
    for (const { due } of life.sleepers)
      if (due < at) throw new Broken(`time moved past an instant for which ${this.name} sleeps`)
    for (const { state, port } of life.tasks) {
      if (state !== 'asking' || port === null) continue
      if (!this.#model.isParked(port))
        throw new Broken(`time moved over an answer to ${this.name} that needs none`)
      if (life.worldAt < at) throw new Broken(`${this.name} was not told before time moved under its request`)
    }
  }

  /** Ends it as SIGKILL does; half of the time it is started again. */
  kill(): void {
    const life = this.#life
    if (life === null) return
    this.#life = null
    for (const { port } of life.tasks)
      if (port !== null) this.#model.later('hang up', () => this.#model.hangUp(port))
    for (const wait of life.waits) this.#breakOff(wait)
    this.#isToStart = this.#model.pick(2) === 0
    if (this.#isToStart) this.#model.later('restart', () => this.start())
  }

  /** One of its connections to the keeper breaks; it notices and reports again. */
  breakConnection(): void {
    const life = this.#life
    const wait = life?.waits.values().next().value
    if (!life || wait === undefined) return
    this.#breakOff(wait)
    life.waits.delete(wait)
    this.#soon(life, () => this.#again(life))
  }

  #breakOff(wait: OpenWait): void {
    wait.isBroken = true
    if (!wait.hasArrived || this.#model.options.bug === 'broken-unnoticed') return
    this.#model.later('closed', () => {
      if (!wait.isAnswered) this.#model.keeper.leave(this.name)
    })
  }

  /** Has something happen to this life later, if it still goes on then. */
  #soon(life: Life, run: () => void): void {
    this.#model.later(this.name, () => {
      if (this.#life === life) run()
    })
  }

  #join(life: Life, joined: () => void): void {
    this.#soon(life, () => {
      const worldAt = this.#model.keeper.join(this.name, LEASE_MS)
      life.isIn = true
      life.joinedIn = this.#model.steps
      life.worldAt = Math.max(life.worldAt, worldAt)
      this.#soon(life, joined)
    })
  }

  #next(life: Life, task: Task): void {
    task.port = null
    task.jobsLeft -= 1
    if (task.jobsLeft < 0) {
      task.state = 'done'
    } else if (this.#model.pick(2) === 0) {
      task.state = 'sleeping'
      const due = life.worldAt + MS * pickOf(SLEEPS_MS, this.#model)
      life.sleepers.push({ due, task })
    } else this.#ask(life, task, pickOf(ANSWERS_MS, this.#model))
    this.#changed(life)
  }

  #ask(life: Life, task: Task, ms: number): void {
    const port = this.#model.port()
    task.state = 'asking'
    task.port = port
    this.#soon(life, () =>
      this.#model.arrive(port, ms, () =>
        this.#soon(life, () => {
          // From here on it works, and has not said so: the keeper sees that the request has ended.
          task.state = 'running'
          this.#soon(life, () => this.#next(life, task))
        }),
      ),
    )
  }

  #changed(life: Life): void {
    if (life.isReported) {
      life.isReported = false
      const report = this.#number()
      this.#model.later('busy', () => this.#model.keeper.busy(this.name, report()))
    }
    if (life.isSettling) return
    life.isSettling = true
    this.#soon(life, () => {
      life.isSettling = false
      this.#reportIfIdle(life)
    })
  }

  #reportIfIdle(life: Life): void {
    if (life.isReported || this.isWorking()) return
    const holds = life.tasks.flatMap(({ state, port }) =>
      state === 'asking' && port !== null ? [[port]] : [],
    )
    const until = life.sleepers.length === 0 ? null : Math.min(...life.sleepers.map(({ due }) => due))
    life.isReported = true
    const report = this.#number()
    const wait: OpenWait = { hasArrived: false, isAnswered: false, isBroken: false }
    life.waits.add(wait)
    this.#model.later('wait', () => {
      if (wait.isBroken) return
      wait.hasArrived = true
      this.#arrive(life, wait, { report: report(), until, holds })
    })
  }

  #arrive(life: Life, wait: OpenWait, report: WaitReport): void {
    const back = (then: () => void): void =>
      this.#soon(life, () => {
        if (life.waits.delete(wait)) then()
      })
    const waited = this.#model.keeper.wait(this.name, report)
    if (waited === null) return back(() => this.#rejoin(life))
    void this.#await(waited, wait, (answer, answeredIn) => back(() => this.#hear(life, answer, answeredIn)))
  }

  async #await(
    waited: Promise<WaitAnswer>,
    wait: OpenWait,
    answered: (answer: WaitAnswer, step: number) => void,
  ): Promise<void> {
    const answer = await waited
    wait.isAnswered = true
    answered(answer, this.#model.steps)
  }

  #hear(life: Life, answer: WaitAnswer, answeredIn: number): void {
    if (answer.kind === 'superseded') return
    if (answer.kind === 'due' || this.#model.options.bug !== 'deaf')
      life.worldAt = Math.max(life.worldAt, answer.worldAt)
    life.isReported = false
    const first = life.sleepers.toSorted((a, b) => a.due - b.due)[0]
    if (answer.kind === 'due' && first !== undefined && first.due <= life.worldAt) {
      life.sleepers.splice(life.sleepers.indexOf(first), 1)
      this.#model.checkTurn(this, { due: first.due, worldAt: life.worldAt, answeredIn })
      first.task.state = 'running'
      this.#soon(life, () => this.#next(life, first.task))
    }
    this.#changed(life)
  }

  #rejoin(life: Life): void {
    life.isReported = false
    this.#join(life, () => this.#changed(life))
  }

  #again(life: Life): void {
    life.isReported = false
    this.#changed(life)
  }

  /** The number of the next report, as the keeper will take it once it arrives. */
  #number(): () => number {
    const sent = this.#report++
    return () => this.#model.reportNumber(sent)
  }
}

const pickOf = (values: readonly number[], model: ModelWorld): number =>
  values[model.pick(values.length)] ?? 0
