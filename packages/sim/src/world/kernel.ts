import type { Micros, Transition } from './model.ts'
import { hexAt, unitAt } from './random.ts'
import { DueHeap, type Due } from './schedule.ts'
import type { Log, Store, Table } from './store.ts'

/** A pending event as it is kept on disk. */
interface EventRow {
  readonly at: Micros
  readonly seq: number
  readonly kind: string
  readonly data: unknown
}

/** An in-memory entry: a stored event, or a wait bound to an open connection. */
type Entry = Due & { readonly wake: (() => void) | null }

/** A piece of a service's own state, kept with the world. Plain JSON only. */
export interface Slice<T> {
  get(): T
  set(value: T): void
  /** Sets what `change` returns; the value it is given must not be edited. */
  mutate(change: (value: T) => T): void
}

/**
 * Time, schedule, chance and state of a world; the facets (compute, DNS, metrics …) are built on it. Nothing in the
 * world reads a clock or sets a timer: `advanceTo` runs every event that is due, each at its own exact instant.
 */
export class Kernel {
  readonly store: Store
  readonly seed: number
  readonly transitions: Log<Transition>
  readonly #events: Table<EventRow>
  readonly #counters: Table<number>
  readonly #slices: Table<unknown>
  readonly #heap = new DueHeap<Entry>()
  readonly #handlers = new Map<string, (data: unknown) => void>()
  readonly #settlers: (() => void)[] = []
  readonly #waits = new Set<{ readonly at: Micros }>()
  readonly #clock: () => Micros
  /** Told of every wait of an open connection; what it returns is called when the wait is over. */
  onPark: () => () => void = () => () => {}
  #instant: Micros
  #advancing = false
  #settledRevision = -1

  /** `clock` gives the instant the world should have reached; it is asked by `sync` only. */
  constructor(options: { store: Store; seed: number; instant: Micros; clock: () => Micros }) {
    this.store = options.store
    this.seed = options.seed
    this.#instant = options.instant
    this.#clock = options.clock
    this.transitions = this.store.log('transitions')
    this.#events = this.store.table('events')
    this.#counters = this.store.table('counters')
    this.#slices = this.store.table('slices')
    for (const row of this.#events.values()) this.#heap.push({ at: row.at, seq: row.seq, wake: null })
  }

  /** The instant the world has reached. Constant within one synchronous piece of work. */
  now(): Micros {
    return this.#instant
  }

  /**
   * Catches up with the clock and returns the instant reached. Call it once at the start of handling a request,
   * before anything is read.
   */
  sync(): Micros {
    this.advanceTo(this.#clock())
    return this.#instant
  }

  /** Runs everything due up to `target` in order of time; earlier targets change nothing. */
  advanceTo(target: Micros): void {
    if (this.#advancing) return
    this.#advancing = true
    try {
      this.settle()
      for (;;) {
        const next = this.#heap.peek()
        if (next === undefined || next.at > target) break
        this.#heap.pop()
        this.#fire(next)
      }
      if (target > this.#instant) this.#instant = target
    } finally {
      this.#advancing = false
    }
  }

  #fire(entry: Entry): void {
    if (entry.wake) {
      this.#instant = Math.max(this.#instant, entry.at)
      entry.wake()
      return
    }
    const row = this.#events.get(String(entry.seq))
    if (row === undefined) return
    this.#instant = Math.max(this.#instant, row.at)
    this.#events.delete(String(row.seq))
    const handler = this.#handlers.get(row.kind)
    if (handler === undefined) throw new Error(`no handler for world event ${row.kind}`)
    handler(row.data)
    this.settle()
  }

  /**
   * Registers the handler of one kind of event and returns what schedules it. Data is plain JSON: it may come back
   * from disk, so every handler is registered before the clock moves.
   */
  on<T>(kind: string, handler: (data: T) => void): (at: Micros, data: T) => string {
    if (this.#handlers.has(kind)) throw new Error(`world event ${kind} has two handlers`)
    this.#handlers.set(kind, handler as (data: unknown) => void)
    return (at, data) => this.schedule(at, kind, data)
  }

  /** Has an event happen at `at` (never before now). Returns an id for `cancel`. */
  schedule(at: Micros, kind: string, data: unknown): string {
    const seq = this.#next('event')
    const due = Math.max(Math.round(at), this.#instant)
    this.#events.put(String(seq), { at: due, seq, kind, data })
    this.#heap.push({ at: due, seq, wake: null })
    return String(seq)
  }

  /** Same as `schedule`, `delay` microseconds from now. */
  after(delay: Micros, kind: string, data: unknown): string {
    return this.schedule(this.#instant + delay, kind, data)
  }

  /** Removes a pending event; one that has happened is ignored. */
  cancel(id: string): void {
    this.#events.delete(id)
  }

  /** Resolves once the world reaches `at`. For open connections only: it does not survive a restart. */
  wait(at: Micros): Promise<void> {
    const wait = { at }
    const unpark = this.onPark()
    this.#waits.add(wait)
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waits.delete(wait)
        unpark()
        resolve()
      }
      this.#heap.push({ at, seq: this.#next('event'), wake })
    })
  }

  /** When the first open connection that waits for world time is to be answered, or null. */
  nextWaitAt(): Micros | null {
    let first: Micros | null = null
    for (const { at } of this.#waits) if (first === null || at < first) first = at
    return first
  }

  /** When the next event is due, or null. */
  nextDueAt(): Micros | null {
    return this.#heap.peek()?.at ?? null
  }

  /** Runs `settler` after every event or request that changed something, at the instant of that change. */
  onSettle(settler: () => void): void {
    this.#settlers.push(settler)
  }

  /** Lets derived state follow; runs by itself before time moves on. */
  settle(): void {
    if (this.store.revision === this.#settledRevision) return
    for (const settler of this.#settlers) settler()
    this.#settledRevision = this.store.revision
  }

  /** The next number in [0, 1) of a named stream. Streams do not disturb each other. */
  draw(stream: string): number {
    return unitAt(this.seed, stream, this.#next(`draw:${stream}`))
  }

  /** The next whole number of microseconds of a named stream, between two bounds in seconds. */
  drawSeconds(stream: string, low: number, high: number): Micros {
    return Math.round((low + (high - low) * this.draw(stream)) * 1e6)
  }

  /** Fresh lower-case hexadecimal text for ids, by seed and order of use within the stream. */
  hex(stream: string, length: number): string {
    return hexAt(this.seed, `${stream}:${this.#next(`hex:${stream}`)}`, length)
  }

  /** Writes one line of the transition log. Nothing is written when nothing changed. */
  transition(subject: string, from: string, to: string, cause: string): void {
    if (from === to) return
    this.transitions.append({ seq: this.transitions.length, at: this.#instant, subject, from, to, cause })
  }

  /** A named piece of state of a service; `initial` holds until the first `set`. */
  slice<T>(name: string, initial: T): Slice<T> {
    const table = this.#slices as Table<T>
    const get = (): T => table.get(name) ?? initial
    const set = (value: T): void => void table.put(name, value)
    return { get, set, mutate: (change) => set(change(get())) }
  }

  #next(counter: string): number {
    const value = this.#counters.get(counter) ?? 0
    this.#counters.put(counter, value + 1)
    return value
  }
}
