import type { HintQueue, Hints, RunId } from '@firedrill/core'
import { createAdvance, createReconcile } from '@firedrill/engine'
import { createWorkers } from '@firedrill/queue'
import { systemClock } from '@firedrill/runtime'
import type { Worker } from '../main/compose.ts'
import { every } from '../every.ts'

/** How long jobs under way get when the process is asked to end. */
const CLOSE_MS = 6000

/** The roles `advance` and `recover`: work on hints of one queue, and nudge due runs that nobody holds. */
export async function drive(worker: Worker, role: HintQueue): Promise<void> {
  const { config, log, shutdown, ports } = worker
  let hints: Hints = { send: async () => undefined }
  const throughQueue: Hints = { send: (...sent) => hints.send(...sent) }
  const advance = createAdvance({ ...ports, hints: throughQueue })
  const handler = async ({ runId }: Readonly<{ runId: RunId }>, signal: AbortSignal) => {
    const came = await advance(runId, role, AbortSignal.any([signal, shutdown.signal]))
    log.debug({ runId, came }, 'hint')
  }
  const options =
    config.queue.backend === 'redis'
      ? { backend: 'redis' as const, url: config.queue.url }
      : { backend: 'postgres' as const, url: config.db.url }
  const workers = await createWorkers({
    ...options,
    concurrency: config.worker.concurrency,
    handlers: { [role]: handler },
    clock: systemClock,
    worker: worker.actor.id,
  })
  hints = workers.hints
  shutdown.add('queue', async () => {
    if (!(await workers.close(CLOSE_MS)))
      log.warn('a hint was cut short; its run is taken over when the lease ends')
  })
  const reconcile = createReconcile({ runs: ports.runs, hints: throughQueue })
  const reconciling = every(
    config.worker.reconcileMs,
    'reconciling',
    systemClock,
    log,
    shutdown.signal,
    async () => {
      try {
        await reconcile()
      } catch (error) {
        // With the queue away, runs that are under way go on: whatever is due is worked on right here.
        await serveWithoutQueue(worker, role, advance)
        throw error
      }
    },
  )
  shutdown.add('reconciler', () => reconciling)
}

async function serveWithoutQueue(
  worker: Worker,
  role: HintQueue,
  advance: ReturnType<typeof createAdvance>,
): Promise<void> {
  for (const run of await worker.ports.runs.due(worker.config.worker.concurrency)) {
    await advance(run.id, role, worker.shutdown.signal)
  }
}
