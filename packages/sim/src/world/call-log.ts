import type { Kernel } from './kernel.ts'
import type { Mutation } from './model.ts'
import type { Log, Table } from './store.ts'

/** Who called what: the witness's own list, made before any answer is sent. */
export class CallLog {
  readonly #kernel: Kernel
  readonly #mutations: Log<Mutation>
  readonly #counts: Table<number>

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#mutations = kernel.store.log('mutations')
    this.#counts = kernel.store.table('calls')
  }

  /** Adds one mutating call, with its outcome, to the witness's log. `platformAt` is wall time in microseconds. */
  recordMutation(entry: Omit<Mutation, 'seq' | 'worldAt'>): void {
    this.#mutations.append({ ...entry, seq: this.#mutations.length, worldAt: this.#kernel.now() })
  }

  /** Counts one call by operation, and by user agent when it is not an AWS SDK. */
  count(service: string, operation: string, userAgent: string): void {
    const keys = [`operation ${service}.${operation}`]
    if (!/^(aws-sdk-|aws-cli|boto)/i.test(userAgent)) keys.push(`user-agent ${userAgent.slice(0, 120)}`)
    for (const key of keys) this.#counts.put(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** Mutating calls from a sequence number on, oldest first. */
  mutations(from = 0): readonly Mutation[] {
    return this.#mutations.all().filter((entry) => entry.seq >= from)
  }

  /** Counters: calls per operation, and per user agent that is not an AWS SDK. */
  counters(): { operations: Record<string, number>; otherUserAgents: Record<string, number> } {
    const operations: Record<string, number> = {}
    const otherUserAgents: Record<string, number> = {}
    for (const [key, count] of this.#counts.entries()) {
      if (key.startsWith('operation ')) operations[key.slice(10)] = count
      else otherUserAgents[key.slice(11)] = count
    }
    return { operations, otherUserAgents }
  }
}
