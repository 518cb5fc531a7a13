import type { Hints } from '@firedrill/core'
import { createStartRun, createTickSchedules } from '@firedrill/engine'
import { systemClock, systemIds } from '@firedrill/runtime'
import type { Worker } from '../main/compose.ts'
import { every } from '../every.ts'

/** Between two looks at the schedules. Platform time, by which schedules go in every world. */
const TICK_MS = 1000

/** Starts what is booked. Every worker of the role looks; the database keeps it to one run for each occurrence. */
export function tickSchedules({ config, log, shutdown, ports, stores }: Worker, hints: Hints): void {
  const tick = createTickSchedules({
    runs: ports.runs,
    schedules: stores.schedules,
    drills: stores.drills,
    startRun: createStartRun({ ...ports, hints, ids: systemIds }),
    sandboxOnly: config.signIn === undefined,
    onFailure: ({ id }, error) =>
      log.warn({ schedule: id, err: error }, 'a schedule could not be served and is tried again'),
  })
  const ticking = every(TICK_MS, 'looking at schedules', systemClock, log, shutdown.signal, tick)
  shutdown.add('schedules', () => ticking)
}
