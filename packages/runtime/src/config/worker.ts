import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'
import { wholeNumber } from './variables.ts'

/** How a worker claims runs. All times are platform milliseconds; `kitDir` is absolute. */
export type WorkerConfig = Readonly<{
  /** Names this process in leases and acknowledgements. */
  owner: string
  leaseMs: number
  renewMs: number
  reconcileMs: number
  concurrency: number
  /** Where the reaper keeps its own copies of undo plans. */
  kitDir: string
}>

/** `FIREDRILL_WORKER_NAME`, `…_LEASE_MS`, `…_RECONCILE_MS`, `…_CONCURRENCY`, `FIREDRILL_KIT_DIR`. */
export const workerRoom: Room<WorkerConfig> = defineRoom(
  {
    FIREDRILL_WORKER_NAME: {
      schema: z.string().max(100).optional(),
      remedy: 'Set it to a name for this process, or leave it out for host name and process id',
    },
    FIREDRILL_LEASE_MS: {
      schema: wholeNumber(1000, 60_000, 5000),
      remedy:
        'Set it to the milliseconds after which a silent worker is given up (1000 to 60000), or leave it out for 5000',
    },
    FIREDRILL_RECONCILE_MS: {
      schema: wholeNumber(100, 10_000, 500),
      remedy:
        'Set it to the milliseconds between looks for forgotten runs (100 to 10000), or leave it out for 500',
    },
    FIREDRILL_CONCURRENCY: {
      schema: wholeNumber(1, 256, 8),
      remedy: 'Set it to the number of runs one worker drives at once (1 to 256), or leave it out for 8',
    },
    FIREDRILL_KIT_DIR: {
      schema: z.string().default('.firedrill/kits'),
      remedy: 'Set it to a directory on a disk that outlives this process; undo plans are kept there',
    },
  },
  (values) => ({
    owner: values.FIREDRILL_WORKER_NAME ?? `${hostname()}:${process.pid}`,
    leaseMs: values.FIREDRILL_LEASE_MS,
    renewMs: Math.floor(values.FIREDRILL_LEASE_MS * 0.4),
    reconcileMs: values.FIREDRILL_RECONCILE_MS,
    concurrency: values.FIREDRILL_CONCURRENCY,
    kitDir: resolve(values.FIREDRILL_KIT_DIR),
  }),
)
