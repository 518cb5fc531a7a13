import type { World } from '../world/world.ts'
import type { WorldClock } from './clock.ts'

/** Events are run in real time at most this often; each still happens at its exact world instant. */
const SHORTEST_PAUSE_MS = 5
/** And at least this often, which also bounds how much clock a kill can lose. */
const LONGEST_PAUSE_MS = 100

/** Keeps a world up with its clock: the only timer of the simulator. */
export class Driver {
  readonly #world: World
  readonly #clock: WorldClock
  readonly #rate: number
  #timer: NodeJS.Timeout | undefined
  #persistedAt = 0

  constructor(world: World, clock: WorldClock, rate: number) {
    this.#world = world
    this.#clock = clock
    this.#rate = rate
  }

  start(): void {
    this.#timer = setTimeout(() => this.#turn(), 0)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #turn(): void {
    this.#world.sync()
    const now = performance.now()
    if (now - this.#persistedAt >= LONGEST_PAUSE_MS) {
      this.#persistedAt = now
      this.#world.commit()
    }
    const next = this.#world.kernel.nextDueAt()
    const wantedMs = next === null ? LONGEST_PAUSE_MS : (next - this.#clock.now()) / this.#rate / 1000
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, wantedMs))
    this.#timer = setTimeout(() => this.#turn(), pauseMs)
  }
}
