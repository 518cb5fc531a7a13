import { LockstepClock } from '../control/clock.ts'
import { TimeKeeper } from '../control/time-keeper.ts'
import { Kernel } from '../world/kernel.ts'
import { SECOND, type Micros } from '../world/model.ts'
import { unitAt } from '../world/random.ts'
import { Store } from '../world/store.ts'
import { Broken, LEASE_MS, ModelProcess, type ModelWorld, type PlantedBug } from './lockstep-model-process.ts'

/** One random history of a time keeper with some processes. */
export interface ModelOptions {
  readonly seed: number
  /** Whether processes are killed and started again, connections break and real time passes. */
  readonly harsh: boolean
  readonly bug?: PlantedBug
}

/** What was seen of a history. */
export interface ModelOutcome {
  readonly steps: number
  readonly jumps: number
  /** The first promise that was broken, in words; null when all held. */
  readonly broken: string | null
}

const STEPS_MAX = 20_000

interface Request {
  parked: boolean
  closed: boolean
}

/** Runs one history to its end and says whether every promise of lockstep time held in it. */
export const runLockstepModel = async (options: ModelOptions): Promise<ModelOutcome> => {
  const model = new LockstepModel(options)
  try {
    return { ...(await model.run()), broken: null }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    return { steps: model.steps, jumps: model.jumps, broken: error.message }
  } finally {
    model.keeper.close()
  }
}

/** Keeper, network and processes of one history. What is pending happens one at a time, in an order that chance decides. */
class LockstepModel implements ModelWorld {
  readonly options: ModelOptions
  readonly keeper: TimeKeeper
  readonly kernel: Kernel
  readonly #requests = new Map<number, Request>()
  readonly #clock: WatchedClock
  readonly #traffic: { onCalmer: () => void; isBusy: () => boolean; isWaiting: (port: number) => boolean }
  readonly #processes: ModelProcess[]
  #pending: { readonly label: string; readonly run: () => void }[] = []
  #handling: Request | null = null
  #nowMs = 0
  #ports = 0
  #draws = 0
  #arrivals = 0
  steps = 0
  jumps = 0

  constructor(options: ModelOptions) {
    this.options = options
    const start = 1000 * SECOND
    this.#clock = new WatchedClock(start, (at) => this.#beforeJump(at))
    this.kernel = new Kernel({
      store: new Store(),
      seed: options.seed,
      instant: start,
      clock: () => this.#clock.now(),
    })
    this.#traffic = {
      onCalmer: () => undefined,
      isBusy: () => [...this.#requests.values()].some(({ parked, closed }) => !parked && !closed),
      isWaiting: (port) => this.#requests.get(port)?.closed === false,
    }
    this.kernel.onPark = () => this.#park()
    const world = { kernel: this.kernel, sync: () => this.kernel.sync(), commit: () => undefined }
    this.keeper = new TimeKeeper(world, this.#clock, this.#traffic, {
      nowMs: () => this.#nowMs,
      defer: (run) => this.later('consider', run),
      say: () => undefined,
    })
    const names = ['a', 'b', 'c'].slice(0, 1 + this.pick(3))
    this.#processes = names.map((name) => new ModelProcess(this, name))
  }

  /** A whole number below `limit`. */
  pick(limit: number): number {
    this.#draws += 1
    return Math.floor(unitAt(this.options.seed, 'model', this.#draws) * limit)
  }

  later(label: string, run: () => void): void {
    this.#pending.push({ label, run })
  }

  port(): number {
    this.#ports += 1
    return this.#ports
  }

  now(): Micros {
    return this.#clock.now()
  }

  async run(): Promise<{ steps: number; jumps: number }> {
    for (const process of this.#processes) this.later('start', () => process.start())
    while (this.#processes.some((process) => !process.isFinished())) {
      this.steps += 1
      if (this.steps > STEPS_MAX) throw new Broken('time moves, but the work never ends')
      if (this.options.harsh && this.pick(60) === 0) this.#strike()
      const [next] = this.#pending.splice(this.pick(this.#pending.length), 1)
      if (next === undefined) this.#lookForHang()
      else next.run()
      // The microtasks that it set off belong to it.
      for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
    }
    return { steps: this.steps, jumps: this.jumps }
  }

  /** A request of a process reaches the simulator. `ms` is how long its answer takes in world time. */
  arrive(port: number, ms: number, answered: () => void): void {
    const request: Request = { parked: false, closed: false }
    this.#requests.set(port, request)
    this.later('handle', () => {
      if (request.closed) return
      const close = (): void => {
        if (request.closed) return
        request.closed = true
        this.#traffic.onCalmer()
        answered()
      }
      if (ms === 0) return close()
      this.#handling = request
      void this.kernel.wait(this.now() + ms * 1000).then(() => this.later('respond', close))
      this.#handling = null
    })
  }

  /** Whether the answer on a connection waits for world time. */
  isParked(port: number): boolean {
    return this.#requests.get(port)?.parked === true
  }

  /** @throws Broken when it is not this process's turn to wake, or not the instant for which it slept. */
  checkTurn(
    process: ModelProcess,
    { due, worldAt, answeredIn }: Readonly<{ due: Micros; worldAt: Micros; answeredIn: number }>,
  ): void {
    if (this.options.harsh) return
    if (due !== worldAt) throw new Broken(`${process.name} woke ${worldAt - due} µs late`)
    const other = this.#processes.find((one) => one !== process && one.isWorking(answeredIn))
    if (other) throw new Broken(`${process.name} was woken while ${other.name} worked`)
  }

  /** The connection of a request is gone. */
  hangUp(port: number): void {
    const request = this.#requests.get(port)
    if (request === undefined || request.closed) return
    request.closed = true
    this.#traffic.onCalmer()
  }

  /** The report number that the keeper is to take for one that was sent. */
  reportNumber(sent: number): number {
    return this.options.bug === 'arrival-order' ? this.#arrivals++ : sent
  }

  #park(): () => void {
    const request = this.#handling
    if (request === null) return () => undefined
    request.parked = true
    if (this.options.bug !== 'parked-unnoticed') this.later('parked', () => this.#traffic.onCalmer())
    return () => {
      request.parked = false
    }
  }

  /** Time may only move while everybody who is in has nothing left to do, and nowhere past an instant that one waits for. */
  #beforeJump(at: Micros): void {
    this.jumps += 1
    if (at < this.now()) throw new Broken(`time went back to ${at}`)
    if (this.options.harsh) return
    for (const process of this.#processes) process.checkBeforeJump(at)
  }

  /** Nothing is on its way and nobody has anything to do, yet there is work left: unless a lease ends, that is a hang. */
  #lookForHang(): void {
    const before = JSON.stringify(this.keeper.describe())
    this.#passTime()
    if (this.#pending.length === 0) throw new Broken(`everybody waits for ever: ${before}`)
  }

  /** Longer than any lease passes; whoever lives has shown it. */
  #passTime(): void {
    for (let part = 0; part < 4; part += 1) {
      this.#nowMs += LEASE_MS / 3
      for (const process of this.#processes) process.beat()
      this.keeper.dropSilent()
    }
  }

  #strike(): void {
    const process = this.#processes[this.pick(this.#processes.length)]
    switch (this.pick(4)) {
      case 0:
        return process?.kill()
      case 1:
      case 2:
        return process?.breakConnection()
      default:
        return this.#passTime()
    }
  }
}

class WatchedClock extends LockstepClock {
  readonly #before: (at: Micros) => void

  constructor(startAt: Micros, before: (at: Micros) => void) {
    super(startAt)
    this.#before = before
  }

  override jumpTo(at: Micros): void {
    this.#before(at)
    super.jumpTo(at)
  }
}
