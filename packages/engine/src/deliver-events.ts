import type { DueDelivery, SendEvent, WebhookStore } from '@firedrill/core'

/** Sent side by side; of one run to one receiver one after the other. */
const AT_ONCE = 16
/** A receiver has so long to answer. */
const TIMEOUT_MS = 15_000
/** Longer than an attempt: whoever takes an event on settles it before somebody else gets it, or has died. */
const LEASE_MS = 60_000

type Ports = Readonly<{
  webhooks: WebhookStore
  send: SendEvent
  timeout: (ms: number) => AbortSignal
  /** Told of what could not be sent, without address or secret. */
  onFailure: (due: DueDelivery, why: string) => void
}>

/**
 * Sends every event that is due, until none is left. Any number of workers may do so at once and die at any point: what was
 * sent but not recorded is sent again under the same id. Answers how many were taken by their receivers.
 */
export function createDeliverEvents({ webhooks, send, timeout, onFailure }: Ports) {
  const deliver = async (due: DueDelivery, signal: AbortSignal): Promise<boolean> => {
    const outcome = await send(due, AbortSignal.any([signal, timeout(TIMEOUT_MS)]))
    // Not an attempt: this process ends, and the next one goes on when the lease is over.
    if (!outcome.ok && signal.aborted) return false
    await webhooks.settle(due, outcome)
    if (!outcome.ok) onFailure(due, outcome.why)
    return outcome.ok
  }
  return async function deliverEvents(signal: AbortSignal): Promise<number> {
    let taken = 0
    while (!signal.aborted) {
      const due = await webhooks.claim(AT_ONCE, LEASE_MS)
      if (due.length === 0) break
      const sent = await Promise.all(due.map((one) => deliver(one, signal)))
      taken += sent.filter(Boolean).length
    }
    return taken
  }
}
