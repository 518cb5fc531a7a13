import { createAdvance, createReaper } from '@firedrill/engine'
import { hostNow, openKitStore, systemClock } from '@firedrill/runtime'
import type { Worker } from '../main/compose.ts'
import { every } from '../every.ts'

/** Between two looks. Short, because every fault waits for the reaper's acknowledgement before it goes in. */
const LOOK_MS = 100

/** The role `reap`: the dead man. Uses the database and its own kits, never the queue. */
export async function reap(worker: Worker): Promise<void> {
  const { config, log, shutdown, ports, actor } = worker
  const kits = await openKitStore(config.worker.kitDir)
  const advance = createAdvance({ ...ports, hints: { send: async () => undefined } })
  const look = createReaper({
    ...ports,
    kits,
    actor,
    advance,
    wallNow: hostNow,
    log: (what, details) => log.warn(details, what),
  })
  const looking = every(LOOK_MS, 'reaping', systemClock, log, shutdown.signal, () => look(shutdown.signal))
  shutdown.add('reaper', () => looking)
}
