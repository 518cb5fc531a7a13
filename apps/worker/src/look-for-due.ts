import type { Clock } from '@firedrill/core'
import type { DueServer } from './serve-without-queue.ts'

/** How long a round of hints may take before what is due is served without them: a Redis that hangs refuses nothing. */
const HINTS_MS = 500

/** What a look for due runs needs. */
export type LookForDue = Readonly<{
  /** Sends a hint for each due run. */
  reconcile: () => Promise<unknown>
  isOpen: () => boolean
  dueServer: DueServer
  clock: Pick<Clock, 'sleep'>
}>

/**
 * One round of looking for due runs that nobody holds: hints while the queue takes them. Where there is none, where one
 * cannot be sent, and where sending has not come back in time, they are served right here. @returns the round; it rejects
 * with why hints could not be sent, once what is due has been begun.
 */
export function lookForDue({ reconcile, isOpen, dueServer, clock }: LookForDue): () => Promise<void> {
  let sending: Promise<'sent' | Readonly<{ error: unknown }>> | undefined
  return async () => {
    if (!isOpen()) return dueServer.look()
    sending ??= reconcile().then(
      () => 'sent' as const,
      (error: unknown) => ({ error }),
    )
    const enough = new AbortController()
    const late = clock.sleep(HINTS_MS, enough.signal).then(() => 'late' as const)
    const came = await Promise.race([sending, late])
    enough.abort()
    if (came !== 'late') sending = undefined
    if (came === 'sent') return
    await dueServer.look()
    if (came !== 'late') throw came.error
  }
}
