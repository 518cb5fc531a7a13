/** What can be done to a call on purpose. `drop` applies the call and then cuts the connection without an answer. */
export const ADVERSITY_EFFECTS = ['throttle', 'fail', 'delay', 'drop'] as const
export type AdversityEffect = (typeof ADVERSITY_EFFECTS)[number]

/** One rule: which calls, what happens to them, how often, and how many times at most. */
export type AdversityRule = {
  /** `ec2.StopInstances`, `ec2.*` or `*`. */
  readonly operation: string
  readonly effect: AdversityEffect
  /** Chance per matching call, from 0 to 1. */
  readonly probability: number
  /** How many calls it hits before it is spent; unlimited if left out. */
  readonly count?: number
  /** For `delay`: platform milliseconds before the call is applied. Default 1,000. */
  readonly delayMs?: number
}

type LiveRule = { readonly rule: AdversityRule; left: number }

/** The rules in force. Rules are tried in the order they were added; the first that strikes decides. */
export class AdversityBook {
  readonly #rules: LiveRule[] = []

  add(rule: AdversityRule): void {
    this.#rules.push({ rule, left: rule.count ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#rules.length = 0
  }

  /** The rules with how many strikes each has left (`null`: unlimited). */
  list(): readonly { rule: AdversityRule; left: number | null }[] {
    return this.#rules.map(({ rule, left }) => ({ rule, left: Number.isFinite(left) ? left : null }))
  }

  /** Decides the fate of one call and uses up one strike of the rule that hit it. */
  strike(operation: string, random: () => number): AdversityRule | undefined {
    for (const live of this.#rules) {
      if (live.left <= 0 || !covers(live.rule.operation, operation)) continue
      if (live.rule.probability < 1 && random() >= live.rule.probability) continue
      live.left -= 1
      return live.rule
    }
    return undefined
  }
}

function covers(pattern: string, operation: string): boolean {
  if (pattern === '*' || pattern === operation) return true
  return pattern.endsWith('.*') && operation.startsWith(pattern.slice(0, -1))
}
