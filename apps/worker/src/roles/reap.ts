import type { Actor } from '@firedrill/core'
import { createAdvance, createReaper } from '@firedrill/engine'
import { hostNow, openDatabaseMarks, openKitStore, systemClock } from '@firedrill/runtime'
import type { Worker } from '../main/compose.ts'
import { every } from '../every.ts'

/** Between two looks. Short, because every fault waits for the reaper's acknowledgement before it goes in. */
const LOOK_MS = 100

/** The role `reap`: the dead man. Uses the database and its own kits, never the queue. */
export async function reap(worker: Worker): Promise<void> {
  const { log, shutdown } = worker
  const look = await openReaper(worker, worker.actor)
  const looking = every(LOOK_MS, 'reaping', systemClock, log, shutdown.signal, () => look(shutdown.signal))
  shutdown.add('reaper', () => looking)
}

/** One look of the reaper, to be had again and again. */
export async function openReaper(
  worker: Worker,
  actor: Actor,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { config, log, ports } = worker
  const kits = await openKitStore(config.worker.kitDir)
  const marks = await openDatabaseMarks(config.worker.kitDir)
  const advance = createAdvance({ ...ports, hints: { send: async () => undefined } })
  return createReaper({
    ...ports,
    kits,
    marks,
    actor,
    advance,
    wallNow: hostNow,
    log: (what, details) => log.warn(details, what),
  })
}
