import type { CallClock } from '@firedrill/core'
import type { StallWatch } from '@firedrill/probes'

/** A stretch in which a process was not given a processor, true world microseconds. */
export type Stall = Readonly<{ from: number; to: number }>

/** One process in the lab: its own clock, which may be off, and the stretches in which it does not run. */
export type LabProcess = Readonly<{
  clock: CallClock
  /** What its clock says at a true instant, milliseconds. */
  readingAt(micros: number): number
  stalls: StallWatch
  /** Resolves once an answer that arrives after `micros` can be taken. */
  arrival(micros: number, signal: AbortSignal): Promise<void>
}>

/** How a process is unwell. */
export type Condition = Readonly<{
  /** Its clock is ahead of the world's by so many microseconds when time begins … */
  offsetMicros: number
  /** … and gains so many in a second. Default 0. */
  driftPerMillion?: number | undefined
  /** Ascending, apart from each other. */
  stalls: readonly Stall[]
  /** How late its timers are, microseconds; drawn for each. */
  lateness: () => number
}>

type Entry = {
  readonly at: number
  readonly order: number
  readonly seq: number
  wake: (() => void) | undefined
}

/** World time that moves as fast as everything that is due can be done. */
export class LabTime {
  #now: number
  #seq = 0
  readonly #startAt: number
  readonly #heap: Entry[] = []
  readonly #advance: (at: number) => void

  /** `advance` lets the world catch up before anybody wakes. */
  constructor(startAt: number, advance: (at: number) => void) {
    this.#now = startAt
    this.#startAt = startAt
    this.#advance = advance
  }

  now(): number {
    return this.#now
  }

  /** Runs everything that is due up to an instant, in order; the world is there afterwards. */
  async runTo(until: number): Promise<void> {
    await turn()
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#now = next.at
      this.#advance(next.at)
      // One at a time: what a process does when its timer fires may come before what lies in its socket.
      this.#pop()
      if (next.wake === undefined) continue
      next.wake()
      await turn()
    }
    this.#now = until
    this.#advance(until)
    await turn()
  }

  /** A process that lives in this time. */
  process({ offsetMicros, driftPerMillion = 0, stalls, lateness }: Condition): LabProcess {
    const awakeAt = (at: number) => stalls.find(({ from, to }) => from <= at && at < to)?.to ?? at
    const wait = (at: number, order: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const entry = this.#push(awakeAt(at), order, () => done())
        const done = () => {
          entry.wake = undefined
          signal?.removeEventListener('abort', done)
          resolve()
        }
        signal?.addEventListener('abort', done)
      })
    const gained = (at: number) => offsetMicros + ((at - this.#startAt) * driftPerMillion) / 1_000_000
    const readingAt = (at: number) => (at + gained(at)) / 1000
    const monotonicMs = () => readingAt(this.#now)
    return {
      clock: {
        monotonicMs,
        sleep: (ms, signal) => wait(this.#now + Math.round(Math.max(0, ms) * 1000 + lateness()), 0, signal),
        work: (run) => run(),
      },
      readingAt,
      // A process that wakes up runs its timers before it reads its sockets.
      arrival: (micros, signal) => wait(this.#now + Math.round(micros), 1, signal),
      stalls: {
        longestSince: (fromMs) => {
          const since = fromMs * 1000 - gained(this.#now)
          const met = stalls.filter(({ from, to }) => to > since && from <= this.#now)
          return Math.max(0, ...met.map(({ from, to }) => Math.min(to, this.#now) - from)) / 1000
        },
        stop: () => undefined,
      },
    }
  }

  #push(at: number, order: number, wake: () => void): Entry {
    const entry: Entry = { at: Math.max(at, this.#now), order, seq: this.#seq++, wake }
    const heap = this.#heap
    heap.push(entry)
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(entry, above)) break
      heap[i] = above
      heap[parent] = entry
      i = parent
    }
    return entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child++
      const smaller = heap[child]
      if (smaller === undefined || !isBefore(smaller, last)) break
      heap[i] = smaller
      i = child
    }
    heap[i] = last
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.at !== b.at) return a.at < b.at
  return a.order === b.order ? a.seq < b.seq : a.order < b.order
}

/** Lets everything run that can run now. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
