import { isRestored, type TargetSeen } from '@firedrill/core'

/**
 * Since when targets were seen as captured although nothing can tell whether the cloud has that everywhere. Losing it costs
 * the wait once more, never an all-clear that is not true.
 */
export class Settling {
  #since = new Map<string, number>()

  /** What a look comes to, with how long it has looked like this. `of` names the step; `nowMs` is world time or slower. */
  judge(of: string, { settles, ...seen }: TargetSeen, nowMs: number): TargetSeen {
    const key = `${of}/${seen.target}`
    if (settles === undefined) {
      this.#since.delete(key)
      return seen
    }
    const since = this.#since.get(key) ?? nowMs
    this.#since.set(key, since)
    return nowMs - since < settles.afterMs
      ? seen
      : { target: seen.target, injection: 'restored', seen: settles.seen }
  }

  forget(prefix: string): void {
    for (const key of this.#since.keys()) if (key.startsWith(prefix)) this.#since.delete(key)
  }
}

/** True when a target is as it was captured, whether or not the cloud has that everywhere yet. */
export function isAsCaptured({ injection, settles }: TargetSeen): boolean {
  return isRestored(injection) || settles !== undefined
}
