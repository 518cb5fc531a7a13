import type { Kernel } from './kernel.ts'
import type { Micros } from './model.ts'
import type { Table } from './store.ts'

/**
 * What may be done to a call: refused before or failed before it acts, held up, carried out and left unanswered, or
 * (reads of instances) answered from before the changes of the last seconds.
 */
export const ADVERSITIES = ['throttle', 'fail', 'delay', 'drop', 'stale'] as const
/** One kind of adversity. */
export type AdversityKind = (typeof ADVERSITIES)[number]

/** A rule against calls. `operation` is `service.Operation`, `service.*` or `*`. */
export interface AdversityRule {
  readonly operation: string
  readonly kind: AdversityKind
  /** 0 to 1, drawn for each call. */
  readonly probability: number
  /** How many calls may still be hit; null for no limit. */
  readonly count: number | null
  /** World time a `delay` holds the call; ignored by the others. */
  readonly delay: Micros
}

/** Rules that make the API misbehave, decided by seed. */
export class Adversity {
  readonly #kernel: Kernel
  readonly #rules: Table<AdversityRule>

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#rules = kernel.store.table('adversity')
  }

  /** Adds a rule and returns its id. */
  add(rule: AdversityRule): string {
    const id = this.#kernel.hex('adversity', 8)
    this.#rules.put(id, rule)
    return id
  }

  /** Removes every rule. */
  clear(): void {
    for (const [id] of this.#rules.entries()) this.#rules.delete(id)
  }

  /** The rules that still apply. */
  rules(): readonly AdversityRule[] {
    return [...this.#rules.values()]
  }

  /** The first rule that hits this call, with its count taken down; null for a call that goes through. */
  decide(service: string, operation: string): AdversityRule | null {
    for (const [id, rule] of this.#rules.entries()) {
      if (![`${service}.${operation}`, `${service}.*`, '*'].includes(rule.operation)) continue
      if (this.#kernel.draw(`adversity:${id}`) >= rule.probability) continue
      if (rule.count === 1) this.#rules.delete(id)
      else if (rule.count !== null) this.#rules.put(id, { ...rule, count: rule.count - 1 })
      return rule
    }
    return null
  }
}
