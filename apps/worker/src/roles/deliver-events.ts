import { createDeliverEvents } from '@firedrill/engine'
import { systemClock } from '@firedrill/runtime'
import type { Worker } from '../main/compose.ts'
import { every } from '../every.ts'

/** Between two looks for events to send. Platform time. */
const LOOK_MS = 500

/** Sends the events of runs to whoever wants them. Beside everything else: no run waits for a receiver. */
export function deliverEvents({ log, shutdown, stores, sendEvent }: Worker): void {
  const deliver = createDeliverEvents({
    webhooks: stores.webhooks,
    send: sendEvent,
    timeout: (ms) => AbortSignal.timeout(ms),
    onFailure: ({ webhook, event, attempt }, why) =>
      log.warn(
        { webhook: webhook.id, runId: event.runId, seq: event.seq, attempt, why },
        'an event was not taken',
      ),
  })
  const look = () => deliver(shutdown.signal)
  const delivering = every(LOOK_MS, 'sending events', systemClock, log, shutdown.signal, look)
  shutdown.add('events', () => delivering)
}
