import type { Clock, RunId } from '@firedrill/core'
import { Client, type ClientConfig } from 'pg'
import { RUN_CHANNEL } from '../run/append.ts'

/** Hears which runs changed. `changed` without a run means: any of them may have. */
export type ListenerOptions = Readonly<{
  connection: ClientConfig
  clock: Clock
  changed: (id?: RunId) => void
}>

export type Listener = Readonly<{ close(): Promise<void> }>

const BACKOFF_MS = [50, 100, 250, 500, 1000, 2000] as const

/**
 * Keeps one connection that listens, and makes a new one whenever it is lost. After each connect `changed()` is called
 * for all runs, because notifications of the time in between are gone.
 */
export function listen({ connection, clock, changed }: ListenerOptions): Listener {
  const stop = new AbortController()
  const done = keepListening()

  async function keepListening(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures++) {
      const client = new Client(connection)
      const lost = new Promise<void>((resolve) => {
        client.once('end', resolve)
        client.on('error', () => resolve())
        stop.signal.addEventListener('abort', () => resolve())
      })
      client.on('notification', ({ payload }) => changed(payload?.split(' ', 1)[0] as RunId | undefined))
      try {
        await client.connect()
        await client.query(`LISTEN ${RUN_CHANNEL}`)
        failures = 0
        changed()
        await lost
      } catch {
        // The server is away; followers keep reading by themselves meanwhile.
      }
      await client.end().catch(() => {})
      await clock.sleep(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 2000, stop.signal)
    }
  }

  return {
    close: async () => {
      stop.abort()
      await done
    },
  }
}
