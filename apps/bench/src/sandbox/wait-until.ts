import { systemClock } from '@firedrill/runtime'

const LOOK_MS = 40

/** Asks until there is an answer other than undefined. @throws Error that names `what` when `withinMs` are over. */
export async function waitUntil<T>(
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const until = systemClock.monotonicMs() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (systemClock.monotonicMs() > until) throw new Error(`${what}: not within ${withinMs} ms`)
    await systemClock.sleep(LOOK_MS)
  }
}
