const MICROS_PER_SECOND = 1_000_000

/** A bucket as AWS documents it: it holds `burst` tokens and regains `refillPerSecond` in world time. */
export type BucketLimit = { readonly burst: number; readonly refillPerSecond: number }

/**
 * The token buckets of one simulator. World time fills them, so a scaled world throttles a caller as often per
 * world second as AWS would. They start full and are not persisted: a restart forgives.
 */
export class TokenBuckets {
  #enabled: boolean
  readonly #levels = new Map<string, { tokens: number; at: number }>()

  constructor(enabled = true) {
    this.#enabled = enabled
  }

  /** Whether calls are counted at all. Off makes every `take` succeed. */
  get enabled(): boolean {
    return this.#enabled
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled
    this.#levels.clear()
  }

  /** Takes from all the named buckets or from none; `false` means that the call is to be throttled. */
  take(wanted: readonly { key: string; limit: BucketLimit; tokens: number }[], now: number): boolean {
    if (!this.#enabled) return true
    const levels = wanted.map(({ key, limit }) => this.#refilled(key, limit, now))
    if (wanted.some(({ tokens }, index) => (levels[index]?.tokens ?? 0) < tokens)) return false
    wanted.forEach(({ tokens }, index) => {
      const level = levels[index]
      if (level !== undefined) level.tokens -= tokens
    })
    return true
  }

  #refilled(key: string, limit: BucketLimit, now: number): { tokens: number; at: number } {
    let level = this.#levels.get(key)
    if (level === undefined) {
      level = { tokens: limit.burst, at: now }
      this.#levels.set(key, level)
    }
    const elapsed = Math.max(0, now - level.at) / MICROS_PER_SECOND
    level.tokens = Math.min(limit.burst, level.tokens + elapsed * limit.refillPerSecond)
    level.at = Math.max(now, level.at)
    return level
  }
}
