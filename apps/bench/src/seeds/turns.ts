import { platformInstant, type CallClock, type PlatformInstant, type Random } from '@firedrill/core'

/** One process, or whatever else acts by itself. A dead one never goes on; a stopped one does when its time has come. */
export type Life = { readonly name: string; isDead: boolean; stoppedUntil: number }

/** Somebody alive. */
export function born(name: string): Life {
  return { name, isDead: false, stoppedUntil: 0 }
}

type Entry = { readonly life: Life; readonly at: number; readonly isReady?: () => boolean; go: () => void }

/** 2026-01-01T00:00:00Z in microseconds. */
const START = 1_767_225_600_000_000

/** Lets everything run that follows from what went on, so that the next to go on is chosen from all that can. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/**
 * The one that decides who goes on. Whatever waits, for a call to be made or for time to pass, waits here; of those that
 * can go on one is drawn, and time moves only when nobody can.
 */
export class Turns {
  #now = START
  #waiting: Entry[] = []
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  readonly now = (): PlatformInstant => platformInstant(this.#now)

  /** Resolves when it is the life's turn, at the earliest after `afterMs`. Never for the dead. */
  turn(life: Life, afterMs = 0, isReady?: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const at = this.#now + Math.max(0, Math.round(afterMs * 1000))
      this.#waiting.push({ life, at, go: resolve, ...(isReady === undefined ? {} : { isReady }) })
    })
  }

  /** The clock of a life. A sleep that is called off is over at once. */
  clockOf(life: Life): CallClock {
    const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (signal?.aborted === true || ms <= 0) return resolve()
        const entry: Entry = {
          life,
          at: this.#now + Math.round(ms * 1000),
          go: () => {
            signal?.removeEventListener('abort', called)
            resolve()
          },
        }
        const called = () => {
          this.#waiting = this.#waiting.filter((other) => other !== entry)
          resolve()
        }
        signal?.addEventListener('abort', called, { once: true })
        this.#waiting.push(entry)
      })
    return { monotonicMs: () => (this.#now - START) / 1000, sleep, work: (run) => run() }
  }

  /** One goes on, or time moves to where one can. False: nobody ever can. */
  async step(): Promise<boolean> {
    const able = this.#waiting.filter(
      ({ life, at, isReady }) =>
        !life.isDead && at <= this.#now && life.stoppedUntil <= this.#now && isReady?.() !== false,
    )
    if (able.length === 0) return this.#moveTime()
    const chosen = able[Math.floor(this.#random.next() * able.length)]
    this.#waiting = this.#waiting.filter((entry) => entry !== chosen && !entry.life.isDead)
    chosen?.go()
    await settled()
    return true
  }

  #moveTime(): boolean {
    const next = Math.min(
      ...this.#waiting.flatMap(({ life, at, isReady }) => {
        const due = Math.max(at, life.stoppedUntil)
        return life.isDead || (due <= this.#now && isReady !== undefined) ? [] : [due]
      }),
    )
    if (!Number.isFinite(next)) return false
    this.#now = Math.max(this.#now, next)
    return true
  }
}
