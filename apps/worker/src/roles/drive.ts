import type { HintQueue, RunId } from '@firedrill/core'
import { createAdvance, createReconcile, type Advanced } from '@firedrill/engine'
import { createWorkers, type HintHandler } from '@firedrill/queue'
import { systemClock } from '@firedrill/runtime'
import type { Worker } from '../main/compose.ts'
import { every } from '../every.ts'
import { keepQueue } from '../keep-queue.ts'
import { lookForDue } from '../look-for-due.ts'
import { createDueServer } from '../serve-without-queue.ts'
import { deliverEvents } from './deliver-events.ts'
import { tickSchedules } from './tick-schedules.ts'

const MS_PER_S = 1000

/** The roles `advance` and `recover`: work on hints of one queue, and nudge due runs that nobody holds. */
export async function drive(worker: Worker, role: HintQueue): Promise<void> {
  const { config, log, shutdown, ports } = worker
  const { concurrency, reconcileMs } = config.worker
  const queue = keepQueue({
    open: () =>
      createWorkers({
        ...(config.queue.backend === 'redis'
          ? { backend: 'redis' as const, url: config.queue.url }
          : { backend: 'postgres' as const, url: config.db.url }),
        concurrency,
        handlers: { [role]: hinted },
        clock: systemClock,
        worker: worker.actor.id,
        onError: (error) => log.debug({ err: error }, 'the queue lost a connection'),
      }),
    clock: systemClock,
    log,
  })
  const advance = createAdvance({ ...ports, hints: queue.hints })
  const observe = worker.metrics?.timer(
    'firedrill_advance_duration_seconds',
    'How long a run was in the hands of this worker at a time; `failed` ones are tried again',
    ['role', 'came'],
  )
  const serve = async (runId: RunId, signal: AbortSignal): Promise<Advanced> => {
    const beganMs = systemClock.monotonicMs()
    const timed = (came: Advanced | 'failed') =>
      observe?.({ role, came }, (systemClock.monotonicMs() - beganMs) / MS_PER_S)
    try {
      const came = await advance(runId, role, AbortSignal.any([signal, shutdown.signal]))
      timed(came)
      log.debug({ runId, came }, 'hint')
      return came
    } catch (error) {
      timed('failed')
      log.error({ runId, err: error }, 'a run could not be served and is tried again')
      throw error
    }
  }
  const hinted: HintHandler = async ({ runId }, signal) => {
    await serve(runId, signal)
  }
  shutdown.add('queue', async () => {
    if (!(await queue.close())) log.warn('a hint was cut short; its run is taken over when the lease ends')
  })
  const dueServer = createDueServer({
    runs: ports.runs,
    role,
    concurrency,
    serve: (runId) => serve(runId, shutdown.signal),
  })
  const reconcile = createReconcile({ runs: ports.runs, hints: queue.hints })
  const look = lookForDue({ reconcile, isOpen: queue.isOpen, dueServer, clock: systemClock })
  // Before the queue is open, too: it may be away for long, and what is due does not wait for it.
  const reconciling = every(reconcileMs, 'reconciling', systemClock, log, shutdown.signal, look)
  shutdown.add('reconciler', async () => {
    await reconciling
    await dueServer.settled()
  })
  if (role === 'advance') {
    tickSchedules(worker, queue.hints)
    deliverEvents(worker)
  }
  await queue.start()
}
