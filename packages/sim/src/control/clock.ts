import { performance } from 'node:perf_hooks'
import type { Micros } from '../world/model.ts'

/** How world time moves: with the wall, N times as fast, or only when told to. */
export const CLOCK_MODES = ['real', 'scaled', 'manual', 'lockstep'] as const
/** One clock mode. */
export type ClockMode = (typeof CLOCK_MODES)[number]

/** The fastest world that stays true: beyond it a busy machine makes probes late. */
export const RATE_MAX = 30

/** A pair of instants from which world time follows: world = worldAt + (platform − platformAt) · rate. */
export interface ClockAnchors {
  readonly platformAt: Micros
  readonly worldAt: Micros
  readonly rate: number
  readonly mode: ClockMode
}

/** World time. It never goes backwards. */
export interface WorldClock {
  now(): Micros
  anchors(): ClockAnchors
}

/** Wall time in microseconds. */
export const platformNow = (): Micros => Math.round((performance.timeOrigin + performance.now()) * 1000)

/** A wall clock that was set, or a machine that slept, moves the two clocks apart by more than this. */
const STEP_TOLERANCE: Micros = 250_000

/** World time that runs at a fixed rate, on the monotonic clock. */
export class ScaledClock implements WorldClock {
  readonly rate: number
  #worldAt: Micros
  #monotonicAt: Micros
  #platformAt: Micros

  constructor(rate: number, worldAt: Micros) {
    this.rate = rate
    this.#worldAt = worldAt
    this.#monotonicAt = platformNow()
    this.#platformAt = Date.now() * 1000
  }

  now(): Micros {
    return this.#worldAt + Math.round((platformNow() - this.#monotonicAt) * this.rate)
  }

  /** Anchors stay the same until the wall clock is stepped; then the world goes on from where it is. */
  anchors(): ClockAnchors {
    const monotonic = platformNow()
    const wall = Date.now() * 1000
    const drift = wall - this.#platformAt - (monotonic - this.#monotonicAt)
    if (Math.abs(drift) > STEP_TOLERANCE) {
      this.#worldAt = this.now()
      this.#monotonicAt = monotonic
      this.#platformAt = wall
    }
    const mode = this.rate === 1 ? 'real' : 'scaled'
    return { platformAt: this.#platformAt, worldAt: this.#worldAt, rate: this.rate, mode }
  }
}

/** World time that stands still until it is set forward: tests step through hours in no time. */
export class ManualClock implements WorldClock {
  #now: Micros

  constructor(startAt: Micros) {
    this.#now = startAt
  }

  now(): Micros {
    return this.#now
  }

  anchors(): ClockAnchors {
    return { platformAt: Date.now() * 1000, worldAt: this.#now, rate: 0, mode: 'manual' }
  }

  advance(by: Micros): void {
    if (by < 0) throw new RangeError('world time does not go backwards')
    this.#now += by
  }
}

/** World time that jumps to the next instant at which anything is due; `TimeKeeper` says when. */
export class LockstepClock implements WorldClock {
  #now: Micros

  constructor(startAt: Micros) {
    this.#now = startAt
  }

  now(): Micros {
    return this.#now
  }

  /** True at this moment only: between two jumps the world stands still. */
  anchors(): ClockAnchors {
    return { platformAt: Date.now() * 1000, worldAt: this.#now, rate: 1, mode: 'lockstep' }
  }

  jumpTo(at: Micros): void {
    this.#now = Math.max(this.#now, at)
  }
}
