import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for `promise`, but no longer than `ms` milliseconds; true when it settled in that time. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const abort = new AbortController()
  const timeout = sleep(ms, false, { signal: abort.signal }).catch(() => false)
  const hasSettled = await Promise.race([promise.then(() => true), timeout])
  abort.abort()
  return hasSettled
}
